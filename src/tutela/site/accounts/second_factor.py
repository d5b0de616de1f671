"""Codes of an authenticator app are good once.

A code is accepted for one period before and after its own, because clocks run apart; allauth
remembers it for one period only, so that it could be used again in the rest of that time.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache


class _Once:
    """Refuses a code of an app that was used before, for as long as it could be accepted."""

    user: Any
    authenticator: Any
    _emit_authentication_failed: Any

    def clean_code(self) -> str:
        """The code, if it fits and was not used."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            lifetime = (2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD
            if not cache.add(f"second-factor/{self.user.pk}/{code}", "used", timeout=lifetime):
                self._emit_authentication_failed(self.authenticator)
                raise get_adapter().validation_error("incorrect_code")
        return code


class ShowForm(_Once, AuthenticateForm):
    """The second factor at sign-in."""


class ConfirmForm(_Once, ReauthenticateForm):
    """The second factor once more, before something that matters."""
