"""The explorer's addresses: pages under a language, files without one."""

from __future__ import annotations

from django.urls import path

from tutela.site.explorer import files, views

files_and_probes = [
    path("", views.root, name="root"),
    path("healthz", views.healthz, name="healthz"),
    path("files/manifest.json", files.manifest, name="manifest"),
    path("files/<slug:digest>/<path:path>", files.file, name="file"),
]

pages = [
    path("", views.home, name="home"),
    path("figures/", views.figures, name="figures"),
    path("figures/<slug:name>/", views.figure, name="figure"),
    path("hidden-figure/", views.hidden_figure, name="hidden-figure"),
    path("published/", views.published, name="published"),
    path("release/", views.release, name="release"),
    path("methodology/", views.methodology, name="methodology"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
