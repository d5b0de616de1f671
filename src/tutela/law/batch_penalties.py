"""The ranges of offences for a batch: one entry per offence, attempt and age of the offender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.law.answers import Answer, Outcome, Penalty, Reason
from tutela.law.consent import Case
from tutela.law.facts import Facts
from tutela.law.penalties import punished
from tutela.law.tables import Law, Offence
from tutela.law.words import same

#: The facts that qualification may ask for, by the bit that stands for each.
FACTS = (
    "facts_on", "conduct", "victim_age", "offender_age", "age_gap", "victims", "consent", "family",
    "authority", "vulnerable", "death", "torture", "weapon", "discriminatory", "group",
    "association", "criminal_organisation", "public_officer", "ict", "meeting_acts",
    "luring_means", "solicited", "purpose", "facilitates", "protected_offence", "permission",
    "own_content", "kept_private", "paid",
)  # fmt: skip
#: An offender of unknown age, a minor and an adult: the classes that a range turns on.
_AGES = (None, 15, 30)
COMBINATIONS = 2 * len(_AGES)
_UNKNOWN, _NOT_ENCODED, _FAILS = 2, 3, 4
_VICTIMS = 1 << FACTS.index("victims")

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranges:
    """The ranges of one offence by combination of attempt and age class, for one victim.

    `becomes` is the outcome that the combination forces, -1 for none; `asks` the bits of facts
    that the range still needs; `times` whether the fine is multiplied by the number of victims.
    """

    first: int
    becomes: Ints
    asks: npt.NDArray[np.int64]
    times: npt.NDArray[np.bool_]
    prison_max: Floats
    prison_min: Floats
    fine_max: Floats
    fine_min: Floats

    def adjusted(
        self, outcome: Ints, combination: Ints, victims: Ints
    ) -> tuple[Ints, npt.NDArray[np.int64]]:
        """Outcomes after attempt and age, and the facts that the range still asks for."""
        becomes = self.becomes[combination]
        changed = np.where(becomes == _FAILS, _FAILS, outcome)
        changed[(becomes == _NOT_ENCODED) & (outcome != _UNKNOWN)] = _NOT_ENCODED
        changed[outcome == _FAILS] = _FAILS
        asks = self.asks[combination]
        asks = asks | np.where(self.times[combination] & (victims < 0), _VICTIMS, 0)
        return changed.astype(np.int32), np.where(becomes == -1, asks, 0)

    def severity(self, combination: Ints, victims: Ints) -> Floats:
        """Four rows that order ranges as `Penalty.severity` does."""
        factor = np.where(self.times[combination], np.where(victims < 0, np.nan, victims), 1.0)
        rows = np.vstack(
            [
                self.prison_max[combination],
                self.prison_min[combination],
                self.fine_max[combination] * factor,
                self.fine_min[combination] * factor,
            ]
        )
        rows[np.isnan(rows)] = -1.0
        return rows


class PenaltyTable:
    """The ranges of all offences of a law; entry = the offence's first plus its combination."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._known: dict[tuple[str, str], Ranges] = {}
        self._offences: list[Offence] = []
        self._penalties: list[Penalty] = []
        self._times: list[bool] = []

    def ranges(self, offence: Offence, on: date) -> Ranges:
        """The ranges of an offence under the general rules of a day."""
        key = (offence.id, self._law.era_on(on))
        if key not in self._known:
            self._known[key] = self._made(offence, on)
        return self._known[key]

    def _made(self, offence: Offence, on: date) -> Ranges:
        """Ask the rule that single cases go through, for one victim."""
        first = len(self._offences)
        becomes, asks = [], []
        for attempted in (False, True):
            for age in _AGES:
                answer = self._punished(offence, on, attempt=attempted, offender_age=age, victims=1)
                without = self._punished(offence, on, attempt=attempted, offender_age=age)
                self._offences.append(offence)
                self._penalties.append(answer.penalty or Penalty())
                self._times.append("victims" in without.missing)
                forced = {Outcome.NOT_ENCODED: _NOT_ENCODED, Outcome.FAILS: _FAILS}
                becomes.append(forced.get(answer.outcome, -1))
                asks.append(sum(1 << FACTS.index(fact) for fact in answer.missing))
        own = slice(first, first + COMBINATIONS)
        top, low, fine_top, fine_low = _figures(self._penalties[own])
        return Ranges(
            first, np.array(becomes, np.int32), np.array(asks, np.int64),
            np.array(self._times[own], bool), top, low, fine_top, fine_low,
        )  # fmt: skip

    def _punished(self, offence: Offence, on: date, **facts: object) -> Answer:
        bare = Answer(Outcome.HOLDS, same(""), Reason(same("")))
        return punished(Case(self._law, Facts.of(**facts), on), offence, bare)[0]

    def columns(self, entry: Ints, victims: Ints) -> dict[str, pl.Series]:
        """The result columns; null where no offence holds (entry -1)."""
        at = np.where(entry < 0, len(self._offences), entry)
        places = pl.Series(at).cast(pl.UInt32)

        def texts(values: list[str]) -> pl.Series:
            return pl.Series([*values, None], dtype=pl.String).gather(places)

        def figures(values: Floats) -> pl.Series:
            return pl.Series(np.where(np.isinf(values), np.nan, values)).fill_nan(None)

        top, low, fine_top, fine_low = (
            column[at] for column in _figures([*self._penalties, Penalty()])
        )
        times = np.array([*self._times, False], bool)[at]
        factor = np.where(times, np.where(victims < 0, np.nan, victims), 1.0)
        levels = _floats([*(p.level for p in self._penalties), None])[at]
        return {
            "offence_id": texts([o.id for o in self._offences]),
            "article": texts([o.article for o in self._offences]),
            "era": texts([o.era for o in self._offences]),
            "prison_min_months": figures(low),
            "prison_max_months": figures(top),
            "level": figures(levels).cast(pl.Int8),
            "fine_min_eur": figures(fine_low * factor),
            "fine_max_eur": figures(fine_top * factor),
        }


@cache
def penalty_table(law: Law) -> PenaltyTable:
    """The table of a law, made once."""
    return PenaltyTable(law)


def _figures(penalties: Sequence[Penalty]) -> tuple[Floats, Floats, Floats, Floats]:
    """Prison maximum (life is infinite) and minimum, fine maximum and minimum; NaN for none."""
    life = np.array([p.life for p in penalties], bool)
    top = np.where(life, np.inf, _floats([p.prison_max for p in penalties]))
    return (
        top,
        _floats([p.prison_min for p in penalties]),
        _floats([p.fine_max for p in penalties]),
        _floats([p.fine_min for p in penalties]),
    )


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values])
