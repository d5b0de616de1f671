"""The profile of the likelihood in the unseen number, for one chosen model.

The unseen count n0 joins the table as the history of no list; the multinomial likelihood of the
completed table, maximised over the model's parameters, is the profile (Cormack 1992). Its 95 %
interval is where twice the drop from the top stays under the chi-squared quantile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln
from scipy.stats import chi2

from tutela.estimation.design import Bools, Floats, design_of
from tutela.estimation.poisson import fit

_POINTS = 160


@dataclass(frozen=True)
class Profile:
    """Totals and the log-likelihood relative to its top; the interval's ends are infinite where
    the likelihood has not fallen far enough within the range followed."""

    totals: Floats
    relative: Floats
    lower: float
    upper: float


def profile(
    lists: int,
    counts: npt.NDArray[np.int64] | Floats,
    pairs: Bools,
    infinite: Bools,
    estimate: float,
    *,
    level: float = 0.95,
) -> Profile:
    """Follow the profile around `estimate`; `counts` has the 2^lists histories, pairs are (pairs,)
    booleans of the model and of those at minus infinity."""
    design = design_of(lists, with_unseen=True)
    observed = float(counts.sum())
    unseen = max(estimate - observed, 1.0)
    grid = np.unique(np.concatenate([[0.0], np.geomspace(unseen / 200, unseen * 200, _POINTS)]))
    completed = np.repeat(counts[None, :].astype(np.float64), grid.size, axis=0)
    completed[:, 0] = grid
    parameters = np.ones(design.parameters, dtype=bool)
    parameters[1 + lists :] = pairs & ~infinite
    cells = ~design.contains[:, infinite].any(axis=1)
    done = fit(
        design,
        completed,
        np.tile(parameters, (grid.size, 1)),
        np.tile(cells, (grid.size, 1)),
    )
    total = observed + grid
    value = gammaln(total + 1) - gammaln(grid + 1) + done.log_likelihood + total
    value -= total * np.log(total)
    relative = value - value.max()
    limit = -float(chi2.ppf(level, 1)) / 2
    return Profile(total, relative, *_crossings(total, relative, limit))


def _crossings(total: Floats, relative: Floats, limit: float) -> tuple[float, float]:
    top = int(np.argmax(relative))
    left = np.flatnonzero(relative[:top] < limit)
    right = np.flatnonzero(relative[top:] < limit)
    lower = total[0] if left.size == 0 else _between(total, relative, int(left[-1]), limit)
    upper = np.inf if right.size == 0 else _between(total, relative, top + int(right[0]) - 1, limit)
    return float(lower), float(upper)


def _between(total: Floats, relative: Floats, i: int, limit: float) -> float:
    share = (limit - relative[i]) / (relative[i + 1] - relative[i])
    return float(total[i] + share * (total[i + 1] - total[i]))
