"""The addresses of what stands beside the desk, under `desk/`."""

from __future__ import annotations

from django.urls import path

from tutela.site.hotline import views

pages = [
    path("rest/", views.rest, name="rest"),
    path("rest/<uuid:note_id>/discard/", views.discard, name="discard"),
    path("drafts/", views.drafts, name="drafts"),
    path("drafts/<uuid:note_id>/", views.draft, name="draft"),
    path("outside/", views.outside, name="outside"),
    path("outside/receivers/", views.declare, name="declare"),
    path("outside/<uuid:outgoing_id>/again/", views.again, name="again"),
    path("children/<uuid:report_id>/", views.children, name="children"),
]
