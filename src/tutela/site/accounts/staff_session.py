"""What the gate asks about whoever comes: who it is, whether the session still holds."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from tutela.site.accounts import session_secret
from tutela.site.accounts.models import User
from tutela.site.accounts.standings import standings
from tutela.site.audit.record import record_denial, record_session
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision
from tutela.site.permissions.keys import keys_of

#: Seconds without a request after which a session ends, and after which it ends in any case.
IDLE = 30 * 60
ABSOLUTE = 12 * 60 * 60
#: The time of the last request is written down no more often than this.
NOTED_EVERY = 60
BEGAN, SEEN, FACTOR = "began", "seen", "second_factor"


class StaffSession:
    """Sessions of people; nothing here looks at a request for an open page."""

    def enter(self, request: HttpRequest) -> Actor | None:
        """The person who is signed in, with a session that holds; None for anybody else."""
        user = request.user
        if not isinstance(user, User):
            return None
        ended = self._ended(request)
        if ended:
            record_session(ended, user_id=user.id)
            logout(request)
            return None
        translation.activate(user.language)
        request.LANGUAGE_CODE = user.language
        actor = Actor(
            name=str(user), user_id=user.id, standings=standings(user), keys=keys_of(request)
        )
        request.actor = actor  # type: ignore[attr-defined]
        return actor

    def has_second_factor(self, request: HttpRequest) -> bool:
        """Whether a second factor was shown, or set up, in this session."""
        return bool(request.session.get(FACTOR))

    def to_sign_in(self, request: HttpRequest) -> HttpResponse:
        """Send whoever is not signed in to the entrance, and back afterwards."""
        address = reverse("account_login")
        if request.method == "GET":
            address += "?" + urlencode({"next": request.get_full_path()})
        return redirect(address)

    def leave(self, request: HttpRequest, response: HttpResponse) -> None:
        """Hand a fresh secret to the browser, or take it back where nobody is signed in."""
        session_secret.hand_over(request, response)
        shown = settings.SESSION_SECRET_COOKIE in request.COOKIES
        if shown and getattr(request, "signed_out", False):
            session_secret.forget(response)
            response["Clear-Site-Data"] = '"cache", "storage"'

    def denied(self, request: HttpRequest, decision: Decision) -> None:
        """Write down that an action was refused to somebody signed in."""
        actor = getattr(request, "actor", None)
        if actor is not None:
            match = request.resolver_match
            record_denial(decision, actor=actor, path_name=match.view_name if match else "")

    def turned_away(self, request: HttpRequest, action: str) -> None:
        """Write down that a page was refused to somebody signed in."""
        self.denied(request, Decision(False, action, "no role"))

    def _ended(self, request: HttpRequest) -> str:
        """Why the session no longer holds; empty if it does. Notes that it was used."""
        session, now = request.session, time.time()
        if session_secret.of(request) is None:
            return "without_secret"
        if now - session.setdefault(BEGAN, now) > ABSOLUTE:
            return "ended_by_length"
        seen = session.get(SEEN, now)
        if now - seen > IDLE:
            return "ended_idle"
        if SEEN not in session or now - seen > NOTED_EVERY:
            session[SEEN] = now
        return ""
