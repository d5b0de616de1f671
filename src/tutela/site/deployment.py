"""The three roles in which one package is deployed, and what each of them carries.

| role | holds | answers |
| --- | --- | --- |
| agency | identities (vault), the linkage secret | staff pages, the public pages |
| centre | the national store, the ledger of releases | staff pages, the public pages |
| public | releases | the public pages; no account, no session, no personal record |
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tutela.submissions.custody import refuse_linkage_secret


class Deployment(StrEnum):
    """What one running site is for; the least that it needs is all that it gets."""

    AGENCY = "agency"
    CENTRE = "centre"
    PUBLIC = "public"

    @property
    def has_staff(self) -> bool:
        """Whether people sign in here."""
        return self is not Deployment.PUBLIC

    @property
    def has_identities(self) -> bool:
        """Whether records of persons are kept here, encrypted."""
        return self is Deployment.AGENCY


def deployment(environment: Mapping[str, str] = os.environ) -> Deployment:
    """The role named by TUTELA_ROLE; `public`, which can do least, where none is named."""
    name = environment.get("TUTELA_ROLE") or Deployment.PUBLIC
    try:
        return Deployment(name)
    except ValueError:
        raise ImproperlyConfigured(
            f"TUTELA_ROLE is {name!r}; it must be agency, centre or public."
        ) from None


#: Django apps by what they stand for; an app that is not installed has no table and no address.
STAFF_APPS = (
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "tutela.site.accounts",
    "tutela.site.audit",
    "tutela.site.data_protection",
)
IDENTITY_APPS = (
    "tutela.site.vault",
    "tutela.site.reports",
    "tutela.site.hotline",
    "tutela.site.cases",
    "tutela.site.emergency",
    "tutela.site.shifts",
    "tutela.site.retention",
)
PUBLIC_APPS = ("tutela.site.explorer", "tutela.site.lawbook")


def installed_apps(role: Deployment) -> list[str]:
    """The Django apps of a role."""
    apps = ["django.contrib.staticfiles", "csp"]
    if role.has_staff:
        apps += STAFF_APPS
    if role.has_identities:
        apps += IDENTITY_APPS
    return [*apps, *PUBLIC_APPS]


def middleware(role: Deployment) -> list[str]:
    """The layers that every request of a role passes, outermost first."""
    staff = role.has_staff
    layers = [
        ("django.middleware.security.SecurityMiddleware", True),
        ("whitenoise.middleware.WhiteNoiseMiddleware", True),
        ("tutela.site.headers.AnswerHeaders", True),
        ("csp.middleware.CSPMiddleware", True),
        ("django.middleware.gzip.GZipMiddleware", True),
        ("django.middleware.http.ConditionalGetMiddleware", True),
        ("django.contrib.sessions.middleware.SessionMiddleware", staff),
        ("django.middleware.locale.LocaleMiddleware", True),
        ("django.middleware.common.CommonMiddleware", True),
        ("django.middleware.csrf.CsrfViewMiddleware", True),
        ("django.contrib.auth.middleware.AuthenticationMiddleware", staff),
        ("django.contrib.messages.middleware.MessageMiddleware", staff),
        ("allauth.account.middleware.AccountMiddleware", staff),
        ("django.middleware.clickjacking.XFrameOptionsMiddleware", True),
        ("tutela.site.permissions.gate.Gate", True),
        ("tutela.site.vault.no_key.NoKeyMiddleware", role.has_identities),
        ("axes.middleware.AxesMiddleware", staff),
        ("tutela.site.explorer.no_release.NoReleaseMiddleware", True),
    ]
    return [layer for layer, wanted in layers if wanted]


def refuse_what_the_role_may_not_hold(role: Deployment, folders: Iterable[Path]) -> None:
    """SafetyBlock when the centre or the public site can read a linkage secret in `folders`."""
    if role is not Deployment.AGENCY:
        refuse_linkage_secret(folders)
