"""What every page carries: languages, menu, help numbers, and whether the data are synthetic."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language, gettext

from tutela.site.explorer.contacts import contacts
from tutela.site.explorer.current_release import current_release
from tutela.site.explorer.no_release import NoRelease
from tutela.site.permissions.decide import possible
from tutela.site.permissions.menu import STAFF_MENU


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of the base template; it never fails, so that error pages can use it too."""
    language = get_language() or settings.LANGUAGE_CODE
    try:
        release = current_release()
    except NoRelease:
        release = None
    return {
        "language": language,
        "languages": [(code, name, _same_page(request, code)) for code, name in settings.LANGUAGES],
        "menu": [(address, label, request.path.startswith(address)) for address, label in _menu()],
        "contacts": contacts(language),
        "synthetic": settings.SYNTHETIC or bool(release and release.manifest["synthetic"]),
        "release": release,
        "report_address": _report_address(language),
        **_staff(request),
    }


def _report_address(language: str) -> str:
    """Where somebody can tell: here, or at the site that the settings name; "" for nowhere."""
    return _address("report:doors") or settings.REPORT_ADDRESS.replace("{language}", language)


def _staff(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in and what they may open; nothing on pages for everybody."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {}
    first = reverse("accounts:first")
    entries = [(first, gettext("My tasks"))]
    entries += [
        (address, str(label))
        for name, label, action in STAFF_MENU
        if possible(actor, action) and (address := _address(name))
    ]
    entries.append((reverse("accounts:rights"), gettext("What I may do")))
    here = request.path
    return {
        "actor": actor,
        "staff_menu": [
            (address, label, here == address or (address != first and here.startswith(address)))
            for address, label in entries
        ],
    }


def _address(name: str) -> str:
    """The address of a page; empty where this deployment does not carry its app."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _menu() -> list[tuple[str, str]]:
    """The addresses and labels of the main menu in the current language."""
    return [
        (reverse("explorer:figures"), gettext("Figures")),
        (reverse("explorer:published"), gettext("The 2018 report")),
        (reverse("lawbook:landing"), gettext("The law")),
        (reverse("explorer:methodology"), gettext("Method")),
        (reverse("explorer:release"), gettext("This release")),
    ]


def _same_page(request: HttpRequest, language: str) -> str:
    """This page in another language; its home page where this page has none."""
    here = request.path
    if request.resolver_match is None:
        here = reverse("explorer:home")
    return translate_url(here, language)
