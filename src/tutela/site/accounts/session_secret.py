"""A secret per session that only the person's browser holds.

The server keeps its hash in the session, and what the vault wraps under it. Whoever steals the
database has sessions that admit nobody and wrapped keys that open nothing; whoever steals the
cookie alone has nothing to unwrap. It ends with the session.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from django.conf import settings
from django.http import HttpRequest, HttpResponse

BYTES = 32
_HASH = "session_secret_hash"
_FRESH = "_tutela_fresh_secret"


def issue(request: HttpRequest) -> bytes:
    """Make a new secret for this session; the answer to this request carries it to the browser."""
    secret = secrets.token_bytes(BYTES)
    request.session[_HASH] = _hashed(secret)
    setattr(request, _FRESH, secret)
    return secret


def of(request: HttpRequest) -> bytes | None:
    """The secret of this session as the browser showed it, or None if it is not the right one."""
    fresh = getattr(request, _FRESH, None)
    if isinstance(fresh, bytes):
        return fresh
    try:
        shown = urlsafe_b64decode(request.COOKIES.get(settings.SESSION_SECRET_COOKIE, ""))
    except (Error, ValueError):
        return None
    kept = request.session.get(_HASH, "")
    return shown if hmac.compare_digest(_hashed(shown), kept) else None


def hand_over(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie if a secret was made in this request."""
    fresh = getattr(request, _FRESH, None)
    if fresh is not None:
        response.set_cookie(
            settings.SESSION_SECRET_COOKIE,
            urlsafe_b64encode(fresh).decode("ascii"),
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Strict",
        )


def forget(response: HttpResponse) -> None:
    """Take the cookie back."""
    response.delete_cookie(settings.SESSION_SECRET_COOKIE, samesite="Strict")


def _hashed(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()
