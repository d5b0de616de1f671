"""The desk's pages: the queue, a report, the telephone sheet, the desk's own figures."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tutela.site.audit.access import who_read
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.request import StaffRequest
from tutela.site.permissions.roles import Purpose
from tutela.site.reports import access, actions
from tutela.site.reports.call_sheet import CallSheet
from tutela.site.reports.declared_rules import risk_rules
from tutela.site.reports.doors import DOORS
from tutela.site.reports.models import Channel, NoteKind, Outcome, Report, Stage
from tutela.site.reports.questions import Kind, country_name
from tutela.site.reports.receivers import receivers
from tutela.site.reports.receiving import receive_report
from tutela.vocabulary import load

WORK = "reports.work"


@guarded(read="reports.list")
def queue(request: StaffRequest) -> HttpResponse:
    """What waits: present danger first, then what is due first."""
    given = request.GET
    wanted = access.Filter(
        door=given.get("door", "") if given.get("door") in DOORS else "",
        language=given.get("language", "")[:5],
        mine="mine" in given, held_back="aside" in given, closed="closed" in given,
    )  # fmt: skip
    found = access.queue(actor=request.actor, wanted=wanted, after=_place(given.get("after", "")))
    words = {rule.id: rule.words[request.LANGUAGE_CODE] for rule in risk_rules()}
    context = {
        "rows": [(one, [words[r] for r in one.reasons if r in words]) for one in found.rows],
        "queue": found, "wanted": wanted, "now": timezone.now(), "doors": DOORS.values(),
        "next": _place_of(found.rows[-1]) if found.more else "",
        "kept": "&".join(f"{k}={given.get(k, '')}" for k in _KEPT if given.get(k, "").isalnum()),
    }  # fmt: skip
    return render(request, "desk/queue.html", context)


_KEPT = ("door", "language", "mine", "aside", "closed")


@guarded(read="reports.read", emergency=True)
def report(request: StaffRequest, report_id: uuid.UUID) -> HttpResponse:
    """One report: what was said, why it is urgent, who should have it, what was done."""
    purpose = request.GET.get("purpose", "")
    found = access.open_report(
        report_id, actor=request.actor,
        purpose=Purpose(purpose) if purpose in set(Purpose) else Purpose.TRIAGE,
    )  # fmt: skip
    return _report_page(request, found)


#: What a button of the report's page does; the rest of the form is handed to it.
_ACTS: Mapping[str, Callable[[StaffRequest, uuid.UUID, QueryDict], Any]] = {
    "claim": lambda r, i, _f: actions.claim(actor=r.actor, report_id=i),
    "hand-back": lambda r, i, _f: actions.hand_back(actor=r.actor, report_id=i),
    "read": lambda r, i, _f: actions.mark_read(actor=r.actor, report_id=i),
    "real": lambda r, i, _f: actions.put_in_queue(actor=r.actor, report_id=i),
    "answer": lambda r, i, f: actions.answer_reporter(
        actor=r.actor, report_id=i, text=f.get("text", "")
    ),
    "note": lambda r, i, f: actions.add_note(
        actor=r.actor, report_id=i, text=f.get("text", ""),
        kind=NoteKind.GROUND if f.get("kind") == "ground" else NoteKind.CONTACT,
    ),
    "danger": lambda r, i, f: actions.record_danger_call(
        actor=r.actor, report_id=i, who=f.get("who", ""), at=_time(f.get("at", ""))
    ),
    "close": lambda r, i, f: actions.close(
        actor=r.actor, report_id=i, outcome=_outcome(f.get("outcome", "")),
        words=f.get("text", ""),
    ),
    "reopen": lambda r, i, _f: actions.reopen(actor=r.actor, report_id=i),
}  # fmt: skip


@guarded(write=WORK)
def act(request: StaffRequest, report_id: uuid.UUID, what: str) -> HttpResponse:
    """What a button of the report's page asks for; with what was typed where it is refused."""
    if what == "pass-on":
        return _pass_on(request, report_id)
    if what not in _ACTS:
        raise Http404
    return _done(
        request, report_id, lambda: _ACTS[what](request, report_id, request.POST), _beside(what)
    )


