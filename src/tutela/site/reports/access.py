"""Every reading of a report by staff: checked, written down, denied to whoever may not know."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.emergency.access import access_record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, decide, require
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.reports.conversing import Said
from tutela.site.reports.declared_rules import Route, facts, risk_rules, suggest
from tutela.site.reports.events import report_opened
from tutela.site.reports.models import Address, Note, NoteKind, Report, ReportHandover
from tutela.site.vault.envelopes import OpenEnvelope, entitled, open_envelope

PAGE = 40


@dataclass(frozen=True)
class ReportTarget:
    """What conditions of the permission table ask of a report or a handover."""

    id: uuid.UUID
    envelope_id: uuid.UUID
    organisation_id: uuid.UUID | None
    entitled_organisations: frozenset[uuid.UUID]
    #: Whoever asked for something that a second person must agree to.
    user_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Queue:
    """One page of the queue, and what stands beside it."""

    rows: list[Report]
    more: bool
    held_back: int
    handovers_late: int


@dataclass(frozen=True)
class Filter:
    """What an operator looks for."""

    door: str = ""
    language: str = ""
    form: str = ""
    mine: bool = False
    held_back: bool = False
    closed: bool = False


@dataclass(frozen=True)
class ContactLine:
    """A line of the contact log, in clear."""

    id: uuid.UUID
    kind: str
    kind_words: str
    at: datetime
    by: str
    by_id: uuid.UUID
    text: str
    approved: bool


@dataclass(frozen=True)
class ShownAddress:
    """An address of material as words, and how often it was reported before."""

    row: Address
    text: str
    before: int


@dataclass(frozen=True)
class OpenReport:
    """A report in clear, for whoever may read it."""

    report: Report
    answers: Mapping[str, list[str]]
    reasons: Sequence[Mapping[str, str]]
    routes: Sequence[Route]
    said: Sequence[Said]
    log: Sequence[ContactLine]
    addresses: Sequence[ShownAddress]
    handovers: Sequence[ReportHandover]
    folded: int
    until: datetime | None

    @property
    def may_pass_on(self) -> bool:
        """Whether a confidential report may leave: by the child's wish, a ground, or danger."""
        return may_pass_on(self.report)


def find(report_id: uuid.UUID) -> ReportTarget | None:
    """A report by its number, whoever asks: for emergencies and retention."""
    found = Report.objects.filter(id=report_id).first()
    return target_of(found) if found else None


def target_of(report: Report, *, asked_by: uuid.UUID | None = None) -> ReportTarget:
    """The report as the permission table sees it."""
    return ReportTarget(
        uuid.UUID(str(report.id)), report.envelope_id, report.organisation_id,
        entitled(report.envelope_id), asked_by,
    )  # fmt: skip


def report_for(
    report_id: uuid.UUID, *, actor: Actor, action: str, asked_by: uuid.UUID | None = None
) -> tuple[Report, Decision]:
    """A report on which the actor may take `action`; Denied for others, and for none."""
    found = Report.objects.filter(id=report_id).first()
    target = target_of(found, asked_by=asked_by) if found else None
    decision = require(actor, action, target, Purpose.TRIAGE)
    assert found is not None  # noqa: S101 - no condition is met by nothing
    return found, decision


def queue(*, actor: Actor, wanted: Filter, after: tuple[int, datetime, str] | None = None) -> Queue:
    """What waits, the most urgent first, then what is due first; nothing is opened.

    `after` is the place of the last row seen (level, due, id): pages are found by their place, so
    that the thousandth costs what the first does.
    """
    decision = require(actor, "reports.list", None, Purpose.TRIAGE)
    mine = [one.organisation_id for one in actor.standings]
    every = Report.objects.filter(organisation__in=mine, folded_into=None)
    found = _filtered(every, wanted, actor)
    if after is not None:
        level, due, last = after
        found = found.filter(
            Q(level__gt=level) | Q(level=level, due_at__gt=due)
            | Q(level=level, due_at=due, id__gt=last)
        )  # fmt: skip
    rows = list(
        found.select_related("claimed_by")
        .defer("answers")
        .order_by("level", "due_at", "id")[: PAGE + 1]
    )
    # Counted for the page alone: counted in the query, it would touch every report there is.
    folded = Counter(
        Report.objects.filter(folded_into__in=rows).values_list("folded_into", flat=True)
    )
    for one in rows:
        one.copies = folded[one.id]
    record(
        decision, actor=actor, act=Act.READ, kind="report",
        subjects=[one.id for one in rows[:PAGE]], details={"rows": len(rows[:PAGE])},
    )  # fmt: skip
    aside = every.filter(closed_at=None).exclude(held_back="")[:1000].count()
    late = ReportHandover.objects.filter(
        report__organisation__in=mine, state="sent", due_at__lt=timezone.now()
    )[:1000].count()
    return Queue(rows[:PAGE], len(rows) > PAGE, aside, late)


