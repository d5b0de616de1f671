"""The site's addresses, by the role in which it is deployed.

Public pages stand under their language; files, probes and staff pages as they are.
"""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from tutela.site.explorer import urls as explorer
from tutela.site.lawbook import urls as lawbook
from tutela.site.permissions.gate import OPEN, everywhere

urlpatterns: list[URLPattern | URLResolver] = []

if settings.DEPLOYMENT.has_staff:
    from tutela.site.audit import urls as audit
    from tutela.site.data_protection import urls as data_protection

    urlpatterns += [
        path("", include("tutela.site.accounts.urls")),
        path("", include((audit.pages, "audit"))),
        path("", include((data_protection.pages, "data_protection"))),
    ]

if settings.DEPLOYMENT.has_identities:
    from tutela.site.cases import urls as cases
    from tutela.site.emergency import urls as emergency
    from tutela.site.hotline import urls as hotline
    from tutela.site.reports import desk_urls
    from tutela.site.reports import urls as reports
    from tutela.site.retention import urls as retention
    from tutela.site.shifts import urls as shifts
    from tutela.site.vault import urls as vault

    urlpatterns += [
        path("", include((vault.pages, "vault"))),
        path("", include((cases.pages, "cases"))),
        path("desk/", include((desk_urls.pages, "desk"))),
        path("desk/", include((hotline.pages, "hotline"))),
        *i18n_patterns(path("report/", include((everywhere(OPEN, reports.pages), "report")))),
        path("", include((emergency.pages, "emergency"))),
        path("", include((shifts.pages, "shifts"))),
        path("", include((retention.pages, "retention"))),
    ]

urlpatterns += [
    path("", include((everywhere(OPEN, explorer.files_and_probes), "files"))),
    *i18n_patterns(
        path("", include((everywhere(OPEN, explorer.pages), "explorer"))),
        path("", include((everywhere(OPEN, lawbook.pages), "lawbook"))),
    ),
]
