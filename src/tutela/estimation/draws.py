"""Uncertainty of linkage carried into the estimate.

Who is on which lists is itself uncertain when records were linked. The caller draws several
plausible partitions of the records into persons (whole re-clusterings, never single edges) and
gives the list table of each. Every draw is estimated, and the estimates are combined as multiple
imputations are (Rubin 1987, ch. 3): variance within draws plus (1 + 1/m) times the variance
between them, on the logarithm of the total, where estimates of this kind are nearly symmetric.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from tutela.errors import Misuse
from tutela.estimation.bootstrap import bca_interval
from tutela.estimation.design import Floats, design_of
from tutela.estimation.diagnostics import reason_to_refuse
from tutela.estimation.existence import ExistenceCheck
from tutela.estimation.lists import ListTable
from tutela.estimation.stepwise import choose


@dataclass(frozen=True)
class LinkageEffect:
    """What the draws say about one linkage's estimate.

    `shift` is the mean logarithm of the draws' totals less that of the linkage as it stands,
    `spread` their standard deviation, with the factor for few draws; `observed` the range of
    persons seen over the draws.
    """

    shift: float
    spread: float
    observed: tuple[int, int]
    draws: int
    draws_without_estimate: int


@dataclass(frozen=True)
class Carried:
    """Point and interval for the total with the uncertainty of linkage in them."""

    estimate: float
    lower: float
    upper: float


def draw_totals(tables: Sequence[ListTable], check: ExistenceCheck | None = None) -> Floats:
    """The stepwise total of each draw (infinite where a draw carries none), all fitted together.

    Raises Misuse when there is no draw, or when draws have different lists.
    """
    if not tables:
        raise Misuse("no draws of the linkage were given")
    if any(table.names != tables[0].names for table in tables):
        raise Misuse("the draws have different lists", remedy="Build all from the same lists.")
    counts = np.stack([table.counts[1:].astype(np.float64) for table in tables])
    totals = choose(design_of(len(tables[0].names)), counts, check=check).totals
    refused = [reason_to_refuse(table) is not None for table in tables]
    return np.where(refused, np.inf, totals)


def linkage_effect(
    estimate: float, tables: Sequence[ListTable], check: ExistenceCheck | None = None
) -> LinkageEffect | None:
    """How the draws move and spread `estimate`, the stepwise total of the linkage as it stands.

    None when fewer than two draws, or fewer than nine in ten, carry an estimate: the uncertainty
    of linkage then has no bound, and neither has the interval.
    """
    totals = draw_totals(tables, check)
    finite = totals[np.isfinite(totals)]
    if finite.size < max(2, int(np.ceil(0.9 * totals.size))):
        return None
    logs = np.log(finite)
    return LinkageEffect(
        shift=float(logs.mean() - np.log(estimate)),
        spread=float(logs.std(ddof=1) * np.sqrt(1 + 1 / finite.size)),
        observed=(min(t.observed for t in tables), max(t.observed for t in tables)),
        draws=totals.size,
        draws_without_estimate=int(totals.size - finite.size),
    )


def carry(
    estimate: float,
    lower: float,
    upper: float,
    *,
    shift: float,
    spread: float,
    level: float = 0.95,
) -> Carried:
    """An interval for the total, moved by `shift` and widened by `spread` on the log scale."""
    middle = np.log(estimate) + shift
    reach = float(ndtri(1 - (1 - level) / 2)) * spread
    down = np.hypot(np.log(estimate) - np.log(lower), reach)
    up = np.hypot(np.log(upper) - np.log(estimate), reach)
    return Carried(float(np.exp(middle)), float(np.exp(middle - down)), float(np.exp(middle + up)))


def estimate_draws(
    table: ListTable,
    draws: Sequence[ListTable],
    *,
    bootstraps: int = 1000,
    seed: int = 1,
    level: float = 0.95,
) -> tuple[Carried, LinkageEffect] | None:
    """The stepwise estimate of `table`, the linkage as it stands, with its draws carried in.

    None when the table carries no estimate, or too few of its draws do. Raises Misuse as
    `draw_totals` does.
    """
    if any(draw.names != table.names for draw in draws):
        raise Misuse("the draws have other lists", remedy="Build all from the same lists.")
    design = design_of(len(table.names))
    check = ExistenceCheck(design)
    total = float(draw_totals([table], check)[0])
    effect = linkage_effect(total, draws, check) if np.isfinite(total) else None
    if effect is None:
        return None
    interval = bca_interval(
        design, table.counts[1:], total, bootstraps=bootstraps, seed=seed, check=check, level=level
    )
    if not np.isfinite(interval.upper):
        return None
    return (
        carry(
            total,
            interval.lower,
            interval.upper,
            shift=effect.shift,
            spread=effect.spread,
            level=level,
        ),
        effect,
    )