def _beside(what: str) -> str:
    """The form beside which a refusal stands; "" for the head of the page."""
    return what if what in {"answer", "note", "danger", "close"} else ""


def _pass_on(request: StaffRequest, report_id: uuid.UUID) -> HttpResponse:
    """Hand over; the code for a receiver outside is shown once."""
    form = request.POST
    try:
        handover, code = actions.pass_on(
            actor=request.actor, report_id=report_id, to=form.get("to", ""),
            reason=form.get("reason", ""), words=form.get("text", ""),
        )  # fmt: skip
    except ValidationError as error:
        return _refused(request, report_id, error, "pass-on")
    if code:
        context = {"handover": handover, "code": code, "to": _receivers(request)[handover.to]}
        return render(request, "desk/code.html", context)
    messages.success(request, _("Handed over. The receiver has a task; its answer comes here."))
    return redirect("desk:report", report_id=report_id)


@guarded(write="reports.approve")
def approve(request: StaffRequest, report_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    """A second person agrees to a ground."""
    return _done(
        request, report_id,
        lambda: actions.approve_ground(actor=request.actor, report_id=report_id, note_id=note_id),
    )  # fmt: skip


@guarded(write="reports.approve")
def agree(request: StaffRequest, report_id: uuid.UUID) -> HttpResponse:
    """A second person agrees that it is unfounded, or not."""
    agrees = request.POST.get("agrees") == "yes"
    return _done(
        request, report_id,
        lambda: actions.agree_to_closing(actor=request.actor, report_id=report_id, agrees=agrees),
    )  # fmt: skip


@guarded(write=WORK)
def gone(request: StaffRequest, report_id: uuid.UUID, address_id: uuid.UUID) -> HttpResponse:
    """The material at an address is gone."""
    return _done(
        request, report_id,
        lambda: actions.mark_taken_down(
            actor=request.actor, report_id=report_id, address_id=address_id
        ),
    )  # fmt: skip


@guarded(write=WORK)
def code(request: StaffRequest, report_id: uuid.UUID, handover_id: uuid.UUID) -> HttpResponse:
    """A receiver outside read the code back."""
    return _done(
        request, report_id,
        lambda: actions.acknowledge_outside(
            actor=request.actor, handover_id=handover_id,
            who=request.POST.get("who", ""), code=request.POST.get("code", ""),
        ),
    )  # fmt: skip


@guarded(read="reports.take_call", write="reports.take_call")
def call(request: StaffRequest) -> HttpResponse:
    """The telephone sheet: all on one page, in any order, by keyboard."""
    form = CallSheet(request.POST or None)
    if request.method == "POST" and form.is_valid():
        received = receive_report(
            actor=request.actor, door=form.door, language=form.cleaned_data["language"],
            answers=form.answers(), channel=Channel.PHONE,
        )  # fmt: skip
        number = uuid.UUID(str(received.report.id))
        actions.claim(actor=request.actor, report_id=number)
        messages.success(request, _("Kept as %s, and claimed by you.") % received.report)
        return redirect("desk:report", report_id=number)
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "desk/call.html", {"form": form}, status=status)


@guarded(read="reports.figures")
def figures(request: StaffRequest) -> HttpResponse:
    """Volumes, times, outcomes and returns of the own desk."""
    found = access.figures(actor=request.actor)
    doors = {name: door.title for name, door in DOORS.items()}
    stages, forms = dict(Stage.choices), load().codelist("forms")
    language = request.LANGUAGE_CODE
    return render(
        request,
        "desk/figures.html",
        {
            "figures": found,
            "received": [(doors.get(key, key), n) for key, n in found.received.items()],
            "channels": [(dict(Channel.choices)[key], n) for key, n in found.channels.items()],
            "forms": [(forms.label(key, language), n) for key, n in found.forms.items()],
            "stages": [(stages.get(key, key), n) for key, n in found.stages.items()],
            "outcomes": [(Outcome(key).label, n) for key, n in found.outcomes.items()],
        },
    )


