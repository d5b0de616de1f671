"""What the desk does with a report: claim, answer, note, pass on, close."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.site.accounts.models import Organisation
from tutela.site.accounts.notices import finish, holders, notify
from tutela.site.audit.models import Act
from tutela.site.audit.record import Detail, record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, require
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.reports.access import (
    handover_target,
    may_pass_on,
    opened,
    receiving_purpose,
    report_for,
)
from tutela.site.reports.conversing import LONGEST, add_message
from tutela.site.reports.events import passed_on_outside
from tutela.site.reports.models import (
    HandoverState,
    Note,
    NoteKind,
    Outcome,
    Report,
    ReportHandover,
    Stage,
)
from tutela.site.reports.receivers import organisation_code, receiver
from tutela.site.vault.envelopes import NoKey, OpenEnvelope, create, open_envelope

#: Hours within which a receiver answers, by whether it is urgent.
_URGENT_HOURS, _HOURS = 2, 48


def held_by(user_id: uuid.UUID, organisation_id: uuid.UUID) -> list[tuple[uuid.UUID, datetime]]:
    """The open reports that somebody claimed, oldest first: numbers and times only."""
    return list(
        Report.objects.filter(claimed_by=user_id, organisation=organisation_id, closed_at=None)
        .order_by("claimed_at")
        .values_list("id", "claimed_at")
    )


@transaction.atomic
def claim(*, actor: Actor, report_id: uuid.UUID) -> None:
    """Take a report. ValidationError, naming who, where somebody else was first."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    taken = Report.objects.filter(id=report.id, claimed_by=None).update(
        claimed_by=actor.user_id, claimed_at=timezone.now()
    )
    if not taken and report.claimed_by_id != actor.user_id:
        raise ValidationError(_("%s took this report already.") % report.claimed_by)
    _seen(report)
    _written(decision, actor, report, claimed=True)


@transaction.atomic
def take_over(*, actor: Actor, report_id: uuid.UUID, before: uuid.UUID) -> None:
    """Take a report from a colleague whose shift ends."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    Report.objects.filter(id=report.id, claimed_by=before).update(
        claimed_by=actor.user_id, claimed_at=timezone.now()
    )
    _written(decision, actor, report, taken_over=True)


@transaction.atomic
def hand_back(*, actor: Actor, report_id: uuid.UUID) -> None:
    """Put a report back into the queue."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    report.claimed_by = report.claimed_at = None
    report.save(update_fields=["claimed_by", "claimed_at"])
    _written(decision, actor, report, claimed=False)


@transaction.atomic
def mark_read(*, actor: Actor, report_id: uuid.UUID) -> None:
    """Note that a person has read it: the reporter sees that, and the clock stops."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    if report.read_at is None or report.unread:
        _seen(report)
        _written(decision, actor, report, read=True)


def _seen(report: Report) -> None:
    report.read_at = report.read_at or timezone.now()
    report.unread = False
    if report.stage == Stage.RECEIVED:
        report.stage = Stage.READ
    report.save(update_fields=["read_at", "unread", "stage"])
    finish("urgent_report", uuid.UUID(str(report.id)))
    finish("report_message", uuid.UUID(str(report.id)))


@transaction.atomic
def put_in_queue(*, actor: Actor, report_id: uuid.UUID) -> None:
    """A report that waited aside is a real one."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    report.held_back = ""
    report.save(update_fields=["held_back"])
    _written(decision, actor, report, held_back=False)


@transaction.atomic
def answer_reporter(*, actor: Actor, report_id: uuid.UUID, text: str) -> None:
    """Write to the reporter. ValidationError without a way back, or while writing is not safe."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise ValidationError(_("Write between 1 and %d characters.") % LONGEST)
    if not hasattr(report, "way_back"):
        raise ValidationError(_("This reporter chose not to come back and reads nothing."))
    if report.safe_to_write == "no":
        raise ValidationError(_("The reporter said that it is not safe to write now."))
    envelope = open_envelope(report.envelope_id, keys=actor.keys)
    add_message(report, envelope, text, from_reporter=False, by=actor.user_id)
    _seen(report)
    _written(decision, actor, report, message=True)


@transaction.atomic
def add_note(*, actor: Actor, report_id: uuid.UUID, text: str, kind: NoteKind) -> Note:
    """Add a line to the contact log; a ground for passing on waits for a supervisor."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    made = _note(report, open_envelope(report.envelope_id, keys=actor.keys), text, kind, actor)
    if kind is NoteKind.GROUND:
        notify(holders(Role.SUPERVISOR, report.organisation_id), "report_ground", report.id)
    _written(decision, actor, report, note=str(kind))
    return made


