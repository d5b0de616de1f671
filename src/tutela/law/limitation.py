"""When the time to prosecute ends, for limitation rules that run from a birthday."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tutela.law.answers import Answer, Outcome, Reason
from tutela.law.facts import Facts
from tutela.law.words import phrase

_ADULT = 18


def with_limitation(answers: Sequence[Answer], facts: Facts) -> list[Answer]:
    """The answers on limitation, with the last day where the victim's date of birth gives it."""
    return [_dated(answer, facts) for answer in answers]


def _dated(answer: Answer, facts: Facts) -> Answer:
    years = str(answer.more.get("limitation_years", ""))
    if answer.outcome is not Outcome.HOLDS or not years:
        return answer
    born = facts.day("victim_born")
    if born is None:
        words = phrase("limitation_birth")
        missing = (*answer.missing, "victim_born")
        return replace(answer, missing=missing, explanation=_add(answer, Reason(words)))
    until = birthday(born, _ADULT + int(years))
    words = phrase("limitation_until", years=years, day=until.isoformat())
    return replace(
        answer, explanation=_add(answer, Reason(words)), more={**answer.more, "until": until}
    )


def birthday(born: date, years: int) -> date:
    """The day on which someone completes `years`; 1 March for a child of 29 February."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def _add(answer: Answer, reason: Reason) -> Reason:
    return replace(answer.explanation, because=(*answer.explanation.because, reason))
