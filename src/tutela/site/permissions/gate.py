"""The gate: every address says who may come in; one that says nothing lets nobody in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from csp.constants import SELF
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver
from django.utils.module_loading import import_string

from tutela.site.permissions.decide import Denied, possible

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = frozenset({"GET", "HEAD"})


class Door(Enum):
    """How far somebody must have come to pass."""

    OPEN = "everybody"
    ENTRANCE = "whoever signs in"
    ENROLLING = "signed in, second factor perhaps still missing"
    SIGNED_IN = "signed in with a second factor"
    GUARDED = "signed in, with a role that the table grants the action"


@dataclass(frozen=True)
class Access:
    """What an address asks; `read` and `write` are actions of the table, or None: no such method.

    `scripts` allows the site's own scripts on the page, for security keys and partial reloads.
    `emergency` lets in whoever may open records in an emergency, too: the page's access decides.
    """

    door: Door
    read: str | None = None
    write: str | None = None
    scripts: bool = False
    emergency: bool = False


OPEN = Access(Door.OPEN)
ENTRANCE = Access(Door.ENTRANCE)
ENROLLING = Access(Door.ENROLLING)
SIGNED_IN = Access(Door.SIGNED_IN)

_ATTRIBUTE = "tutela_access"


def guarded(
    read: str | None = None,
    write: str | None = None,
    *,
    scripts: bool = False,
    emergency: bool = False,
) -> Callable[[View], View]:
    """Reading the page needs action `read`, sending to it needs `write`."""
    return at(Access(Door.GUARDED, read, write, scripts, emergency))


def at(access: Access) -> Callable[[View], View]:
    """Declare what a view asks."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, access)
        return view

    return declare


def declared(view: Any) -> Access | None:
    """What a view asks, or None where it says nothing."""
    found = getattr(view, _ATTRIBUTE, None)
    return found if isinstance(found, Access) else None


def everywhere(
    access: Access, patterns: Iterable[URLPattern | URLResolver]
) -> list[URLPattern | URLResolver]:
    """Declare the same for all addresses of a list, for views that are not ours."""
    patterns = list(patterns)
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            callback = pattern.callback
            pattern.callback = _wrapped(callback, access)
        else:
            everywhere(access, pattern.url_patterns)
    return patterns


def _wrapped(view: Callable[..., Any], access: Access) -> Callable[..., Any]:
    """A view of its own for this address, so that one view may stand behind two doors."""
    from functools import wraps

    @wraps(view)
    def same(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    setattr(same, _ATTRIBUTE, access)
    return same


class Gate:
    """Asks at every address who comes, and turns away whoever may not pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.staff = import_string(settings.STAFF_SESSION)() if settings.STAFF_SESSION else None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pages behind a door are never stored, and may send forms to this site alone."""
        response = self.get_response(request)
        access = declared(getattr(request.resolver_match, "func", None))
        if access is not None and access.door is not Door.OPEN:
            response["Cache-Control"] = "no-store"
            # With "no-referrer" browsers send forms from the origin "null", which is refused.
            response["Referrer-Policy"] = "same-origin"
            policy: dict[str, list[str]] = {"form-action": [SELF]}
            if access.scripts:
                policy |= {"script-src": [SELF], "connect-src": [SELF]}
            response._csp_replace = policy  # type: ignore[attr-defined]
        if self.staff is not None:
            self.staff.leave(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """None lets the request through; an answer turns it away."""
        access = declared(view)
        if access is None:
            return refused(request)
        if access.door is Door.OPEN:
            return None
        if self.staff is None:
            return refused(request)
        return self._staff_door(request, access)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A denial deep inside becomes "not found": it never tells whether there is a record."""
        if isinstance(error, Denied):
            if self.staff is not None:
                self.staff.denied(request, error.decision)
            return render(request, "404.html", status=404)
        return None

    def _staff_door(self, request: HttpRequest, access: Access) -> HttpResponse | None:
        assert self.staff is not None  # noqa: S101 - asked just before
        actor = self.staff.enter(request)
        if access.door is Door.ENTRANCE:
            return None
        if actor is None:
            to_sign_in: HttpResponse = self.staff.to_sign_in(request)
            return to_sign_in
        if access.door is Door.ENROLLING:
            return None
        if not self.staff.has_second_factor(request):
            return redirect("mfa_index")
        if access.door is Door.SIGNED_IN:
            return None
        action = access.read if request.method in SAFE_METHODS else access.write
        if action is None or request.method not in {*SAFE_METHODS, "POST"}:
            allowed = ["GET", "HEAD"] if access.read else []
            return HttpResponseNotAllowed([*allowed, "POST"] if access.write else allowed)
        broken = access.emergency and request.method in SAFE_METHODS
        if not possible(actor, action) and not (broken and possible(actor, "emergency.open")):
            self.staff.turned_away(request, action)
            return refused(request)
        return None


def refused(request: HttpRequest) -> HttpResponse:
    """The page that says: not for you. It is the same for every page behind the gate."""
    return render(request, "403.html", status=403)
