"""What is due in a child's file: the law's time limits, declared practice, and the plan's tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from tutela.law import Event, Facts, deadlines, load_law
from tutela.law.deadlines import Due, due_day
from tutela.site.cases.age import MAJORITY, birthday
from tutela.site.cases.happenings import labels, rows
from tutela.site.cases.tracks import Happened

#: The event that practice counts back from; it is not recorded but follows from the birth date.
EIGHTEENTH = "eighteenth_birthday"


@dataclass(frozen=True)
class PracticeDuty:
    """A duty that no encoded law sets: declared by the country pack, and shown as practice."""

    id: str
    event: str
    count: int
    unit: str
    done_by: frozenset[str]
    label: Mapping[str, str]


@dataclass(frozen=True)
class Duty:
    """One thing due. `day` is what is shown; a day is missed after `missed_after`."""

    id: str
    day: date
    missed_after: date
    label: Mapping[str, str] | str
    #: law, practice, task.
    basis: str
    article: str = ""
    #: done, overdue, open, not_yet.
    state: str = "open"
    #: law: the reasoning in four languages, `Reason` of the law engine.
    explanation: object = field(default=None, compare=False)

    @property
    def overdue(self) -> bool:
        """Whether the day has passed."""
        return self.state == "overdue"


@cache
def practice(country: str = "be") -> tuple[PracticeDuty, ...]:
    """The pack's declared duties."""
    return tuple(
        PracticeDuty(
            row["id"], row["event"], int(row["count"]), row["unit"],
            frozenset(row["done_by"].split("|")), labels(row),
        )
        for row in rows("duties.csv", country)
    )  # fmt: skip


def duties(
    happened: Sequence[Happened], *, born: date | None, today: date, country: str = "be"
) -> list[Duty]:
    """Every duty that the facts of a file start, done ones too, by day.

    `happened` is in the order of its dates; `born` is the birth date that counts, from which the
    warnings before the eighteenth birthday follow.
    """
    found = [*_by_law(happened, today, country), *_by_practice(happened, today, country)]
    if born is not None:
        found += _before_adulthood(happened, birthday(born, MAJORITY), today, country)
    return sorted(found, key=lambda duty: (duty.day, duty.id))


def pending(found: Sequence[Duty]) -> list[Duty]:
    """What is not done, the first due first."""
    return [duty for duty in found if duty.state != "done"]


def _by_law(happened: Sequence[Happened], today: date, country: str) -> list[Duty]:
    known = load_law(country).time_limits
    events = {limit.event for limit in known} | {done for limit in known for done in limit.done_by}
    given = tuple(Event(one.event, one.on) for one in happened if one.event in events)
    if not given:
        return []
    reply = deadlines(Facts.of(events=given, judged_on=today.isoformat()), country)
    return [
        Duty(
            id=answer.row,
            day=answer.more["due"],
            missed_after=answer.more["due_if_next_working_day"],
            label=answer.label,
            basis="law",
            article=answer.article,
            state=str(answer.more["state"]),
            explanation=answer.explanation,
        )
        for answer in reply.answers
    ]


def _by_practice(happened: Sequence[Happened], today: date, country: str) -> list[Duty]:
    law = load_law(country)
    return [
        _duty(
            rule, due_day(law, one.on, rule.count, rule.unit), today,
            # Only what came after: a review is not done by the assessment that started it.
            done=any(later.event in rule.done_by for later in happened[place + 1 :]),
        )
        for place, one in enumerate(happened)
        for rule in practice(country)
        if rule.event == one.event
    ]  # fmt: skip


def _before_adulthood(
    happened: Sequence[Happened], adult_on: date, today: date, country: str
) -> list[Duty]:
    law = load_law(country)
    done = {one.event for one in happened}
    return [
        _duty(rule, due_day(law, adult_on, rule.count, rule.unit), today,
              done=bool(done & rule.done_by))
        for rule in practice(country)
        if rule.event == EIGHTEENTH
    ]  # fmt: skip


def _duty(rule: PracticeDuty, due: Due, today: date, *, done: bool) -> Duty:
    state = "done" if done else ("overdue" if today > due.working else "open")
    return Duty(rule.id, due.day, due.working, rule.label, "practice", state=state)
