"""What the vault does at the moments at which accounts change or a password is known."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from tutela.site.accounts import session_secret
from tutela.site.accounts.events import password_changed, password_proved, standing_changed
from tutela.site.accounts.models import User
from tutela.site.vault import crypto
from tutela.site.vault.keyring import put_in_session
from tutela.site.vault.membership_keys import make_member_key, member_key, rewrap, settle


@receiver(password_proved)
def open_for_session(user: User, password: str, request: HttpRequest, **kwargs: Any) -> None:
    """Unwrap the member's key and keep it for the session, under the browser's secret."""
    secret = session_secret.of(request)
    if secret is None:
        return
    holder = member_key(user.id)
    if holder is None:
        with transaction.atomic():
            holder, private = make_member_key(user, password)
    else:
        private = crypto.unwrap(holder.wrapped, password)
    put_in_session(request, secret, holder.id, private)
    with transaction.atomic():
        settle(user)


@receiver(password_changed)
def wrap_again(
    user: User, password: str, old_password: str | None, request: HttpRequest | None, **kwargs: Any
) -> None:
    """Wrap the member's key under the new password, or make one where the old is not known."""
    if old_password is not None:
        rewrap(user, old_password, password)
        return
    make_member_key(user, password)
    settle(user)


@receiver(standing_changed)
def settle_keys(user_id: uuid.UUID, organisation_id: uuid.UUID, **kwargs: Any) -> None:
    """Somebody came, went, or changed roles."""
    settle(User.objects.get(id=user_id))
