"""The addresses of data protection."""

from __future__ import annotations

from django.urls import path

from tutela.site.data_protection import views

pages = [
    path("data-protection/", views.overview, name="overview"),
    path("data-protection/processing/", views.processing, name="processing"),
    path("data-protection/breaches/", views.breaches, name="breaches"),
    path("data-protection/breaches/new/", views.record_breach, name="record_breach"),
    path("data-protection/breaches/<uuid:breach_id>/", views.breach, name="breach"),
    path("data-protection/breaches/<uuid:breach_id>/decide/", views.decide, name="decide"),
]
