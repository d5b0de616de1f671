"""What every page carries: languages, menu, help numbers, and whether the data are synthetic."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.translation import get_language, gettext

from tutela.site.explorer.contacts import contacts
from tutela.site.explorer.current_release import current_release
from tutela.site.explorer.no_release import NoRelease


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
        "synthetic": bool(release and release.manifest["synthetic"]),
        "release": release,
    }


def _menu() -> list[tuple[str, str]]:
    """The addresses and labels of the main menu in the current language."""
    return [
        (reverse("explorer:figures"), gettext("Figures")),
        (reverse("explorer:published"), gettext("The 2018 report")),
        (reverse("explorer:methodology"), gettext("Method")),
        (reverse("explorer:release"), gettext("This release")),
    ]


def _same_page(request: HttpRequest, language: str) -> str:
    """This page in another language; its home page where this page has none."""
    here = request.path
    if request.resolver_match is None:
        here = reverse("explorer:home")
    return translate_url(here, language)
