"""Reading a record, by right or in an emergency; reading what was done in emergencies."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from tutela.site.audit.access import Line, under_break_glass
from tutela.site.audit.models import Act
from tutela.site.audit.record import Detail, record
from tutela.site.emergency.models import BreakGlass
from tutela.site.permissions.actor import Actor, Standing
from tutela.site.permissions.decide import Decision, Denied, decide, require
from tutela.site.permissions.records import ProtectedRecord, barred
from tutela.site.permissions.roles import Purpose
from tutela.site.vault.crypto import CannotOpen
from tutela.site.vault.envelopes import open_many, sealed_to

SEE = "emergency.see"


@dataclass(frozen=True)
class Permit:
    """That somebody may read a record now: by a row of the table, or by emergency until a time."""

    decision: Decision
    break_glass_id: uuid.UUID | None = None
    until: datetime | None = None


def access_record(
    found: ProtectedRecord | None,
    *,
    actor: Actor,
    action: str,
    purpose: Purpose,
    kind: str,
    details: Mapping[str, Detail] | None = None,
) -> Permit:
    """May the actor read this record? Written down if so; Denied if not, and for no record.

    Apps call it in their `access` before they open the record's envelope. What the permission
    table denies is allowed while the person has an emergency access to this record for this
    purpose; then the row of the log carries its number. It never allows a change.
    """
    decision = decide(actor, action, found, purpose)
    glass = None
    if not decision.allowed and found is not None and not barred(actor, found):
        glass, standing = _open_glass(actor, found.id, purpose)
        if glass is not None:
            decision = Decision(True, action, "broke glass", None, standing, purpose)
    if found is None or not decision.allowed:
        raise Denied(decision)
    record(
        decision, actor=actor, act=Act.READ, kind=kind, subjects=[found.id], details=details,
        break_glass_id=glass.id if glass else None,
    )  # fmt: skip
    return Permit(decision, glass.id if glass else None, glass.expires_at if glass else None)


def _open_glass(
    actor: Actor, record_id: uuid.UUID, purpose: Purpose
) -> tuple[BreakGlass | None, Standing | None]:
    """The actor's open emergency access, while the role that it rests on is still held."""
    if actor.user_id is None:
        return None, None
    now = timezone.now()
    rows = BreakGlass.objects.filter(
        user=actor.user_id, record_id=record_id, purpose=purpose, reviewed_at=None,
        opened_at__lte=now, expires_at__gt=now,
    )  # fmt: skip
    for row in rows:
        for standing in actor.standings:
            if (standing.role, standing.organisation_id) == (row.role, row.organisation_id):
                return row, standing
    return None, None


def emergencies(*, actor: Actor) -> list[BreakGlass]:
    """The emergency accesses that the actor may see, unreviewed first, then newest first."""
    mine = actor.organisations()
    rows = (
        BreakGlass.objects.filter(
            Q(organisation__in=mine)
            | Q(user=actor.user_id)
            | Q(envelope_id__in=sealed_to("emergency", mine))
        )
        .select_related("user", "organisation", "reviewed_by")
        .order_by("-asked_at")
    )
    allowed = [(one, decide(actor, SEE, one, Purpose.OVERSIGHT)) for one in rows]
    seen = [one for one, decision in allowed if decision.allowed]
    decision = next((d for _, d in allowed if d.allowed), None)
    if decision is not None:
        record(decision, actor=actor, act=Act.READ, kind="emergency", subjects=[o.id for o in seen])
    return sorted(seen, key=lambda one: one.reviewed_at is not None or one.refused_at is not None)


@dataclass(frozen=True)
class Opened:
    """An emergency access with its words, and what was read under it.

    `reason` and `note` are None where this person has no key to them.
    """

    row: BreakGlass
    reason: str | None
    note: str | None
    read: list[Line]


def emergency(glass_id: uuid.UUID, *, actor: Actor, action: str = SEE) -> BreakGlass:
    """One emergency access on which the actor may take `action`."""
    found = BreakGlass.objects.filter(id=glass_id).select_related("user", "organisation").first()
    require(actor, action, found, Purpose.OVERSIGHT)
    assert found is not None  # noqa: S101 - no condition is met by nothing
    return found


def open_emergency(glass_id: uuid.UUID, *, actor: Actor) -> Opened:
    """One emergency access with reason, note and everything read under it."""
    found = emergency(glass_id, actor=actor)
    decision = require(actor, SEE, found, Purpose.OVERSIGHT)
    record(decision, actor=actor, act=Act.READ, kind="emergency", subjects=[found.id])
    try:
        opened = open_many([found.envelope_id], keys=actor.keys)[found.envelope_id]
    except CannotOpen:
        return Opened(found, None, None, under_break_glass(found.id))
    note = opened.open("note", found.note) if found.note else None
    return Opened(found, opened.open("reason", found.reason), note, under_break_glass(found.id))
