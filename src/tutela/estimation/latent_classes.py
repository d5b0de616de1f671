"""Latent classes: persons differ in how likely lists are to know them, and nobody says who.

Inside a class the lists are independent; classes come from a Dirichlet process cut off at
`CLASSES` (Manrique-Vallier 2016, with its priors: uniform chances, concentration Gamma(1/4, 1/4);
N proportional to 1/N). Where a hidden readiness to speak moves all chances of a person together,
two-list effects cannot follow, and this model errs far less (docs/methodology.md). It is no cure:
how many persons have hardly any chance to be known, no list can say (Binette and Steorts 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutela.estimation.design import Floats
from tutela.estimation.lists import ListTable, membership

CLASSES = 6
_CHAINS = 4
_BURN = 2000
_KEPT = 5000
_BATCHES = 10
_CONCENTRATION = 0.25
_FAR = 200
"""The unseen number is followed up to 200 times the observed one, as in `averaging`."""
_TINY = 1e-9


@dataclass(frozen=True)
class LatentClasses:
    """Posterior of the total: median and 95 % credible interval; `monte_carlo_error` of the median;
    `agreement` of the chains (Gelman and Rubin's R, 1 when they agree); `classes` in use on
    average; `truncated` the share of draws at the far end of the range followed."""

    estimate: float
    lower: float
    upper: float
    monte_carlo_error: float
    agreement: float
    classes: float
    truncated: float


def latent_classes(table: ListTable, *, level: float = 0.95, seed: int = 0) -> LatentClasses:
    """Sample the model by Gibbs steps, several chains at once from different starts."""
    rng = np.random.default_rng(seed)
    occupied = np.flatnonzero(table.counts)
    on = membership(len(table.names))[occupied].astype(np.float64)
    counts = np.rint(table.counts[occupied]).astype(np.int64)
    observed = int(counts.sum())
    most = max(10_000, _FAR * observed)
    chances = rng.beta(1.0, 1.0, (_CHAINS, CLASSES, on.shape[1]))
    shares = rng.dirichlet(np.ones(CLASSES), _CHAINS)
    strength = np.ones(_CHAINS)
    unseen = np.empty((_CHAINS, _KEPT))
    used = 0.0
    for step in range(_BURN + _KEPT):
        members, hidden = _allocate(rng, on, counts, chances, shares, observed, most)
        known = np.einsum("mck,cj->mkj", members, on)
        sizes = members.sum(axis=1) + hidden
        chances = rng.beta(1.0 + known, 1.0 + sizes[:, :, None] - known)
        chances = np.clip(chances, _TINY, 1 - _TINY)
        shares, strength = _shares(rng, sizes, strength)
        if step >= _BURN:
            unseen[:, step - _BURN] = hidden.sum(axis=1)
            used += float(np.mean((sizes > 0.01 * sizes.sum(axis=1, keepdims=True)).sum(axis=1)))
    tail = (1 - level) / 2
    lower, middle, upper = np.quantile(unseen, [tail, 0.5, 1 - tail])
    batches = np.median(unseen.reshape(_CHAINS * _BATCHES, -1), axis=1)
    return LatentClasses(
        estimate=observed + float(middle),
        lower=observed + float(lower),
        upper=observed + float(upper),
        monte_carlo_error=float(batches.std(ddof=1) / np.sqrt(batches.size)),
        agreement=_agreement(np.log(unseen + 0.5)),
        classes=used / _KEPT,
        truncated=float(np.mean(unseen >= most)),
    )


def _allocate(
    rng: np.random.Generator,
    on: Floats,
    counts: np.ndarray[tuple[int], np.dtype[np.int64]],
    chances: Floats,
    shares: Floats,
    observed: int,
    most: int,
) -> tuple[Floats, Floats]:
    """Persons by history and class (chains, histories, classes), and unseen ones by class."""
    logs = np.einsum("cj,mkj->mck", on, np.log(chances) - np.log1p(-chances))
    none = np.log1p(-chances).sum(axis=2)
    logs += (none + np.log(shares))[:, None, :]
    weights = np.exp(logs - logs.max(axis=2, keepdims=True))
    members = rng.multinomial(counts, weights / weights.sum(axis=2, keepdims=True))
    of_none = shares * np.exp(none)
    missed = np.clip(of_none.sum(axis=1), 1e-12, 1 - _TINY)
    # With N proportional to 1/N the unseen are negative binomial, given the chance to be missed.
    hidden = np.minimum(rng.negative_binomial(observed, 1 - missed), most)
    split = rng.multinomial(hidden, of_none / of_none.sum(axis=1, keepdims=True))
    return members.astype(np.float64), split.astype(np.float64)


def _shares(rng: np.random.Generator, sizes: Floats, strength: Floats) -> tuple[Floats, Floats]:
    """Shares of the classes by breaking a stick, and the concentration given them."""
    after = np.cumsum(sizes[:, ::-1], axis=1)[:, ::-1] - sizes
    broken = rng.beta(1.0 + sizes[:, :-1], strength[:, None] + after[:, :-1])
    broken = np.clip(broken, _TINY, 1 - _TINY)
    left = np.cumprod(np.concatenate([np.ones((sizes.shape[0], 1)), 1 - broken], axis=1), axis=1)
    shares = np.concatenate([broken * left[:, :-1], left[:, -1:]], axis=1)
    shares = np.maximum(shares, 1e-12)
    rest = np.log(np.maximum(left[:, -1], 1e-300))
    drawn = rng.gamma(_CONCENTRATION + sizes.shape[1] - 1, 1.0 / (_CONCENTRATION - rest))
    return shares / shares.sum(axis=1, keepdims=True), np.maximum(drawn, _TINY)


def _agreement(values: Floats) -> float:
    """Gelman and Rubin's R of chains (chains, draws)."""
    draws = values.shape[1]
    within = float(values.var(axis=1, ddof=1).mean())
    between = float(values.mean(axis=1).var(ddof=1))
    return float(np.sqrt((draws - 1) / draws + between / within)) if within > 0 else 1.0
