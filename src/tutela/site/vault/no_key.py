"""What the site answers somebody who may read a record but has not been given its key yet."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tutela.site.vault.crypto import CannotOpen
from tutela.site.vault.envelopes import NoKey


class NoKeyMiddleware:
    """Answers with a page that says whom to ask, instead of an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do unless a record does not open."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn CannotOpen and NoKey into the page that says so; leave every other error alone."""
        if isinstance(error, (CannotOpen, NoKey)):
            return render(request, "staff/no_key.html", status=403)
        return None
