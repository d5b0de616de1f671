"""From dated events to dated duties: `deadlines`."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tutela.law.answers import Answer, Outcome, Reason, Reply
from tutela.law.commencement import law_for
from tutela.law.facts import Event, Facts
from tutela.law.qualify import asked
from tutela.law.refusals import refused
from tutela.law.tables import REPORT_ONLY, Law, Provision, TimeLimit
from tutela.law.words import code_label, phrase, read_words

#: Unit → the rule of counting that is cited.
_RULES = {
    "days": "g-count-days", "hours": "g-count-days", "months": "g-count-dates",
    "years": "g-count-dates", "working_days": "g-count-working",
}  # fmt: skip
_HOURS_OF_A_DAY = 24


@dataclass(frozen=True)
class Due:
    """The last (or, for `not before`, the first) day of a time limit."""

    day: date
    #: The first working day from then on: where a limit that ends on a holiday is carried over.
    working: date


def deadlines(facts: Facts, country: str = "be", *, new_code_from: date | None = None) -> Reply:
    """Every duty that the events of `facts.events` start, in the order of their dates.

    `judged_on` is the day from which overdue and next are counted. A duty is done when one of the
    events that fulfil it follows. `more` of each answer holds `due`, `due_if_next_working_day`,
    `state` (done, overdue, open, not_yet) and `days` (until then; negative when overdue).

    The days are counted by a convention shown with its source, because the rules of the Judicial
    Code on time limits are not in the tables. Raises InputRefused for an unknown event.
    """
    law = law_for(facts, country, new_code_from)
    today = facts.day("judged_on")
    if not facts.events or today is None:
        lacking = (["events"] if not facts.events else []) + ([] if today else ["judged_on"])
        return asked("deadlines", *lacking)
    known = read_words("codes")["event"]
    for event in facts.events:
        if event.event not in known:
            raise refused("unknown_event", "events", event.event, known=", ".join(known))
    answers = [
        _answer(law, limit, event, facts, today)
        for event in facts.events
        for limit in law.time_limits
        if limit.event == event.event and limit.provision.in_force(event.on)
    ]
    answers.sort(key=lambda a: (a.more["due"], a.row))
    pending = [a for a in answers if a.more["state"] in ("open", "not_yet")]
    overdue = [a for a in answers if a.more["state"] == "overdue"]
    outcomes = {answer.outcome for answer in answers}
    outcome = Outcome.HOLDS if Outcome.HOLDS in outcomes else Outcome.NOT_ENCODED
    return Reply(
        "deadlines",
        outcome,
        Reason(
            phrase("answered", question=phrase("question_deadlines"), on=today.isoformat()),
            None,
            tuple(answer.explanation for answer in (*overdue, *pending[:1])),
        ),
        tuple(answers),
        more={"overdue": [a.row for a in overdue], "next": pending[0].row if pending else None},
    )


def due_day(law: Law, on: date, count: int, unit: str) -> Due:
    """The last day of a time limit: days from the day after, months and years by date.

    >>> from tutela.law import load_law
    >>> due_day(load_law(), date(2024, 1, 31), 1, "months").day
    datetime.date(2024, 2, 29)
    """
    if unit == "working_days":
        day = law.calendar.add_working_days(on, count)
    elif unit in ("days", "hours"):
        days = -(-count // _HOURS_OF_A_DAY) if unit == "hours" else count
        day = on + timedelta(days=days)
    else:
        day = _months_after(on, count * (12 if unit == "years" else 1))
    return Due(day, law.calendar.next_working_day(day))


def _months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last day if it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _answer(law: Law, limit: TimeLimit, event: Event, facts: Facts, today: date) -> Answer:
    due = due_day(law, event.on, limit.count, limit.unit)
    rule = law.rules[_RULES[limit.unit]]
    fulfilled = [e.on for e in facts.events if e.event in limit.done_by and e.on >= event.on]
    key = "due_on" if limit.direction == "within" else "not_before"
    reasons = [
        Reason(
            phrase(
                "counted", event=code_label("event", event.event), on=event.on.isoformat(),
                count=limit.count, unit=code_label("unit", limit.unit), rule=rule.label,
            )
        )
    ]  # fmt: skip
    if due.working != due.day:
        reasons.append(Reason(phrase("next_working_day", due=due.working.isoformat())))
    state = _state(limit, due, fulfilled, today)
    if state == "done":
        reasons.append(Reason(phrase("done_on", on=min(fulfilled).isoformat())))
    days = (due.day - today).days
    if state == "overdue":
        reasons.append(Reason(phrase("overdue", days=-days, today=today.isoformat())))
    elif state in ("open", "not_yet"):
        reasons.append(Reason(phrase("comes_next", days=days, today=today.isoformat())))
    provision = limit.provision
    outcome = _outcome(provision, event.on, reasons)
    return Answer(
        outcome=outcome,
        label=limit.label,
        explanation=Reason(
            phrase(key, duty=limit.label, due=due.day.isoformat()), None, tuple(reasons)
        ),
        citations=(provision.cited(event.on), rule.cited(event.on)),
        topic=limit.event,
        row=limit.id,
        article=provision.article,
        era=provision.era,
        status=provision.status,
        more=_more(law, provision, due, state, days),
    )


def _outcome(provision: Provision, on: date, reasons: list[Reason]) -> Outcome:
    if provision.status == REPORT_ONLY:
        reasons.append(Reason(phrase("report_only")))
    if provision.read_until is not None and on >= provision.read_until:
        reasons.append(Reason(phrase("read_until", day=provision.read_until.isoformat())))
        return Outcome.NOT_ENCODED
    return Outcome.HOLDS


def _state(limit: TimeLimit, due: Due, fulfilled: list[date], today: date) -> str:
    if fulfilled and min(fulfilled) <= today:
        return "done"
    if limit.direction == "not_before":
        return "not_yet" if today < due.day else "open"
    # The later of both readings decides that a day is missed; the earlier one is what is shown.
    return "overdue" if today > due.working else "open"


def _more(law: Law, provision: Provision, due: Due, state: str, days: int) -> Mapping[str, object]:
    who = provision.cells.get("who_may_request", "")
    more: dict[str, object] = {
        "due": due.day,
        "due_if_next_working_day": due.working,
        "state": state,
        "days": days,
    }
    return {**more, "who_may_request": law.words("who_may_request", who)} if who else more