@transaction.atomic
def record_danger_call(*, actor: Actor, report_id: uuid.UUID, who: str, at: datetime) -> None:
    """101 was telephoned because somebody is in danger: it waits for nobody.

    The name of whoever answered and the time are written down; supervisors are told afterwards.
    """
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    if not who.strip():
        raise ValidationError(_("Write the name of the person who answered at 101."))
    if at > timezone.now() + timedelta(minutes=1):
        raise ValidationError(_("The call lies ahead. Write the time at which you telephoned."))
    envelope = open_envelope(report.envelope_id, keys=actor.keys)
    text = f"{who.strip()}, {timezone.localtime(at):%Y-%m-%d %H:%M}"
    _note(report, envelope, text, NoteKind.DANGER_CALL, actor)
    notify(holders(Role.SUPERVISOR, report.organisation_id), "danger_call", report.id)
    _written(decision, actor, report, note="danger_call")


@transaction.atomic
def approve_ground(*, actor: Actor, report_id: uuid.UUID, note_id: uuid.UUID) -> None:
    """A second person, a supervisor, agrees that a child's report may leave without the wish."""
    note = Note.objects.filter(
        id=note_id, report=report_id, kind=NoteKind.GROUND, approved_by=None
    ).first()
    asked_by = note.by_id if note else None
    report, decision = report_for(
        report_id, actor=actor, action="reports.approve", asked_by=asked_by
    )
    assert note is not None  # noqa: S101 - nobody is somebody else than nobody
    note.approved_by_id = actor.user_id
    note.save(update_fields=["approved_by"])
    finish("report_ground", uuid.UUID(str(report.id)))
    _written(decision, actor, report, approved=True)


@transaction.atomic
def pass_on(
    *, actor: Actor, report_id: uuid.UUID, to: str, reason: str = "", words: str = ""
) -> tuple[ReportHandover, str]:
    """Hand a report to a receiver; the handover, and the code that a receiver outside reads back,
    where nobody carries it there (`events`): whoever passes on cannot then acknowledge, too.

    Sealed to the receiver's organisation where it works with this site. ValidationError for an
    unknown receiver, one that no route names and no reason supports, a child's report without
    wish or ground, and an organisation without a key.
    """
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    if not may_pass_on(report):
        raise ValidationError(
            _("The child has not agreed. Ask for the wish, or have a ground approved.")
        )
    known = receiver(to)
    if known is None:
        raise ValidationError(_("There is no such receiver."))
    envelope = open_envelope(report.envelope_id, keys=actor.keys)
    found = opened(report, envelope)
    route = next((one for one in found.routes if one.to == to), None)
    if route is None and not reason.strip():
        raise ValidationError(_("No rule names this receiver. Say why it should receive it."))
    organisation = Organisation.objects.filter(code=organisation_code(to)).first()
    sealed_to = {report.organisation_id} | ({organisation.id} if organisation else set())
    try:
        made_envelope = create("handover", organisations=sorted(sealed_to))
    except NoKey:
        raise ValidationError(_("Nobody of this organisation has signed in yet.")) from None
    code, urgent = _new_code(), report.danger or (route is not None and route.urgent)
    handover = ReportHandover(
        report=report, envelope_id=made_envelope.id, to=to, to_organisation=organisation,
        route=route.id if route else "", sent_at=timezone.now(), sent_by_id=actor.user_id,
        due_at=timezone.now() + timedelta(hours=_URGENT_HOURS if urgent else _HOURS),
        code_hash=None if organisation else _code_hash(code),
    )  # fmt: skip
    extract = {
        "name": report.name, "door": report.door, "answers": found.answers,
        "addresses": [one.text for one in found.addresses], "words": words.strip(),
        "reason": reason.strip(), "received_at": report.received_at.isoformat(),
    }  # fmt: skip
    handover.extract = made_envelope.close("extract", extract)
    handover.save()
    if organisation is None:
        told = passed_on_outside.send(None, handover=handover, extract=extract, code=code)
        code = "" if any(carried for _receiver, carried in told) else code
    else:
        notify(holders(Role.LIAISON, organisation.id), "report_handed_over", handover.id)
    report.stage, report.passed_on_at = Stage.PASSED_ON, report.passed_on_at or timezone.now()
    report.read_at = report.read_at or timezone.now()
    report.save(update_fields=["stage", "passed_on_at", "read_at"])
    _written(decision, actor, report, to=to, route=handover.route)
    return handover, "" if organisation else code