def _filtered(every: QuerySet[Report], wanted: Filter, actor: Actor) -> QuerySet[Report]:
    found = every.filter(closed_at=None) if not wanted.closed else every.exclude(closed_at=None)
    if wanted.held_back:
        found = found.exclude(held_back="")
    elif not wanted.closed and not wanted.mine:
        found = found.filter(held_back="")
    if wanted.door:
        found = found.filter(door=wanted.door)
    if wanted.language:
        found = found.filter(language=wanted.language)
    if wanted.mine:
        found = found.filter(claimed_by=actor.user_id)
    return found


def open_report(
    report_id: uuid.UUID, *, actor: Actor, purpose: Purpose = Purpose.TRIAGE
) -> OpenReport:
    """A report in clear. CannotOpen where no key of the session fits."""
    found = Report.objects.filter(id=report_id).select_related("claimed_by").first()
    permit = access_record(
        target_of(found) if found else None, actor=actor, action="reports.read",
        purpose=purpose, kind="report",
    )  # fmt: skip
    assert found is not None  # noqa: S101 - nobody is permitted nothing
    envelope = open_envelope(found.envelope_id, keys=actor.keys)
    report_opened.send(None, actor=actor)
    return opened(found, envelope, permit.until)


def opened(report: Report, envelope: OpenEnvelope, until: datetime | None = None) -> OpenReport:
    """The parts of a report that its key opens; the caller has asked whether it may."""
    answers: dict[str, list[str]] = envelope.open("answers", report.answers)
    given = facts(report.door, answers)
    return OpenReport(
        report=report,
        answers=answers,
        reasons=[rule.words for rule in risk_rules() if rule.id in report.reasons],
        routes=suggest(given),
        said=[
            Said(one.from_reporter, one.at, envelope.open(f"message/{one.id}", one.words))
            for one in report.messages.all()
        ],
        log=[_line(one, envelope) for one in report.notes.select_related("by")],
        addresses=[
            ShownAddress(
                one,
                envelope.open(f"address/{one.id}", one.words),
                Address.objects.filter(digest=one.digest).exclude(report=report)[:99].count(),
            )
            for one in report.addresses.all()
        ],
        handovers=list(report.handovers.select_related("to_organisation").order_by("sent_at")),
        folded=report.folded.count(),
        until=until,
    )


def _line(one: Note, envelope: OpenEnvelope) -> ContactLine:
    return ContactLine(
        one.id, one.kind, str(one.get_kind_display()), one.at, str(one.by), one.by_id,
        envelope.open(f"note/{one.id}", one.words), one.approved_by_id is not None,
    )  # fmt: skip


def may_pass_on(report: Report) -> bool:
    """Whether nothing of a confidential conversation stands in the way of passing it on.

    What a child wrote leaves only by the child's own wish, on a ground that a second person
    approved, or when 101 was called because somebody was in danger.
    """
    if not report.by_child or report.wish == ["yes"]:
        return True
    grounds = Q(kind=NoteKind.DANGER_CALL) | Q(kind=NoteKind.GROUND, approved_by__isnull=False)
    return Note.objects.filter(grounds, report=report).exists()


def receiving_purpose(actor: Actor) -> Purpose:
    """For what a receiver reads a handover: police and prosecution prosecute, others protect."""
    return Purpose.PROSECUTION if Role.LIAISON in actor.roles() else Purpose.PROTECTION


