"""Claimed, assessed and legal age: three facts that are never made one.

A child counts as a child until a reasoned decision says otherwise. A test has a margin, and the
lowest age of the margin counts (Programme Act of 24 December 2002, Guardianship chapter,
article 7); a test alone decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

MAJORITY = 18


@dataclass(frozen=True)
class Assessment:
    """One examination: the years of age of its margin, on its day."""

    on: date
    method: str
    lowest: float
    highest: float

    def __post_init__(self) -> None:
        if not 0 <= self.lowest <= self.highest:
            raise ValueError("the lowest age of a margin cannot exceed its highest")


@dataclass(frozen=True)
class AgeDecision:
    """A reasoned decision of the competent authority; `adult` lifts the presumption."""

    on: date
    adult: bool
    birth_date: date | None = None
    appealed: bool = False


@dataclass(frozen=True)
class LegalAge:
    """How old the child counts. `born` is the birth date that counts, None where none is known."""

    minor: bool
    years: int | None
    born: date | None
    #: Why: claimed, document, lowest_of_margin, decision, presumed.
    rests_on: str


def legal_age(
    *,
    claimed_birth: date | None,
    assessments: Sequence[Assessment] = (),
    decision: AgeDecision | None = None,
    on: date,
) -> LegalAge:
    """The age that counts on a day.

    A decision counts, unless an appeal is open: then the presumption stands again. Without one the
    claim counts; where nothing is claimed, the lowest age of all margins does. Whatever is known,
    nobody without a decision counts as an adult because of a test.
    """
    if decision is not None and not decision.appealed:
        born = decision.birth_date or (None if decision.adult else claimed_birth)
        years = _years(born, on)
        grown = years is not None and years >= MAJORITY
        return LegalAge(not (decision.adult or grown), years, born, "decision")
    if claimed_birth is not None:
        years = _years(claimed_birth, on)
        assert years is not None  # noqa: S101 - there is a birth date
        return LegalAge(years < MAJORITY, years, claimed_birth, "claimed")
    if assessments:
        # Each margin grows with time; the one that says youngest today counts.
        lowest = min(one.lowest + (on - one.on).days / 365.25 for one in assessments)
        return LegalAge(True, min(int(lowest), MAJORITY - 1), None, "lowest_of_margin")
    return LegalAge(True, None, None, "presumed")


def birthday(born: date, years: int) -> date:
    """The day on which somebody reaches an age; 29 February is kept on 1 March otherwise."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def _years(born: date | None, on: date) -> int | None:
    if born is None:
        return None
    return on.year - born.year - (birthday(born, on.year - born.year) > on)
