"""The facts of a question: typed, checked, and silent about what nobody said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from tutela.law.refusals import refused
from tutela.law.truth import Truth, of
from tutela.law.words import read_words

#: A fact's value: a code, `yes` or `no`, a whole number, or a date.
Value = str | int | date
YES, NO = "yes", "no"
#: No victim or offender older than this is believed.
_OLDEST = 120
_ADULT = 18
#: No question about a day before this one or after that one is believed.
_FIRST, _LAST = date(1900, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Event:
    """Something that happened on a day and may start a time limit."""

    event: str
    on: date


@dataclass(frozen=True)
class Facts:
    """What is known; a fact that is not in `values` is unknown, never no.

    `values` holds facts by the names of `words/facts.toml`; `events` the dated events of a file.
    Make one with `Facts.of(facts_on=..., victim_age=15)` or `read_facts(...)`.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    events: Sequence[Event] = ()

    @classmethod
    def of(cls, **values: Any) -> Facts:
        """Facts from plain values; refuses what cannot be."""
        return read_facts(values)

    def with_(self, **values: Any) -> Facts:
        """The same facts with some replaced; None takes one away."""
        kept = {k: v for k, v in {**self.values, **values}.items() if v is not None}
        return read_facts({**kept, "events": self.events})

    def get(self, fact: str) -> Value | None:
        """The value of a fact, derived from dates of birth where that is exact; None: unknown."""
        if fact in ("victim_age", "offender_age"):
            return self.age(fact.removesuffix("_age"))
        if fact == "minor_now" and fact not in self.values:
            born, on = self.day("victim_born"), self.day("judged_on")
            return None if born is None or on is None else _yes(completed_years(born, on) < _ADULT)
        return self.values.get(fact)

    def day(self, fact: str) -> date | None:
        """A fact that is a date."""
        value = self.values.get(fact)
        return value if isinstance(value, date) else None

    def age(self, who: str) -> int | None:
        """Completed years of `victim` or `offender` on the day of the facts."""
        return self._ages[who]

    @cached_property
    def _ages(self) -> dict[str, int | None]:
        return {who: self._age(who) for who in ("victim", "offender")}

    def _age(self, who: str) -> int | None:
        born, on = self.day(f"{who}_born"), self.day("facts_on")
        if born is not None and on is not None:
            return completed_years(born, on)
        value = self.values.get(f"{who}_age")
        return value if isinstance(value, int) else None

    @cached_property
    def gap(self) -> tuple[float, float] | None:
        """The least and the greatest number of years between offender and victim.

        Completed ages leave almost a year on either side open; dates of birth do not.
        """
        one, other = self.day("victim_born"), self.day("offender_born")
        if one is not None and other is not None:
            older, younger = sorted((one, other))
            years = completed_years(older, younger)
            exact = (older.month, older.day) == (younger.month, younger.day)
            return (years, years) if exact else (years + 0.001, years + 0.999)
        stated = self.values.get("age_gap")
        if isinstance(stated, int):
            return (stated, stated)
        ages = self.age("victim"), self.age("offender")
        if ages[0] is None or ages[1] is None:
            return None
        apart = abs(ages[0] - ages[1])
        return (max(0, apart - 0.999), apart + 0.999)

    def gap_at_most(self, years: int) -> Truth:
        """Whether at most `years` lie between offender and victim."""
        if self.gap is None:
            return Truth.UNKNOWN
        low, high = self.gap
        if high <= years:
            return Truth.TRUE
        return Truth.FALSE if low > years else Truth.UNKNOWN

    def is_attempt(self) -> bool:
        """The conduct is what was done, unless the facts say that it stopped at an attempt."""
        return self.values.get("attempt") == YES

    def is_yes(self, fact: str) -> Truth:
        """The truth of a yes-or-no fact."""
        value = self.values.get(fact)
        return of(None if value is None else value == YES)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as `read_facts` reads it back."""
        plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in self.values.items()}
        if self.events:
            plain["events"] = [{"event": e.event, "day": e.on.isoformat()} for e in self.events]  # type: ignore[assignment]
        return plain


def _yes(value: bool) -> str:
    return YES if value else NO


def completed_years(born: date, on: date) -> int:
    """Age in completed years; a child born on 29 February is a year older on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def read_facts(plain: Mapping[str, Any]) -> Facts:
    """Facts from JSON-like data (see `schemas.facts_schema`); refuses what cannot be.

    `nothing_else = true` says that circumstances not named are absent; without it they are
    unknown. Yes and no may be written true and false.
    """
    known = read_words("facts")
    values: dict[str, Value] = {}
    closed = plain.get("nothing_else", False)
    if not isinstance(closed, bool):
        raise refused("true_or_false", "nothing_else", closed)
    for name, value in plain.items():
        if name in ("events", "nothing_else") or value is None:
            continue
        if name not in known:
            raise refused("unknown_fact", name, value, known=", ".join(sorted(known)))
        values[name] = _value(name, known[name]["type"], value)
    if closed:
        absent = {name: entry["absent"] for name, entry in known.items() if "absent" in entry}
        values = {**absent, **values}
    events = tuple(_event(event) for event in plain.get("events", ()))
    facts = Facts(values, events)
    _possible(facts)
    return facts


def _event(event: Any) -> Event:
    if isinstance(event, Event):
        return event
    if not isinstance(event, Mapping) or set(event) != {"event", "day"}:
        raise refused("event_shape", "events", event)
    return Event(str(event["event"]), _day("events", event["day"]))


def _value(name: str, kind: str, value: Any) -> Value:
    if kind == "date":
        return _day(name, value)
    if kind == "whole":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
            raise refused("whole", name, value)
        return value
    if kind == "yes_no":
        if isinstance(value, bool):
            return YES if value else NO
        if value not in (YES, NO):
            raise refused("yes_no", name, value)
        return str(value)
    if kind == "country":
        if not (isinstance(value, str) and len(value) == 2 and value.isalpha()):
            raise refused("country", name, value)
        return value.upper()
    if kind == "text":
        return str(value).strip()
    codes = read_words("codes")[name]
    if value not in codes:
        raise refused("code", name, value, known=", ".join(codes))
    return str(value)


def _day(name: str, value: Any) -> date:
    if isinstance(value, date):
        day = value
    else:
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            raise refused("date", name, value) from None
    if not _FIRST <= day < _LAST:
        raise refused("date_range", name, day, first=_FIRST, last=_LAST.year - 1)
    return day


def _possible(facts: Facts) -> None:
    """Refuse facts that contradict each other."""
    on = facts.day("facts_on")
    for who in ("victim", "offender"):
        born, stated = facts.day(f"{who}_born"), facts.values.get(f"{who}_age")
        if born is not None and on is not None:
            if born > on:
                raise refused("born_after", f"{who}_born", born, on=on)
            if stated is not None and stated != facts.age(who):
                raise refused("age_contradicts", f"{who}_age", stated, age=facts.age(who))
        age = facts.age(who)
        if age is not None and age > _OLDEST:
            raise refused("too_old", f"{who}_age", age, oldest=_OLDEST)
    judged = facts.day("judged_on")
    if on is not None and judged is not None and judged < on:
        raise refused("judged_before", "judged_on", judged, on=on)
    if facts.values.get("victims") == 0:
        raise refused("no_victims", "victims", 0)
