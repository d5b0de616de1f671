"""An estimate from margins alone: the total, the sizes of the lists, and their pairwise overlaps.

These are the sufficient statistics of the log-linear models of `stepwise` (Bishop, Fienberg and
Holland 1975, ch. 3): fits, the choice among them and a resampling of the fitted table follow from
them and from nothing else. Where single histories must stay hidden, an estimate can therefore be
made from the margins that may be shown, and anybody can make it again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tutela.errors import Misuse
from tutela.estimation.design import Floats, design_of
from tutela.estimation.lists import ListTable

_STEPS = 200
_CLOSE = 1e-9
"""The margins of the table found agree with those given to this share of the total."""


def table_from_margins(
    names: Sequence[str], observed: int, overlaps: npt.NDArray[np.int64]
) -> ListTable | None:
    """The flattest table of histories with these margins, or None when no table has them.

    `overlaps` has shape (lists, lists): persons on both lists of a pair, sizes on the diagonal.
    The table maximises the likelihood of the model with all two-list effects; its counts are not
    whole numbers. With three lists there is only one table with given margins. None as well when a
    margin leaves no room (a history that must be zero), since nothing can then be resampled.
    """
    lists = len(names)
    if overlaps.shape != (lists, lists):
        raise Misuse(f"overlaps of {lists} lists have shape {overlaps.shape}")
    if observed <= 0 or lists < 2:
        return None
    design = design_of(lists)
    pairs = np.array([overlaps[i, j] for i, j in design.pairs], dtype=np.float64)
    target = np.r_[float(observed), np.diag(overlaps).astype(np.float64), pairs] / observed
    found = _table_of_two(target) if lists == 2 else _flattest(design.matrix, target)
    if found is None:
        return None
    return ListTable(tuple(names), np.r_[0.0, found * observed])


def _table_of_two(target: Floats) -> Floats | None:
    """Two lists: on the first alone, on the second alone, on both; given by the margins."""
    total, first, second, both = target
    cells = np.array([first - both, second - both, both])
    fits = abs(cells.sum() - total) <= _CLOSE and (cells > 0).all()
    return cells if fits else None


def _flattest(matrix: Floats, target: Floats) -> Floats | None:
    """Newton's method on the Poisson likelihood, which needs the margins only."""
    beta = np.zeros(matrix.shape[1])
    beta[0] = np.log(1.0 / matrix.shape[0])
    value = _likelihood(matrix, target, beta)
    for _ in range(_STEPS):
        cells = np.exp(matrix @ beta)
        gap = target - matrix.T @ cells
        if np.abs(gap).max() < _CLOSE:
            return np.asarray(cells)
        try:
            step = np.linalg.solve((matrix.T * cells) @ matrix, gap)
        except np.linalg.LinAlgError:
            return None
        scale = 1.0
        while scale > 1e-10:
            trial = beta + scale * step
            rising = _likelihood(matrix, target, trial)
            if rising > value or np.abs(scale * step).max() < 1e-12:
                beta, value = trial, rising
                break
            scale /= 2.0
        else:
            return None
        if np.abs(beta).max() > 60.0:
            # Some effect runs to infinity: the margins force a history to be zero.
            return None
    return None


def _likelihood(matrix: Floats, target: Floats, beta: Floats) -> float:
    with np.errstate(over="ignore"):
        return float(target @ beta - np.exp(matrix @ beta).sum())
