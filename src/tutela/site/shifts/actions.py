"""Handing a shift over, taking it over, taking it back; and the clock."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.site.accounts.access import colleagues
from tutela.site.accounts.models import Organisation
from tutela.site.accounts.notices import finish, holders, notify
from tutela.site.audit.models import Act
from tutela.site.audit.record import Detail, record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, require
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.shifts.access import SHIFT_ROLES
from tutela.site.shifts.holdings import held_by, holdings_of
from tutela.site.shifts.models import Handover, State
from tutela.site.vault import envelopes

#: Within which time the next person takes over; then supervisors are told.
TAKE_WITHIN = timedelta(minutes=30)


@transaction.atomic
def hand_over(*, actor: Actor, organisation: Organisation, to: uuid.UUID, note: str) -> Handover:
    """Hand everything that the actor holds open to a named colleague, with a note.

    ValidationError where the colleague does not work shifts here, or a handover waits already.
    """
    decision = require(actor, "shifts.hand_over", organisation, Purpose.TRIAGE)
    assert actor.user_id is not None  # noqa: S101 - no command is granted this
    if to == actor.user_id or to not in {one.id for one in colleagues(organisation, SHIFT_ROLES)}:
        raise ValidationError({"to": _("Choose a colleague who works shifts here.")})
    waiting = Handover.objects.filter(
        user=actor.user_id, organisation=organisation, taken_at=None, withdrawn_at=None
    )
    if waiting.exists():
        raise ValidationError(_("You have handed over already; take that back first."))
    held = held_by(actor.user_id, organisation.id)
    envelope = envelopes.create("shift", organisations=[organisation.id])
    made = Handover.objects.create(
        organisation=organisation,
        user_id=actor.user_id,
        to_id=to,
        held=[[kind.kind, str(one.id)] for kind, one in held],
        envelope_id=envelope.id,
        note=envelope.close("note", note.strip()),
        due_at=timezone.now() + TAKE_WITHIN,
    )
    notify([to], "handover", made.id)
    _written(decision, actor, made, held=len(held))
    return made


@transaction.atomic
def take_over(*, actor: Actor, handover: Handover) -> None:
    """Take over everything of a handover that is still held by whoever handed over."""
    decision = require(actor, "shifts.take_over", handover, Purpose.TRIAGE)
    if handover.state() not in {State.WAITS, State.LATE}:
        raise ValidationError(_("This is settled already."))
    still = {one.id for _, one in held_by(handover.user_id, handover.organisation_id)}
    by_kind: dict[str, list[uuid.UUID]] = defaultdict(list)
    for kind, number in handover.held:
        if uuid.UUID(number) in still:
            by_kind[kind].append(uuid.UUID(number))
    for kind, numbers in by_kind.items():
        holdings = holdings_of(kind)
        if holdings is not None:
            holdings.hand_on(actor, numbers, handover.user_id)
    handover.taken_at = timezone.now()
    handover.save(update_fields=["taken_at"])
    _settled(handover)
    _written(decision, actor, handover, taken=sum(map(len, by_kind.values())))


@transaction.atomic
def take_back(*, actor: Actor, handover: Handover) -> None:
    """Take one's own handover back, because the shift goes on or somebody else takes over."""
    decision = require(actor, "shifts.take_back", handover, Purpose.TRIAGE)
    if handover.state() not in {State.WAITS, State.LATE}:
        raise ValidationError(_("This is settled already."))
    handover.withdrawn_at = timezone.now()
    handover.save(update_fields=["withdrawn_at"])
    _settled(handover)
    _written(decision, actor, handover, withdrawn=True)


def erase(envelope_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Delete the handovers closed by these envelopes, for the run of `retention`."""
    found = Handover.objects.filter(envelope_id__in=envelope_ids)
    numbers = list(found.values_list("id", flat=True))
    found.delete()
    return numbers


@transaction.atomic
def run_clocks(*, actor: Actor, now: datetime | None = None) -> int:
    """Tell supervisors of handovers that nobody took over in time; how many.

    For the command that runs the site's clocks: `Actor.system("shifts.run_clocks")`.
    """
    decision = require(actor, "shifts.run_clocks", None, Purpose.TRIAGE)
    now = now or timezone.now()
    late = list(
        Handover.objects.filter(
            taken_at=None, withdrawn_at=None, escalated_at=None, due_at__lte=now
        )
    )
    for one in late:
        notify(holders(Role.SUPERVISOR, one.organisation_id), "handover_late", one.id)
        one.escalated_at = now
        one.save(update_fields=["escalated_at"])
        _written(decision, actor, one, escalated=True)
    return len(late)


def _settled(handover: Handover) -> None:
    envelopes.retain_from(handover.envelope_id, timezone.localdate())
    for kind in ("handover", "handover_late"):
        finish(kind, handover.id)


def _written(decision: Decision, actor: Actor, handover: Handover, **details: Detail) -> None:
    record(
        decision, actor=actor, act=Act.WRITE, kind="handover", subjects=[handover.id],
        details=details,
    )  # fmt: skip
