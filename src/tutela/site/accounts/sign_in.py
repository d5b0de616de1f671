"""What allauth is told about us, and what we note when somebody signs in."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.signals import authentication_step_completed
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from nacl.secret import SecretBox

from tutela.site.accounts import session_secret
from tutela.site.accounts.events import password_changed, password_proved
from tutela.site.accounts.models import User
from tutela.site.accounts.notices import notify
from tutela.site.accounts.staff_session import BEGAN, FACTOR, SEEN
from tutela.site.audit.record import record_session
from tutela.site.key_files import key

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountAdapter(DefaultAccountAdapter):
    """No accounts but by invitation, no e-mail with content, no network address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up; people are invited."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """One word for every address: none is looked at, none can be kept."""
        return "somewhere"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing: what changed is in the audit log, and e-mail carries no content."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: our own pages say what happened."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted under a key outside the database."""

    def encrypt(self, text: str) -> str:
        """What the database holds."""
        return SecretBox(key("second-factor")).encrypt(text.encode()).hex()

    def decrypt(self, encrypted_text: str) -> str:
        """What was encrypted."""
        return SecretBox(key("second-factor")).decrypt(bytes.fromhex(encrypted_text)).decode()

    def get_totp_issuer(self) -> str:
        """The name that an authenticator app shows."""
        return "Tutela"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name under which a security key knows us."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Tutela"}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: it is in the audit log."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor stays: without one nobody may work here."""
        if authenticator.type not in FACTORS:
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
        return bool(others.exclude(pk=authenticator.pk).exists())


class SignInForm(LoginForm):
    """The only moment of a session at which the password is known."""

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Make the session's secret, tell the vault, then go on to the second factor."""
        session_secret.issue(request)
        password_proved.send(
            sender=User,
            user=self.user,
            password=self.cleaned_data["password"],
            request=request,
        )
        response: HttpResponse = super().login(request, redirect_url)
        return response


def tell(user: User) -> None:
    """Ask the person whether it was they who changed, or guessed at, their means of signing in."""
    notify([user.id], "account_changed", user.id)


@receiver(password_changed)
def note_password(sender: Any, user: User, old_password: str | None, **kwargs: Any) -> None:
    """Write down a new password, and tell the person."""
    record_session("password", user_id=user.id)
    if old_password is not None:
        tell(user)


@receiver(user_logged_in)
def note_sign_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Start the clocks of the session and write down that it began."""
    request.session[BEGAN] = request.session[SEEN] = time.time()
    record_session("signed_in", user_id=user.id)


@receiver(user_logged_out)
def note_sign_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Write down that a session ended; the gate takes the secret back."""
    request.signed_out = True  # type: ignore[attr-defined]
    if user is not None:
        record_session("signed_out", user_id=user.id)


@receiver(authentication_step_completed)
def note_factor(sender: Any, request: HttpRequest, user: User, method: str, **kwargs: Any) -> None:
    """Remember that a second factor was shown."""
    if method == "mfa":
        request.session[FACTOR] = True


@receiver(authenticator_added)
def note_factor_added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Whoever sets up a second factor has shown it."""
    if authenticator.type in FACTORS:
        request.session[FACTOR] = True
    record_session(f"added_{authenticator.type}", user_id=user.id)
    if Authenticator.objects.filter(user=user).exclude(pk=authenticator.pk).exists():
        tell(user)


@receiver(authenticator_removed)
def note_factor_removed(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Write down that a means of signing in is gone."""
    record_session(f"removed_{authenticator.type}", user_id=user.id)
    tell(user)


@receiver(authentication_failed)
def note_factor_wrong(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Write down that the password was right and the second factor wrong; ask the person."""
    record_session("factor_wrong", user_id=user.id)
    tell(user)


@receiver(user_locked_out)
def note_locked_out(sender: Any, request: HttpRequest, username: str, **kwargs: Any) -> None:
    """Write down that somebody guessed at an account that exists."""
    user = User.objects.filter(email=(username or "").strip().lower()).first()
    if user is not None:
        record_session("locked_out", user_id=user.id)
        tell(user)
