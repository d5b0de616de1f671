"""Every change of accounts: who belongs where, as what, and who stands in for whom."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.site.accounts.events import password_changed, standing_changed
from tutela.site.accounts.models import Deputy, Invitation, Level, Membership, Organisation, User
from tutela.site.accounts.notices import notify
from tutela.site.audit.models import Act
from tutela.site.audit.record import Detail, record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, require
from tutela.site.permissions.roles import Purpose, Role

SECRET_BYTES = 32
_ADMINISTRATION = Purpose.ADMINISTRATION


@transaction.atomic
def create_organisation(*, actor: Actor, code: str, name: str, level: Level) -> Organisation:
    """Add a body. Only a command may: who belongs to the system is decided outside it."""
    decision = require(actor, "accounts.create", None, _ADMINISTRATION)
    made = Organisation(code=code, name=name, level=level)
    made.full_clean()
    made.save()
    _written(decision, actor, "organisation", made.id, level=level)
    return made


@transaction.atomic
def create_account(
    *,
    actor: Actor,
    organisation: Organisation,
    email: str,
    name: str,
    password: str,
    roles: Sequence[Role],
    language: str = "en",
) -> User:
    """Make an account with roles, for the first people of an organisation (`tutela admin create`).

    ValidationError when the password is weak, a role is unknown, or the address is taken.
    """
    decision = require(actor, "accounts.create", organisation, _ADMINISTRATION)
    user = _new_user(email, name, password, language)
    _give(user, organisation, roles)
    password_changed.send(
        sender=User, user=user, password=password, old_password=None, request=None
    )
    _written(decision, actor, "user", user.id, roles=[str(role) for role in roles])
    return user


@transaction.atomic
def invite(
    *, actor: Actor, organisation: Organisation, email: str, roles: Sequence[Role]
) -> tuple[Invitation | None, str]:
    """Invite a person, and return the invitation with the secret of its link, shown once.

    A person who has an account receives the roles at once; then there is no invitation (None, "").
    """
    decision = require(actor, "accounts.invite", organisation, _ADMINISTRATION)
    email = email.strip().lower()
    known = User.objects.filter(email=email, is_active=True).first()
    if known is not None:
        _give(known, organisation, roles)
        _written(decision, actor, "user", known.id, roles=[str(role) for role in roles])
        return None, ""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = Invitation(
        organisation=organisation,
        email=email,
        roles=[str(Role(role)) for role in roles],
        secret_hash=_hashed(secret),
        invited_by_id=actor.user_id,
    )
    made.full_clean()
    made.save()
    _written(decision, actor, "invitation", made.id, roles=made.roles)
    return made, secret


@transaction.atomic
def start_anew(*, actor: Actor, membership: Membership) -> tuple[Invitation, str]:
    """Invite a member who lost password or second factor to choose both again; link as `invite`.

    Roles stay. The organisation's key is not given with it: a colleague who has it does that, so
    that no administrator alone can read records by taking over an account.
    """
    decision = require(actor, "accounts.start_anew", membership, _ADMINISTRATION)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = Invitation.objects.create(
        organisation=membership.organisation,
        email=membership.user.email,
        roles=[],
        secret_hash=_hashed(secret),
        invited_by_id=actor.user_id,
        resets=membership.user,
    )
    _written(decision, actor, "invitation", made.id, account=str(membership.user_id))
    return made, secret


@transaction.atomic
def withdraw_invitation(*, actor: Actor, invitation: Invitation) -> None:
    """Make an invitation's link worthless."""
    decision = require(actor, "accounts.invite", invitation, _ADMINISTRATION)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    _written(decision, actor, "invitation", invitation.id, withdrawn=True)


@transaction.atomic
def accept_invitation(
    *, actor: Actor, secret: str, name: str, password: str, language: str
) -> User:
    """Make the account that an open invitation promises; the link works once.

    ValidationError when the link is not (or no longer) good, or the password is weak.
    """
    decision = require(actor, "accounts.accept_invitation", None, _ADMINISTRATION)
    found = Invitation.objects.select_for_update().filter(secret_hash=_hashed(secret)).first()
    if found is None or not found.is_open:
        raise ValidationError(_("This invitation is no longer good. Ask for a new one."))
    if found.resets is None:
        user = _new_user(found.email, name, password, language)
        _give(user, found.organisation, [Role(role) for role in found.roles])
    else:
        user = _anew(found.resets, name, password, language)
    found.accepted_at = timezone.now()
    found.save(update_fields=["accepted_at"])
    password_changed.send(
        sender=User, user=user, password=password, old_password=None, request=None
    )
    _written(decision, actor, "user", user.id, invitation=str(found.id))
    return user


