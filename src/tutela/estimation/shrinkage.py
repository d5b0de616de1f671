"""Strata shrunk towards one another: where one is thin, the others say what is usual.

Empirical Bayes on the logarithm of the unseen per person observed, y = log((N - n) / n): strata
share a mean and a spread, estimated by the method of Paule and Mandel (1982). A stratum is pulled
towards the mean as its own precision and the number of strata allow; its variance carries the doubt
about mean and pull (Morris 1983).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from tutela.estimation.design import Floats
from tutela.estimation.estimate import Estimate

FEWEST_STRATA = 4
"""Fewer strata with an estimate of their own say too little about how much strata differ."""
_STEPS = 100
_LEAST_UNSEEN = 0.5


@dataclass(frozen=True)
class Shrunken:
    """A stratum's total after shrinkage, in persons; `own_weight` is the share that its own lists
    have in it (1 is no shrinkage)."""

    estimate: float
    lower: float
    upper: float
    own_weight: float

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "estimate": round(self.estimate, 6),
            "lower": round(self.lower, 6),
            "upper": round(self.upper, 6),
            "own_weight": round(self.own_weight, 6),
        }


def shrink(answers: Mapping[str, Estimate], *, level: float = 0.95) -> dict[str, Shrunken]:
    """Shrink the strata that carry an estimate of their own; those refused stay refused.

    Empty when fewer than `FEWEST_STRATA` do.
    """
    own = {name: each for name, each in answers.items() if each.estimate is not None}
    if len(own) < FEWEST_STRATA:
        return {}
    observed = np.array([each.observed for each in own.values()], dtype=np.float64)
    reach = float(ndtri(1 - (1 - level) / 2))
    rates, variances = _rates(list(own.values()), observed, reach)
    spread, mean = paule_mandel(rates, variances)
    count = len(own)
    # Strata that look alike by chance must not lose themselves: the pull stays under one.
    pull = variances / (spread + variances) * (count - 3) / (count - 1)
    middle = (1 - pull) * rates + pull * mean
    doubt = variances * (1 - (count - 1) / count * pull)
    doubt += 2.0 / (count - 3) * pull**2 * (rates - mean) ** 2
    ends = reach * np.sqrt(doubt)
    return {
        name: Shrunken(
            estimate=float(n * (1 + np.exp(centre))),
            lower=float(n * (1 + np.exp(centre - end))),
            upper=float(n * (1 + np.exp(centre + end))),
            own_weight=float(1 - pulled),
        )
        for name, n, centre, end, pulled in zip(own, observed, middle, ends, pull, strict=True)
    }


def paule_mandel(values: Floats, variances: Floats) -> tuple[float, float]:
    """Variance between strata, and their weighted mean."""

    def weighted(between: float) -> tuple[float, float]:
        weights = 1.0 / (variances + between)
        mean = float(np.sum(weights * values) / weights.sum())
        excess = float(np.sum(weights * (values - mean) ** 2)) - (values.size - 1)
        return mean, excess

    low, high = 0.0, float(np.var(values)) * values.size + float(variances.max())
    if weighted(0.0)[1] <= 0:
        high = 0.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if weighted(middle)[1] > 0 else (low, middle)
    return high, weighted(high)[0]


def _rates(answers: list[Estimate], observed: Floats, reach: float) -> tuple[Floats, Floats]:
    """y of each stratum and its variance, from the interval's two halves where both are finite."""

    def rate(total: float | None, n: float) -> float:
        return float(np.log(max((total or n) - n, _LEAST_UNSEEN) / n))

    rates, variances = [], []
    for each, n in zip(answers, observed, strict=True):
        centre = rate(each.estimate, n)
        up = rate(each.upper, n) - centre
        down = centre - rate(each.lower, n)
        # A lower end at the number observed has no logarithm: the upper half speaks alone.
        halves = [up, down] if (each.lower or n) - n > _LEAST_UNSEEN else [up]
        rates.append(centre)
        variances.append(max(float(np.mean(halves)) / reach, 1e-6) ** 2)
    return np.array(rates), np.array(variances)
