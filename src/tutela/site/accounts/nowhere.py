"""What the guard against guessing is told about whoever tries: nothing but the account tried."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def nowhere(request: HttpRequest) -> None:
    """No network address is looked at."""


def somebody(*args: Any, **kwargs: Any) -> str:
    """How an attempt is called in a log."""
    return "somebody"


def locked_out(request: HttpRequest, credentials: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page that says: wait a quarter of an hour. It is the same for accounts that are none."""
    return render(request, "staff/locked_out.html", status=429)
