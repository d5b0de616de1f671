"""Explain why two records are, or are not, held to be one person: a waterfall of evidence.

It starts from the odds that two records taken at random are one person, adds what each field says,
and ends at the calibrated probability. Only levels of agreement are used; no value of a record is
in it, because the centre has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from tutela.linkage.calibration import Calibration
from tutela.linkage.compare import Comparison
from tutela.linkage.known import Known
from tutela.linkage.model import Model, probability
from tutela.linkage.scoring import KNOWN, calibrated
from tutela.linkage.table import Ints


class Verdict(StrEnum):
    """What a field says, by what it adds to the log odds."""

    MISSING = "missing"
    STRONG_FOR = "strong_for"
    FOR = "for"
    LITTLE = "little"
    AGAINST = "against"
    STRONG_AGAINST = "strong_against"


#: Log odds from which a field says something, and from which it says it strongly (times 20).
SAYS, STRONGLY = 0.4, 3.0


@dataclass(frozen=True)
class Step:
    """One field: its level of agreement (0 is "unknown on one side") and what it adds."""

    field: str
    level: int
    adds: float

    @property
    def verdict(self) -> Verdict:
        """What it says, in one word."""
        if self.level == 0:
            return Verdict.MISSING
        if abs(self.adds) < SAYS:
            return Verdict.LITTLE
        if self.adds > 0:
            return Verdict.STRONG_FOR if self.adds >= STRONGLY else Verdict.FOR
        return Verdict.STRONG_AGAINST if self.adds <= -STRONGLY else Verdict.AGAINST


@dataclass(frozen=True)
class Explanation:
    """The waterfall of one pair, in natural logarithms of odds.

    `prior` plus what the steps add is `sum`, the model's; `settled` is None, or what decides
    whatever the fields say: must_link or cannot_link. `probability` is what the linkage goes by.
    """

    records: tuple[str, str]
    prior: float
    steps: tuple[Step, ...]
    sum: float
    calibrated: float | None
    settled: str | None
    probability: float

    def as_dict(self) -> dict[str, Any]:
        """The explanation as plain data."""
        return {
            "records": list(self.records),
            "prior": round(self.prior, 3),
            "steps": [
                {
                    "field": step.field,
                    "level": step.level,
                    "adds": round(step.adds, 3),
                    "verdict": str(step.verdict),
                }
                for step in self.steps
            ],
            "sum": round(self.sum, 3),
            "calibrated": None if self.calibrated is None else round(self.calibrated, 3),
            "settled": self.settled,
            "probability": round(self.probability, 4),
        }


def explain(
    comparison: Comparison,
    model: Model,
    known: Known,
    calibration: Calibration | None,
    row: int,
    other: int,
) -> Explanation:
    """The waterfall of the pair of rows (`row`, `other`) of the comparison's table."""
    i, j = np.array([row], np.int32), np.array([other], np.int32)
    levels = comparison.levels(i, j)
    adds = model.contributions(levels)[0]
    odds = model.log_odds(levels)
    scaled = calibrated(calibration, odds)
    weighed = float(known.weigh(i, j, scaled)[0])
    settled = None
    if abs(weighed) > KNOWN:
        settled = "must_link" if weighed > 0 else "cannot_link"
    steps = tuple(
        Step(feature.name, int(level), float(add))
        for feature, level, add in zip(model.features, levels[0], adds, strict=True)
    )
    labels = comparison.table.record_id
    return Explanation(
        (str(labels[row]), str(labels[other])),
        model.prior,
        steps,
        float(odds[0]),
        None if calibration is None else float(scaled[0]),
        settled,
        float(probability(np.array([weighed]))[0]),
    )


def rows_of(comparison: Comparison, *labels: str) -> Ints:
    """The rows of record labels; -1 for a label that the table does not hold."""
    place = {label: row for row, label in enumerate(comparison.table.record_id.to_list())}
    return np.array([place.get(label, -1) for label in labels], dtype=np.int32)