def open_invitation(secret: str) -> Invitation | None:
    """The invitation of a link, while it is good."""
    found = Invitation.objects.filter(secret_hash=_hashed(secret)).first()
    return found if found is not None and found.is_open else None


@transaction.atomic
def end_membership(*, actor: Actor, membership: Membership) -> None:
    """End a role now. The last administrator of an organisation stays."""
    decision = require(actor, "accounts.end_membership", membership, _ADMINISTRATION)
    if membership.role == Role.ADMINISTRATOR and not _others(membership):
        raise ValidationError(
            _("This is the organisation's last administrator. Name another one first.")
        )
    membership.until = timezone.now()
    membership.save(update_fields=["until"])
    standing_changed.send(
        sender=Membership,
        user_id=membership.user_id,
        organisation_id=membership.organisation_id,
    )
    _written(decision, actor, "membership", membership.id, role=membership.role)


@transaction.atomic
def name_deputy(
    *,
    actor: Actor,
    organisation: Organisation,
    absent: User,
    deputy: User,
    first_day: date,
    back_on: date,
) -> Deputy:
    """Let `deputy` hold the roles of `absent` in [first_day, back_on), and tell them."""
    decision = require(actor, "accounts.name_deputy", organisation, _ADMINISTRATION)
    for one in (absent, deputy):
        if not _active(organisation).filter(user=one).exists():
            raise ValidationError(
                _("%(name)s does not belong to the organisation."), params={"name": one}
            )
    made = Deputy(
        organisation=organisation,
        absent=absent,
        deputy=deputy,
        first_day=first_day,
        back_on=back_on,
    )
    made.full_clean()
    made.save()
    notify([deputy.id], "deputy", made.id)
    _written(decision, actor, "deputy", made.id)
    return made


@transaction.atomic
def end_deputy(*, actor: Actor, deputy: Deputy) -> None:
    """End an absence today, because the person is back."""
    decision = require(actor, "accounts.name_deputy", deputy, _ADMINISTRATION)
    deputy.back_on = max(timezone.localdate(), deputy.first_day + timedelta(days=1))
    deputy.save(update_fields=["back_on"])
    _written(decision, actor, "deputy", deputy.id, ended=True)


@transaction.atomic
def change_password(
    *, actor: Actor, user: User, old_password: str, password: str, request: HttpRequest
) -> None:
    """Replace one's own password; the vault wraps the person's key under the new one."""
    decision = require(actor, "accounts.change_password", user, _ADMINISTRATION)
    if not user.check_password(old_password):
        raise ValidationError({"old_password": _("This is not your present password.")})
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    password_changed.send(
        sender=User, user=user, password=password, old_password=old_password, request=request
    )
    _written(decision, actor, "user", user.id, password=True)


def _new_user(email: str, name: str, password: str, language: str) -> User:
    user = User(email=email.strip().lower(), name=name.strip(), language=language)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    return user


def _anew(user: User, name: str, password: str, language: str) -> User:
    """A new password, and no second factor until one is set up again; all sessions end."""
    validate_password(password, user)
    user.name, user.language = name.strip(), language
    user.set_password(password)
    user.save(update_fields=["name", "language", "password"])
    Authenticator.objects.filter(user=user).delete()
    return user


def _give(user: User, organisation: Organisation, roles: Sequence[Role]) -> None:
    if not roles:
        raise ValidationError(_("Choose at least one role."))
    for role in roles:
        if not _active(organisation).filter(user=user, role=role).exists():
            made = Membership(user=user, organisation=organisation, role=role)
            made.full_clean()
            made.save()
    standing_changed.send(sender=Membership, user_id=user.id, organisation_id=organisation.id)


def _active(organisation: Organisation) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(until=None) | Q(until__gt=timezone.now()), organisation=organisation
    )


def _others(membership: Membership) -> bool:
    return bool(
        _active(membership.organisation)
        .filter(role=membership.role)
        .exclude(user=membership.user_id)
        .exists()
    )


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8")).digest()


def _written(
    decision: Decision, actor: Actor, kind: str, subject: uuid.UUID, **details: Detail
) -> None:
    record(
        decision,
        actor=actor,
        act=Act.WRITE,
        purpose=_ADMINISTRATION,
        kind=kind,
        subjects=[subject],
        details=details,
    )
