"""Every reading of who belongs where: checked, written down, denied to whoever may not know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from tutela.site.accounts.models import Deputy, Invitation, Membership, Organisation, User
from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import decide, require
from tutela.site.permissions.roles import Purpose, Role

SEE = "accounts.see_members"


def anybody() -> bool:
    """Whether the site has any account: asked before a backup is put back."""
    return User.objects.exists()


def organisations(
    *, actor: Actor, action: str = SEE, purpose: Purpose = Purpose.ADMINISTRATION
) -> list[Organisation]:
    """The actor's organisations in which they may take `action`."""
    own = Organisation.objects.filter(id__in=actor.organisations()).order_by("name")
    return [one for one in own if decide(actor, action, one, purpose).allowed]


def organisation(
    organisation_id: uuid.UUID,
    *,
    actor: Actor,
    action: str = SEE,
    purpose: Purpose = Purpose.ADMINISTRATION,
) -> Organisation:
    """An organisation in which the actor may take `action`; Denied for others, and for none."""
    found = Organisation.objects.filter(id=organisation_id).first()
    require(actor, action, found, purpose)
    assert found is not None  # noqa: S101 - no condition is met by nothing
    return found


def colleagues(of: Organisation, roles: Iterable[Role]) -> list[User]:
    """Who holds one of these roles in an organisation now; the caller has checked."""
    return list(
        User.objects.filter(
            Q(memberships__until=None) | Q(memberships__until__gt=timezone.now()),
            memberships__organisation=of,
            memberships__role__in=list(roles),
            is_active=True,
        )
        .distinct()
        .order_by("name")
    )


def members(of: Organisation, *, actor: Actor) -> QuerySet[Membership]:
    """The roles held now in an organisation, by person."""
    decision = require(actor, SEE, of, Purpose.ADMINISTRATION)
    found = (
        Membership.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), organisation=of)
        .select_related("user")
        .order_by("user__name", "role")
    )
    record(
        decision, actor=actor, act=Act.READ, purpose=Purpose.ADMINISTRATION,
        kind="membership", subjects=[one.id for one in found],
    )  # fmt: skip
    return found


def membership(
    membership_id: uuid.UUID, *, actor: Actor, action: str = "accounts.end_membership"
) -> Membership:
    """One role that the actor may end, or whose holder may be let start anew."""
    found = Membership.objects.filter(id=membership_id, until=None).first()
    require(actor, action, found, Purpose.ADMINISTRATION)
    assert found is not None  # noqa: S101
    return found


def open_invitations(of: Organisation, *, actor: Actor) -> QuerySet[Invitation]:
    """The invitations that were neither accepted nor withdrawn, nor have run out."""
    require(actor, SEE, of, Purpose.ADMINISTRATION)
    return Invitation.objects.filter(
        organisation=of, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).order_by("expires_at")


def invitation(invitation_id: uuid.UUID, *, actor: Actor) -> Invitation:
    """One invitation that the actor may withdraw."""
    found = Invitation.objects.filter(id=invitation_id).first()
    require(actor, "accounts.invite", found, Purpose.ADMINISTRATION)
    assert found is not None  # noqa: S101
    return found


def deputies(of: Organisation, *, actor: Actor) -> QuerySet[Deputy]:
    """The absences of today and later."""
    require(actor, SEE, of, Purpose.ADMINISTRATION)
    return (
        Deputy.objects.filter(organisation=of, back_on__gt=timezone.localdate())
        .select_related("absent", "deputy")
        .order_by("first_day")
    )


def deputy(deputy_id: uuid.UUID, *, actor: Actor) -> Deputy:
    """One absence that the actor may end."""
    found = Deputy.objects.filter(id=deputy_id).first()
    require(actor, "accounts.name_deputy", found, Purpose.ADMINISTRATION)
    assert found is not None  # noqa: S101
    return found
