"""Every reading of what the desk keeps besides reports: checked, and written down."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.hotline.models import CaseStub, Outgoing, OutsideReceiver, OwnKind, OwnNote
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import decide, require
from tutela.site.permissions.roles import Purpose
from tutela.site.reports.access import report_for
from tutela.site.vault.crypto import CannotOpen
from tutela.site.vault.envelopes import open_envelope, open_many

_TRIAGE = Purpose.TRIAGE


@dataclass(frozen=True)
class Own:
    """Something of one's own, in clear; None where one's key was made anew since."""

    id: uuid.UUID
    at: datetime
    content: Any


@dataclass(frozen=True)
class Stub:
    """A child whom a report is about, in clear."""

    id: uuid.UUID
    made_at: datetime
    made_by: str
    content: Mapping[str, str]
    taken_up: bool


def outbox(*, actor: Actor) -> list[Outgoing]:
    """What is on its way to receivers outside, not delivered first."""
    decision = require(actor, "hotline.outbox", None, _TRIAGE)
    rows = list(
        Outgoing.objects.filter(organisation__in=actor.organisations())
        .select_related("receiver")
        .defer("sealed")
        .order_by("delivered_at", "-made_at")[:100]
    )
    record(decision, actor=actor, act=Act.READ, kind="outgoing", subjects=[o.id for o in rows])
    return rows


def outside_receivers(*, actor: Actor) -> list[OutsideReceiver]:
    """The receivers outside that declared a channel."""
    require(actor, "hotline.outbox", None, _TRIAGE)
    return list(
        OutsideReceiver.objects.filter(
            organisation__in=actor.organisations(), ended_at=None
        ).order_by("to")
    )


def may_declare(*, actor: Actor) -> bool:
    """Whether to show the form for a receiver outside."""
    return any(decide(actor, "hotline.declare", one, _TRIAGE).allowed for one in actor.standings)


def own_notes(kind: OwnKind, *, actor: Actor) -> list[Own]:
    """One's own notes or drafts, newest first; nobody else can open them."""
    require(actor, "hotline.keep", None, _TRIAGE)
    rows = OwnNote.objects.filter(user=actor.user_id, kind=kind).order_by("-at")[:50]
    return [Own(one.id, one.at, _opened(one, actor)) for one in rows]


def own_note(note_id: uuid.UUID, *, actor: Actor) -> Own:
    """One of one's own; Denied for somebody else's, and for none."""
    found = OwnNote.objects.filter(id=note_id).first()
    require(actor, "hotline.reopen", found, _TRIAGE)
    assert found is not None  # noqa: S101 - nobody made nothing
    return Own(found.id, found.at, _opened(found, actor))


def _opened(one: OwnNote, actor: Actor) -> Any:
    try:
        return open_envelope(one.envelope_id, keys=actor.keys).open(one.kind, one.content)
    except CannotOpen:
        return None


def stubs(report_id: uuid.UUID, *, actor: Actor) -> list[Stub]:
    """The children whom a report is about, for whoever may work on the report."""
    _report, decision = report_for(report_id, actor=actor, action="reports.work")
    rows = list(
        CaseStub.objects.filter(report_id=report_id).select_related("made_by").order_by("made_at")
    )
    opened = open_many([one.envelope_id for one in rows], keys=actor.keys)
    record(decision, actor=actor, act=Act.READ, kind="case_stub", subjects=[o.id for o in rows])
    return [
        Stub(
            one.id, one.made_at, str(one.made_by),
            opened[one.envelope_id].open("content", one.content), one.file_id is not None,
        )
        for one in rows
    ]  # fmt: skip
