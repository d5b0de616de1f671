"""The addresses of retention."""

from __future__ import annotations

from django.urls import path

from tutela.site.retention import views

pages = [
    path("retention/", views.overview, name="overview"),
    path("retention/hold/", views.hold, name="hold"),
    path("retention/holds/<uuid:hold_id>/lift/", views.lift, name="lift"),
]