def received(*, actor: Actor) -> list[ReportHandover]:
    """What was sent to the actor's organisations, not acknowledged first."""
    decision = require(actor, "handovers.list", None, receiving_purpose(actor))
    mine = [one.organisation_id for one in actor.standings]
    rows = list(
        ReportHandover.objects.filter(to_organisation__in=mine)
        .select_related("report__organisation")
        .order_by("-state", "-sent_at")[:200]
    )
    record(decision, actor=actor, act=Act.READ, kind="handover", subjects=[o.id for o in rows])
    return rows


def handover_target(found: ReportHandover) -> ReportTarget:
    """A handover as the permission table sees it: its receiver's."""
    return ReportTarget(
        uuid.UUID(str(found.id)), found.envelope_id, found.to_organisation_id,
        entitled(found.envelope_id),
    )  # fmt: skip


def open_handover(
    handover_id: uuid.UUID, *, actor: Actor
) -> tuple[ReportHandover, Mapping[str, Any], Mapping[str, str] | None]:
    """What was handed over, and the answer given, for its receiver."""
    found = ReportHandover.objects.filter(id=handover_id).select_related("report").first()
    decision = require(
        actor, "handovers.read", handover_target(found) if found else None,
        receiving_purpose(actor),
    )  # fmt: skip
    assert found is not None  # noqa: S101 - no condition is met by nothing
    envelope = open_envelope(found.envelope_id, keys=actor.keys)
    record(decision, actor=actor, act=Act.READ, kind="handover", subjects=[found.id])
    answer = envelope.open("answer", found.answer) if found.answer else None
    return found, envelope.open("extract", found.extract), answer


def may(report: Report, action: str, *, actor: Actor, asked_by: uuid.UUID | None = None) -> bool:
    """Whether to show the button for an action on this report."""
    return decide(actor, action, target_of(report, asked_by=asked_by), Purpose.TRIAGE).allowed


@dataclass(frozen=True)
class Figures:
    """What the desk did in a span of days; for the desk alone, never published."""

    days: int
    received: Mapping[str, int]
    channels: Mapping[str, int]
    #: A report of several forms counts in each of them.
    forms: Mapping[str, int]
    handed_over: int
    acknowledged_in_time: int
    stages: Mapping[str, int]
    outcomes: Mapping[str, int]
    hours_to_read: float | None
    read_in_time: int
    read: int
    came_back: int
    could_come_back: int


def figures(*, actor: Actor, days: int = 30) -> Figures:
    """Volumes, times, outcomes and returns of the actor's own desk."""
    decision = require(actor, "reports.figures", None, Purpose.STATISTICS)
    mine = [one.organisation_id for one in actor.standings]
    every = Report.objects.filter(
        organisation__in=mine, received_at__gt=timezone.now() - timedelta(days=days)
    )
    times = list(every.exclude(read_at=None).values_list("received_at", "read_at", "due_at"))
    hours = sorted((read - came).total_seconds() / 3600 for came, read, _due in times)
    sent = list(
        ReportHandover.objects.filter(report__in=every).values_list("answered_at", "due_at")
    )
    with_way = every.filter(way_back__isnull=False)
    record(decision, actor=actor, act=Act.READ, kind="report", details={"days": days})
    return Figures(
        days=days,
        received=_counted(every, "door"),
        channels=_counted(every, "channel"),
        forms=dict(Counter(one for row in every.values_list("forms", flat=True) for one in row)),
        handed_over=len(sent),
        acknowledged_in_time=sum(bool(at) and at <= due for at, due in sent),
        stages=_counted(every, "stage"),
        outcomes=_counted(every.exclude(outcome=""), "outcome"),
        hours_to_read=hours[len(hours) // 2] if hours else None,
        read_in_time=sum(read <= due for _came, read, due in times),
        read=len(times),
        came_back=with_way.filter(messages__from_reporter=True).distinct().count(),
        could_come_back=with_way.count(),
    )


def _counted(every: QuerySet[Report], column: str) -> dict[str, int]:
    return {
        str(row[column]): row["n"]
        for row in every.values(column).annotate(n=Count("id")).order_by("-n", column)
    }
