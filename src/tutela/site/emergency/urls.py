"""The addresses of emergency access."""

from __future__ import annotations

from django.urls import path

from tutela.site.emergency import views

pages = [
    path("emergency/", views.emergencies, name="list"),
    path("emergency/open/", views.open_record, name="open"),
    path("emergency/<uuid:glass_id>/", views.emergency, name="one"),
    path("emergency/<uuid:glass_id>/let-in/", views.let_in, name="let_in"),
    path("emergency/<uuid:glass_id>/refuse/", views.refuse, name="refuse"),
    path("emergency/<uuid:glass_id>/close/", views.close, name="close"),
    path("emergency/<uuid:glass_id>/review/", views.review, name="review"),
]
