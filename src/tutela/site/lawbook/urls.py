"""The addresses of the public law pages, under a language."""

from __future__ import annotations

from django.urls import path

from tutela.site.lawbook import views

pages = [
    path("law/", views.landing, name="landing"),
    path("law/ask/<slug:question>/", views.ask, name="ask"),
    path("law/timeline/", views.timeline, name="timeline"),
    path("law/gaps/", views.gaps, name="gaps"),
    path("law/gaps.csv", views.gaps_file, name="gaps_file"),
    path("law/offences/", views.offences, name="offences"),
    path("law/offences/<str:offence_id>/", views.offence, name="offence"),
]
