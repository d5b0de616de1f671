"""The addresses of the vault: keys of an organisation."""

from __future__ import annotations

from django.urls import path

from tutela.site.vault import views

pages = [
    path("organisations/<uuid:organisation_id>/keys/", views.keys, name="keys"),
    path(
        "organisations/<uuid:organisation_id>/keys/give/<uuid:user_id>/",
        views.grant,
        name="grant",
    ),
    path("organisations/<uuid:organisation_id>/keys/replace/", views.rotate, name="rotate"),
]
