"""Bias-corrected and accelerated bootstrap intervals that include the choice of the model.

DiCiccio and Efron (1996); applied to multiple systems estimation by Chan, Silverman and Vincent
(2021), section 3.3: persons are resampled, and the model is chosen anew in every sample. They
resample the persons observed, as many as were observed; here the whole estimated population is
resampled, the unseen included, so that how many are observed varies as well. Without that the
intervals are too narrow where most are seen (benchmarks/estimation.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from tutela.estimation.design import Bools, Design, Floats
from tutela.estimation.existence import ExistenceCheck
from tutela.estimation.stepwise import THRESHOLD, choose

_BATCH = 500
"""Samples fitted together: enough to fill the processor, few enough to stay small in memory."""


@dataclass(frozen=True)
class Interval:
    """Ends of an interval, with what it was made from."""

    lower: float
    upper: float
    acceleration: float
    bias: float
    replicates: Floats
    without_estimate: int


def bca_interval(
    design: Design,
    counts: npt.NDArray[np.int64] | Floats,
    estimate: float,
    *,
    bootstraps: int,
    seed: int,
    level: float = 0.95,
    threshold: float = THRESHOLD,
    fixed: Bools | None = None,
    check: ExistenceCheck | None = None,
    observed_only: bool = False,
) -> Interval:
    """Interval for the total at `level`; `counts` are the observable cells (cells,).

    `observed_only` resamples as the published method does.
    `fixed` keeps one set of pairs in every sample instead of choosing anew. Samples that carry no
    estimate count as infinite, and are counted.
    """
    check = check or ExistenceCheck(design)
    observed = float(counts.sum())
    rng = np.random.default_rng(seed)
    unseen = 0.0 if observed_only else estimate - observed
    everyone = np.r_[unseen, counts] / (unseen + observed)
    drawn = rng.multinomial(round(unseen + observed), everyone, size=bootstraps)
    samples = drawn[:, 1:].astype(np.float64)
    occupied = np.flatnonzero(counts)
    leave_one_out = np.repeat(counts[None, :].astype(np.float64), occupied.size, axis=0)
    # Whole persons; in a table made from margins a cell may hold less than one.
    removed = np.minimum(counts[occupied].astype(np.float64), 1.0)
    leave_one_out[np.arange(occupied.size), occupied] -= removed
    totals = np.concatenate(
        [
            choose(design, part, threshold=threshold, check=check, fixed=fixed).totals
            for part in np.array_split(
                np.vstack([samples, leave_one_out]), max(1, (bootstraps + occupied.size) // _BATCH)
            )
        ]
    )
    replicates, jackknife = totals[:bootstraps], totals[bootstraps:]
    acceleration = _acceleration(
        np.r_[(estimate - jackknife) / removed, 0.0],
        np.r_[counts[occupied].astype(np.float64), unseen],
    )
    share = (np.sum(replicates < estimate) + 0.5 * np.sum(replicates == estimate)) / bootstraps
    bias = float(ndtri(np.clip(share, 0.5 / bootstraps, 1 - 0.5 / bootstraps)))
    tail = (1 - level) / 2
    lower, upper = (
        _quantile(replicates, _bca_level(end, bias, acceleration)) for end in (tail, 1 - tail)
    )
    return Interval(
        lower, upper, acceleration, bias, replicates, int(np.sum(~np.isfinite(replicates)))
    )


def _acceleration(influence: Floats, weights: Floats) -> float:
    """From what one person of each history adds to the estimate, and how many persons have it.

    Where the unseen are resampled they count as well: leaving one of them out changes nothing.
    """
    finite = np.isfinite(influence) & (weights > 0)
    if not finite.any():
        return 0.0
    values, weights = influence[finite], weights[finite]
    differences = values - np.average(values, weights=weights)
    spread = float(np.sum(weights * differences**2))
    if spread == 0.0:
        return 0.0
    return float(np.sum(weights * differences**3) / (6.0 * spread**1.5))


def _bca_level(level: float, bias: float, acceleration: float) -> float:
    shifted = bias + float(ndtri(level))
    return float(ndtr(bias + shifted / (1.0 - acceleration * shifted)))


def _quantile(values: Floats, level: float) -> float:
    """Median-unbiased quantile (Hyndman and Fan 1996, type 8), with infinite values last."""
    ordered = np.sort(values)
    position = np.clip((values.size + 1 / 3) * level + 1 / 3, 1, values.size) - 1
    low, high = int(np.floor(position)), int(np.ceil(position))
    if not np.isfinite(ordered[high]):
        return float(ordered[high])
    return float(ordered[low] + (position - low) * (ordered[high] - ordered[low]))
