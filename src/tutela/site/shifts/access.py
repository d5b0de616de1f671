"""Reading handovers of shifts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Q

from tutela.site.accounts.access import colleagues
from tutela.site.accounts.models import Organisation, User
from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.emergency.access import Permit, access_record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import require
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.shifts.models import Handover
from tutela.site.vault.envelopes import open_envelope

#: Whoever works shifts.
SHIFT_ROLES = (Role.OPERATOR, Role.SUPERVISOR)


def find(handover_id: uuid.UUID) -> Handover | None:
    """A handover by its number, whoever asks; the caller decides who may know of it."""
    return (
        Handover.objects.filter(id=handover_id).select_related("user", "to", "organisation").first()
    )


def shift_organisations(*, actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """The organisations in which the actor works shifts: number and name."""
    found = {
        one.organisation_id: one.organisation for one in actor.standings if one.role in SHIFT_ROLES
    }
    return list(found.items())


def who_may_take_over(organisation: Organisation, *, actor: Actor) -> list[User]:
    """The colleagues to whom a shift can be handed."""
    require(actor, "shifts.hand_over", organisation, Purpose.TRIAGE)
    return [one for one in colleagues(organisation, SHIFT_ROLES) if one.id != actor.user_id]


def handovers(*, actor: Actor) -> list[Handover]:
    """The open handovers from and to the actor, and in the organisations they supervise."""
    decision = require(actor, "shifts.see", None, Purpose.TRIAGE)
    led = [one.organisation_id for one in actor.standings if one.role == Role.SUPERVISOR]
    found = list(
        Handover.objects.filter(
            Q(user=actor.user_id) | Q(to=actor.user_id) | Q(organisation__in=led),
            taken_at=None,
            withdrawn_at=None,
        )
        .select_related("user", "to", "organisation")
        .order_by("due_at")
    )
    record(decision, actor=actor, act=Act.READ, kind="handover", subjects=[o.id for o in found])
    return found


@dataclass(frozen=True)
class Opened:
    """A handover with its note, and by which right it is read."""

    row: Handover
    note: str
    permit: Permit


def open_handover(
    handover_id: uuid.UUID, *, actor: Actor, purpose: Purpose = Purpose.TRIAGE
) -> Opened:
    """One handover with its note. Denied for whoever is not one of the two, unless by emergency."""
    found = find(handover_id)
    permit = access_record(
        found, actor=actor, action="shifts.read", purpose=purpose, kind="handover"
    )
    assert found is not None  # noqa: S101 - nothing is never permitted
    opened = open_envelope(found.envelope_id, keys=actor.keys)
    return Opened(found, opened.open("note", found.note), permit)


def handover(handover_id: uuid.UUID, *, actor: Actor, action: str) -> Handover:
    """One handover on which the actor may take `action`."""
    found = find(handover_id)
    require(actor, action, found, Purpose.TRIAGE)
    assert found is not None  # noqa: S101
    return found
