"""The open commencement of a new code: which reading an answer follows, and what others change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from tutela.law.answers import Reason, Reply
from tutela.law.facts import Facts
from tutela.law.load import load_law
from tutela.law.tables import Law
from tutela.law.words import phrase


def law_for(facts: Facts, country: str, new_code_from: date | None) -> Law:
    """The law as known on the facts' `as_known_on`, under an assumption about commencement."""
    return load_law(country, new_code_from=new_code_from, as_known_on=facts.day("as_known_on"))


def assumed(law: Law, *days: date | None) -> tuple[Reason, ...]:
    """The assumption about commencement with all readings, if a day asked is after any of them."""
    starts = [option.starts for option in law.commencements]
    if law.new_code_from is None or not starts:
        return ()
    first = min(*starts, law.new_code_from)
    if not any(day is not None and day >= first for day in days):
        return ()
    key = "commencement_overridden" if law.overridden else "commencement_followed"
    options = tuple(
        Reason(phrase("commencement_option", label=option.label, source=option.source))
        for option in law.commencements
    )
    return (Reason(phrase(key, start=law.new_code_from.isoformat()), None, options),)


def with_other_readings(
    reply: Reply, law: Law, ask: Callable[[Law], Reply], *days: date | None
) -> Reply:
    """The reply with the assumption shown and, where another reading changes it, that reply too."""
    others = {}
    for option in law.commencements:
        other = option.starts
        if law.new_code_from is None or other == law.new_code_from:
            continue
        low, high = sorted((other, law.new_code_from))
        if any(day is not None and low <= day < high for day in days):
            others[other.isoformat()] = ask(
                load_law(law.country, new_code_from=other, as_known_on=law.as_known_on)
            )
    more = {**reply.more, "under_other_reading": others} if others else reply.more
    return replace(reply, assumptions=assumed(law, *days), more=more)
