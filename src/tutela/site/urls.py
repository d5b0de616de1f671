"""The site's addresses: files and probes as they are, pages under their language."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from tutela.site.explorer import urls as explorer

urlpatterns = [
    path("", include((explorer.files_and_probes, "files"))),
    *i18n_patterns(path("", include((explorer.pages, "explorer")))),
]
