"""Uncertainty of linkage carried into the estimate.

Who is on which lists is itself uncertain when records were linked. The caller draws several
plausible partitions of the records into persons (whole re-clusterings, never single edges) and
gives the list table of each. Every draw is estimated and bootstrapped; the replicates of all draws
together form the interval, as in multiple imputation by pooled resampling (Schomaker and Heumann
2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tutela.errors import Misuse
from tutela.estimation.bootstrap import bca_interval
from tutela.estimation.design import design_of
from tutela.estimation.diagnostics import reason_to_refuse
from tutela.estimation.existence import ExistenceCheck
from tutela.estimation.lists import ListTable
from tutela.estimation.stepwise import choose


@dataclass(frozen=True)
class Pooled:
    """Median over draws and the pooled 95 % interval, in persons; `observed` is the range of
    persons seen over the draws; `between` the standard deviation of the draws' estimates."""

    estimate: float
    lower: float
    upper: float
    observed: tuple[int, int]
    between: float
    draws: int
    draws_without_estimate: int


def estimate_draws(
    tables: Sequence[ListTable], *, bootstraps: int = 200, seed: int = 1, level: float = 0.95
) -> Pooled:
    """Combine draws. Raises Misuse when none is given; draws that carry no estimate count as
    infinite, so that they widen the interval instead of vanishing."""
    if not tables:
        raise Misuse("no draws of the linkage were given")
    totals: list[float] = []
    pooled = []
    check = ExistenceCheck(design_of(len(tables[0].names)))
    for number, table in enumerate(tables):
        if table.names != tables[0].names:
            raise Misuse("the draws have different lists", remedy="Build all from the same lists.")
        design = design_of(len(table.names))
        if reason_to_refuse(table) is not None:
            totals.append(np.inf)
            pooled.append(np.full(bootstraps, np.inf))
            continue
        counts = table.counts[1:]
        total = float(choose(design, counts[None, :].astype(np.float64), check=check).totals[0])
        totals.append(total)
        interval = bca_interval(
            design, counts, total, bootstraps=bootstraps, seed=seed + number, check=check
        )
        pooled.append(interval.replicates)
    tail = (1 - level) / 2
    every = np.sort(np.concatenate(pooled))
    finite = np.array([t for t in totals if np.isfinite(t)])
    return Pooled(
        estimate=float(np.median(totals)),
        lower=float(every[int(tail * (every.size - 1))]),
        upper=float(every[int(np.ceil((1 - tail) * (every.size - 1)))]),
        observed=(min(t.observed for t in tables), max(t.observed for t in tables)),
        between=float(np.std(finite, ddof=1)) if finite.size > 1 else 0.0,
        draws=len(tables),
        draws_without_estimate=len(totals) - finite.size,
    )
