"""What is kept, what is due, what is held: for oversight."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils import timezone

from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import require
from tutela.site.permissions.records import kind_of
from tutela.site.permissions.roles import Purpose
from tutela.site.retention.classes import RetentionClass, retention_classes
from tutela.site.retention.erasable import erasable_of
from tutela.site.retention.holds import held
from tutela.site.retention.models import Hold
from tutela.site.vault.crypto import CannotOpen
from tutela.site.vault.envelopes import kept_by_class, open_envelope

SEE = "retention.see"


@dataclass(frozen=True)
class ClassNow:
    """A class with what is kept under it today; `due`, `held`: None where no app keeps any."""

    declared: RetentionClass
    kept: int
    due: int | None
    held: int | None


def classes_now(*, actor: Actor) -> list[ClassNow]:
    """Every declared class, with how much is kept, due and held today. Counts of the whole site."""
    decision = require(actor, SEE, None, Purpose.OVERSIGHT)
    today, kept = timezone.localdate(), kept_by_class()
    found = []
    for one in retention_classes().values():
        erasable, due = erasable_of(one.name), None
        if erasable is not None:
            due = erasable.due_envelopes(one.due_before(today))
        blocked = None if due is None else len(held(due, today))
        number = None if due is None else len(due)
        found.append(ClassNow(one, kept.get(one.name, 0), number, blocked))
    record(decision, actor=actor, act=Act.READ, kind="retention")
    return found


@dataclass(frozen=True)
class ShownHold:
    """A hold with its reason; None where this person has no key to it."""

    row: Hold
    words: str
    reason: str | None


def holds(*, actor: Actor) -> list[ShownHold]:
    """The holds of the actor's organisations that still block, the next to end first."""
    decision = require(actor, SEE, None, Purpose.OVERSIGHT)
    mine = Hold.objects.filter(organisation__in=actor.organisations(), lifted_at=None)
    rows = list(
        mine.filter(until__gte=timezone.localdate())
        .select_related("user", "organisation")
        .order_by("until")
    )
    shown = [ShownHold(one, _words(one), _reason(one, actor)) for one in rows]
    record(decision, actor=actor, act=Act.READ, kind="legal_hold", subjects=[o.id for o in rows])
    return shown


def hold(hold_id: uuid.UUID, *, actor: Actor) -> Hold:
    """One hold that the actor may lift."""
    found = Hold.objects.filter(id=hold_id).first()
    require(actor, "retention.lift", found, Purpose.OVERSIGHT)
    assert found is not None  # noqa: S101 - no condition is met by nothing
    return found


def _words(row: Hold) -> str:
    kind = kind_of(row.kind)
    return str(kind.words) if kind else row.kind


def _reason(row: Hold, actor: Actor) -> str | None:
    try:
        said: str = open_envelope(row.envelope_id, keys=actor.keys).open("reason", row.reason)
    except CannotOpen:
        return None
    return said
