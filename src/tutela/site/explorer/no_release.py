"""What the site answers while it has no release to show."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class NoRelease(Exception):  # noqa: N818 - reads as what happened
    """TUTELA_RELEASE names no release."""


class NoReleaseMiddleware:
    """Answers 503 with a page in words instead of an error when a page needs a release."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do unless a view asks for a release in vain."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn NoRelease into the page that says so; leave every other error alone."""
        if isinstance(error, NoRelease):
            return render(request, "no_release.html", status=503)
        return None