def _report_page(
    request: StaffRequest, found: access.OpenReport, *, problem: str = "", at: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    language, actor, shown = request.LANGUAGE_CODE, request.actor, found.report
    names = _receivers(request)
    asked_by = shown.closing_asked_by_id
    context = {
        "open": found,
        "answers": _answers(found, language),
        "door": DOORS[shown.door].title,
        "reasons": [words[language] for words in found.reasons],
        "routes": [(one.to, names[one.to], one.words[language]) for one in found.routes],
        "receivers": sorted(names.items(), key=lambda pair: pair[1]),
        "handovers": [(one, names.get(one.to, one.to)) for one in found.handovers],
        "outcomes": Outcome.choices,
        "lines": who_read(uuid.UUID(str(shown.id))),
        "until": found.until,
        "may_work": access.may(shown, WORK, actor=actor),
        "may_agree": asked_by is not None
        and access.may(shown, "reports.approve", actor=actor, asked_by=asked_by),
        "approvable": [
            line.id
            for line in found.log
            if line.kind == NoteKind.GROUND and not line.approved
            and access.may(shown, "reports.approve", actor=actor, asked_by=line.by_id)
        ],
        "mine": shown.claimed_by_id == actor.user_id,
        "now": timezone.localtime(),
        "problem": problem, "problem_at": at, "typed": request.POST,
    }  # fmt: skip
    return render(request, "desk/report.html", context, status=status)


def _answers(found: access.OpenReport, language: str) -> list[tuple[Any, list[Any]]]:
    """Each question that was answered, with its answers in words."""
    shown = []
    for asked in DOORS[found.report.door].questions:
        given = found.answers.get(asked.name, [])
        if given and asked.name != "addresses":
            words = [
                country_name(one, language) if asked.kind is Kind.COUNTRY else asked.label(one)
                for one in given
            ]
            shown.append((asked.words, words))
    return shown


def _receivers(request: StaffRequest) -> dict[str, str]:
    return {code: words[request.LANGUAGE_CODE] for code, words in receivers().items()}


def _done(
    request: StaffRequest, report_id: uuid.UUID, act: Callable[[], Any], at: str = ""
) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        return _refused(request, report_id, error, at)
    messages.success(request, _("Saved."))
    return redirect("desk:report", report_id=report_id)


def _refused(
    request: StaffRequest, report_id: uuid.UUID, error: ValidationError, at: str
) -> HttpResponse:
    """The report's page again, with the refusal where the form is and what was typed in it."""
    found = access.open_report(report_id, actor=request.actor)
    problem = " ".join(error.messages)
    return _report_page(request, found, problem=problem, at=at, status=400)


def _time(text: str) -> datetime:
    """A time as the browser sends it; ValidationError for none."""
    found = parse_datetime(text) if text else None
    if found is None:
        raise ValidationError(_("Write the time at which you telephoned."))
    return timezone.make_aware(found) if timezone.is_naive(found) else found


def _outcome(text: str) -> Outcome:
    if text not in Outcome.values:
        raise ValidationError(_("Choose what came of it."))
    return Outcome(text)


def _place(text: str) -> tuple[int, datetime, str] | None:
    """The place after which a page of the queue begins; None for the first page."""
    try:
        level, due, last = text.split("_")
        return int(level), datetime.fromisoformat(due), str(uuid.UUID(last))
    except ValueError:
        return None


def _place_of(row: Report) -> str:
    return f"{row.level}_{row.due_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}_{row.id}"
