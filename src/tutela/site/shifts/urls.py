"""The addresses of a shift's end."""

from __future__ import annotations

from django.urls import path

from tutela.site.shifts import views

pages = [
    path("shift/", views.shift, name="shift"),
    path("shift/<uuid:organisation_id>/hand-over/", views.hand_over, name="hand_over"),
    path("shift/<uuid:handover_id>/", views.handover, name="handover"),
    path("shift/<uuid:handover_id>/take/", views.take, name="take"),
    path("shift/<uuid:handover_id>/take-back/", views.take_back, name="take_back"),
]