@transaction.atomic
def answer_handover(
    *, actor: Actor, handover_id: uuid.UUID, state: HandoverState, words: str = ""
) -> None:
    """The receiver acknowledges, accepts, or refuses with a reason; by name, once each.

    ValidationError for a refusal without a reason, or for an answer that was given already.
    """
    found = ReportHandover.objects.filter(id=handover_id).select_related("report").first()
    decision = require(
        actor, "handovers.answer", handover_target(found) if found else None,
        receiving_purpose(actor),
    )  # fmt: skip
    assert found is not None  # noqa: S101 - no condition is met by nothing
    if found.state in {HandoverState.ACCEPTED, HandoverState.REFUSED} or found.state == state:
        raise ValidationError(_("This was answered already."))
    if state is HandoverState.REFUSED and not words.strip():
        raise ValidationError(_("Say why you refuse it."))
    envelope = open_envelope(found.envelope_id, keys=actor.keys)
    _answered(found, envelope, actor.name, state, words)
    finish("report_handed_over", uuid.UUID(str(found.id)))
    if state is HandoverState.REFUSED:
        who = [found.report.claimed_by_id or found.sent_by_id]
        notify(who, "report_refused", found.report_id)
    record(
        decision, actor=actor, act=Act.WRITE, kind="handover",
        subjects=[found.id, found.report_id], details={"state": str(state)},
    )  # fmt: skip


@transaction.atomic
def acknowledge_outside(*, actor: Actor, handover_id: uuid.UUID, who: str, code: str) -> None:
    """A receiver outside read the code back: who, by name. ValidationError for another code.

    A code serves once, so that nobody acknowledges a handover again with an old message.
    """
    found = ReportHandover.objects.filter(id=handover_id).first()
    number = found.report_id if found else uuid.UUID(int=0)
    report, decision = report_for(number, actor=actor, action="reports.work")
    assert found is not None  # noqa: S101 - a report was found by it
    fits = found.code_hash is not None and hmac.compare_digest(
        bytes(found.code_hash), _code_hash(code)
    )
    if not fits:
        raise ValidationError(_("This is not the code of this handover, or it was used already."))
    if not who.strip():
        raise ValidationError(_("Write the name of the person who acknowledged."))
    envelope = open_envelope(found.envelope_id, keys=actor.keys)
    found.code_hash = None
    _answered(found, envelope, who.strip(), HandoverState.ACKNOWLEDGED, "")
    _written(decision, actor, report, acknowledged=True)


def _answered(
    found: ReportHandover, envelope: OpenEnvelope, who: str, state: HandoverState, words: str
) -> None:
    found.state, found.answered_at = state, timezone.now()
    found.answer = envelope.close("answer", {"who": who, "words": words.strip()})
    found.save(update_fields=["state", "answered_at", "answer", "code_hash"])


