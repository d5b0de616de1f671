"""Holding a record, lifting a hold, and erasing what is due."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.errors import SafetyBlock
from tutela.site.accounts.notices import forget
from tutela.site.audit.models import Act
from tutela.site.audit.record import Detail, record
from tutela.site.freed_pages import wipe_freed_pages
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, require
from tutela.site.permissions.records import ProtectedRecord
from tutela.site.permissions.roles import Purpose
from tutela.site.retention.classes import RetentionClass, retention_classes
from tutela.site.retention.erasable import Erasable, erasable_of
from tutela.site.retention.holds import held
from tutela.site.retention.models import Hold
from tutela.site.vault import envelopes

#: Records erased in one transaction.
BATCH = 200


@transaction.atomic
def hold(*, actor: Actor, found: ProtectedRecord, kind: str, reason: str, until: date) -> Hold:
    """Keep a record from being erased, until the end of a day, for a reason.

    ValidationError without a reason, or for a day that is over.
    """
    decision = require(actor, "retention.hold", found, Purpose.OVERSIGHT)
    if until < timezone.localdate():
        raise ValidationError({"until": _("This day is over.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it must be kept.")})
    standing = decision.standing
    assert standing is not None and actor.user_id is not None  # noqa: S101 - not a command
    envelopes.lock([found.envelope_id])
    closed = envelopes.create("legal_hold", organisations=[standing.organisation_id])
    envelopes.retain_from(closed.id, until)
    made = Hold.objects.create(
        kind=kind, record_id=found.id, held_envelope_id=found.envelope_id,
        user_id=actor.user_id, organisation_id=standing.organisation_id,
        envelope_id=closed.id, reason=closed.close("reason", reason.strip()), until=until,
    )  # fmt: skip
    _written(decision, actor, made)
    return made


@transaction.atomic
def lift(*, actor: Actor, hold: Hold) -> None:
    """End a hold before its day."""
    decision = require(actor, "retention.lift", hold, Purpose.OVERSIGHT)
    if not hold.holds:
        raise ValidationError(_("This is settled already."))
    hold.lifted_at, hold.lifted_by_id = timezone.now(), actor.user_id
    hold.save(update_fields=["lifted_at", "lifted_by"])
    envelopes.retain_from(hold.envelope_id, timezone.localdate())
    _written(decision, actor, hold, lifted=True)


@dataclass
class ClassRun:
    """What a run found and did in one class."""

    due: int = 0
    held: int = 0
    erased: int = 0


@dataclass
class Run:
    """What a run did. `undeclared` are classes in use for which no period is declared."""

    day: date
    dry: bool
    classes: dict[str, ClassRun] = field(default_factory=dict)
    undeclared: dict[str, int] = field(default_factory=dict)
    #: Whether freed pages of the database file were overwritten; None where it is not our doing.
    wiped: bool | None = None

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {**asdict(self), "day": self.day.isoformat()}


def run(*, actor: Actor, today: date | None = None, dry: bool = False) -> Run:
    """Erase what is due and not held, class by class; with `dry`, only count it.

    Each batch is one transaction: keys destroyed, rows of the app and notices deleted, one row in
    the audit log. What fails leaves its batch whole and stops the run.
    """
    decision = require(actor, "retention.run", None, Purpose.OVERSIGHT)
    done = Run(today or timezone.localdate(), dry)
    declared = retention_classes()
    done.undeclared = {
        name: number for name, number in envelopes.kept_by_class().items() if name not in declared
    }
    for one in declared.values():
        erasable = erasable_of(one.name)
        if erasable is not None:
            done.classes[one.name] = _run_class(decision, actor, one, erasable, done)
    if not dry:
        done.wiped = wipe_freed_pages()
    return done


def _run_class(
    decision: Decision, actor: Actor, one: RetentionClass, erasable: Erasable, run: Run
) -> ClassRun:
    due = erasable.due_envelopes(one.due_before(run.day))
    blocked = held(due, run.day)
    counted = ClassRun(due=len(due), held=len(blocked))
    if run.dry:
        return counted
    free = [number for number in due if number not in blocked]
    for start in range(0, len(free), BATCH):
        counted.erased += _erase(decision, actor, erasable, free[start : start + BATCH], run.day)
    return counted


@transaction.atomic
def _erase(
    decision: Decision, actor: Actor, erasable: Erasable, batch: list[uuid.UUID], today: date
) -> int:
    envelopes.lock(batch)
    blocked = held(batch, today)  # somebody may have held one meanwhile
    batch = [number for number in batch if number not in blocked]
    numbers = erasable.erase(batch)
    if len(numbers) != len(batch):
        raise SafetyBlock(
            f"{len(batch)} records of the class {erasable.name} are due, but its app knows"
            f" {len(numbers)}: nothing of this batch was erased"
        )
    for envelope_id in batch:
        envelopes.shred(envelope_id)
    forget(numbers)
    record(
        decision, actor=actor, act=Act.WRITE, kind=erasable.name, subjects=numbers,
        details={"erased": len(batch)},
    )  # fmt: skip
    return len(batch)


def _written(decision: Decision, actor: Actor, made: Hold, **details: Detail) -> None:
    record(
        decision, actor=actor, act=Act.WRITE, kind="legal_hold",
        subjects=[made.id, made.record_id], details=details,
    )  # fmt: skip