@transaction.atomic
def run_clocks(*, actor: Actor, now: datetime | None = None) -> int:
    """Tell supervisors of handovers that nobody acknowledged in time; how many, each once."""
    decision = require(actor, "reports.escalate", None, Purpose.TRIAGE)
    now = now or timezone.now()
    late = list(
        ReportHandover.objects.filter(
            state=HandoverState.SENT, due_at__lt=now, escalated_at=None
        ).select_related("report")[:500]
    )
    for one in late:
        notify(
            holders(Role.SUPERVISOR, one.report.organisation_id), "report_unanswered", one.report_id
        )
        one.escalated_at = now
        one.save(update_fields=["escalated_at"])
    if late:
        record(decision, actor=actor, act=Act.WRITE, kind="handover", subjects=[o.id for o in late])
    return len(late)


@transaction.atomic
def close(*, actor: Actor, report_id: uuid.UUID, outcome: Outcome, words: str) -> None:
    """Close a report. As unfounded it only asks: somebody else must agree.

    ValidationError without words that say why.
    """
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    if not words.strip():
        raise ValidationError(_("Say in a sentence why it is closed."))
    envelope = open_envelope(report.envelope_id, keys=actor.keys)
    _note(report, envelope, words, NoteKind.CLOSING, actor)
    if outcome is Outcome.UNFOUNDED:
        report.closing_asked_by_id = actor.user_id
        notify(holders(Role.SUPERVISOR, report.organisation_id), "report_unfounded", report.id)
        report.save(update_fields=["closing_asked_by"])
    else:
        _closed(report, outcome)
    _written(decision, actor, report, outcome=str(outcome))


@transaction.atomic
def agree_to_closing(*, actor: Actor, report_id: uuid.UUID, agrees: bool) -> None:
    """A second person agrees that a report is unfounded, or sends it back to work."""
    asked = Report.objects.filter(id=report_id).values_list("closing_asked_by", flat=True).first()
    report, decision = report_for(report_id, actor=actor, action="reports.approve", asked_by=asked)
    report.closing_asked_by = None
    report.save(update_fields=["closing_asked_by"])
    if agrees:
        _closed(report, Outcome.UNFOUNDED)
    finish("report_unfounded", uuid.UUID(str(report.id)))
    _written(decision, actor, report, agreed=agrees)


@transaction.atomic
def reopen(*, actor: Actor, report_id: uuid.UUID) -> None:
    """Open a closed report again."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    report.closed_at, report.outcome = None, ""
    report.stage = Stage.PASSED_ON if report.passed_on_at else Stage.READ
    report.save(update_fields=["closed_at", "outcome", "stage"])
    _written(decision, actor, report, closed=False)


@transaction.atomic
def mark_taken_down(*, actor: Actor, report_id: uuid.UUID, address_id: uuid.UUID) -> None:
    """The material at an address is gone: its clock stops."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    report.addresses.filter(id=address_id, taken_down_at=None).update(taken_down_at=timezone.now())
    _written(decision, actor, report, taken_down=True)


def _closed(report: Report, outcome: Outcome) -> None:
    report.closed_at, report.outcome, report.stage = timezone.now(), outcome, Stage.CLOSED
    report.read_at = report.read_at or timezone.now()
    report.save(update_fields=["closed_at", "outcome", "stage", "read_at"])


def _note(report: Report, envelope: OpenEnvelope, text: str, kind: NoteKind, actor: Actor) -> Note:
    if not text.strip() or len(text) > LONGEST:
        raise ValidationError(_("Write between 1 and %d characters.") % LONGEST)
    made = Note(report=report, kind=kind, at=timezone.now(), by_id=actor.user_id)
    made.words = envelope.close(f"note/{made.id}", text.strip())
    made.save()
    return made


def _new_code() -> str:
    """Eight characters that are not taken for one another when read aloud."""
    return "".join(secrets.choice("ACDEFHJKLMNPRTUVWXY3479") for _place in range(8))


def _code_hash(code: str) -> bytes:
    return hashlib.sha256(code.strip().upper().replace(" ", "").encode()).digest()


def _written(decision: Decision, actor: Actor, report: Report, **details: Detail) -> None:
    record(
        decision, actor=actor, act=Act.WRITE, kind="report",
        subjects=[uuid.UUID(str(report.id))], details=details,
    )  # fmt: skip
