"""Bayesian model averaging over decomposable graphs.

Madigan and York (1997): each graph is a hypothesis on which lists depend on one another; cell
probabilities have a hyper-Dirichlet prior (Dawid and Lauritzen 1993) with 2^-lists in every cell;
the total N has prior proportional to 1/N. The posterior of N is averaged over graphs, each alike
likely beforehand: exactly up to six lists, by a Markov chain over graphs above.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp

from tutela.estimation.design import Floats
from tutela.estimation.graphs import (
    MOST_LISTS_ENUMERATED,
    Factors,
    all_decomposable,
    eliminate_one,
    pairs_of,
)
from tutela.estimation.lists import ListTable, membership

_REACH = 200
"""The unseen number is followed up to 200 times the observed one."""
_DENSE = 64
_COARSE_RATIO = 1.03
_FINE_POINTS = 1200
_FAR_BELOW = 40.0
"""Graphs whose best point lies this far (natural logarithm) below the best graph's are left out."""
_CHAIN = 20_000
_BATCHES = 10
_SLICE = 2000


@dataclass(frozen=True)
class WeightedGraph:
    """A graph as its edges (pairs of list names) and its posterior weight."""

    edges: tuple[tuple[str, str], ...]
    weight: float


@dataclass(frozen=True)
class Averaged:
    """Posterior of the total: median, mean, 95 % credible interval; `graphs` by weight;
    `monte_carlo_error` of the median (0 where every graph was visited); `truncated` is the
    posterior mass at the far end of the range followed."""

    estimate: float
    mean: float
    lower: float
    upper: float
    graphs: tuple[WeightedGraph, ...]
    graphs_considered: int
    monte_carlo_error: float
    truncated: float


def average(table: ListTable, *, level: float = 0.95, seed: int = 0) -> Averaged:
    """Average over decomposable graphs; see the module's text for the priors."""
    lists = len(table.names)
    coarse = _SetScores(table, _coarse_grid(table.observed))
    if lists <= MOST_LISTS_ENUMERATED:
        factors = all_decomposable(lists)
        visits = None
    else:
        factors, visits = _walk(coarse, lists, seed)
    peaks, profile = _peaks(coarse, factors)
    near = np.flatnonzero(peaks > peaks.max() - _FAR_BELOW)
    considered, factors = factors.edges.shape[0], _take(factors, near)
    fine = _SetScores(table, _fine_grid(coarse.unseen, profile))
    unseen = fine.unseen
    if visits is None:
        weights, posterior = _integrate(fine, factors)
        batches = posterior[None, :]
    else:
        visits = visits[:, near]
        weights = visits.sum(axis=0) / visits.sum()
        batches = _average_by_batch(fine, factors, visits)
        posterior = batches.mean(axis=0)
    tail = (1 - level) / 2
    lower, middle, upper = (_quantile(unseen, posterior, q) for q in (tail, 0.5, 1 - tail))
    medians = [_quantile(unseen, b / b.sum(), 0.5) for b in batches]
    error = float(np.std(medians, ddof=1) / np.sqrt(len(medians))) if len(medians) > 1 else 0.0
    return Averaged(
        estimate=table.observed + middle,
        mean=table.observed + float(posterior @ unseen),
        lower=table.observed + lower,
        upper=table.observed + upper,
        graphs=_heaviest(table, factors, weights),
        graphs_considered=considered,
        monte_carlo_error=error,
        truncated=float(posterior[-5:].sum()),
    )


def _coarse_grid(observed: int) -> Floats:
    far = max(10_000, _REACH * observed)
    steps = int(np.log(far / _DENSE) / np.log(_COARSE_RATIO)) + 1
    wide = np.unique(np.round(np.geomspace(_DENSE, far, steps)))
    return np.concatenate([np.arange(_DENSE, dtype=np.float64), wide])


def _fine_grid(coarse: Floats, profile: Floats) -> Floats:
    """Whole numbers spread evenly over the part of the coarse grid that carries the posterior."""
    mass = np.exp(profile - profile.max())
    holding = np.flatnonzero(mass > 1e-9)
    low = coarse[max(holding[0] - 1, 0)]
    high = coarse[min(holding[-1] + 1, coarse.size - 1)]
    if high - low < _FINE_POINTS:
        return np.arange(low, high + 1)
    # Even in the square root: finer where small numbers lie, since tails are long to the right.
    return np.unique(np.round(np.linspace(np.sqrt(low), np.sqrt(high), _FINE_POINTS) ** 2))


class _SetScores:
    """Logarithm of the Dirichlet-multinomial factor of every set of lists, over a grid of unseen
    numbers; `log_width` says how many whole numbers each grid point stands for."""

    def __init__(self, table: ListTable, unseen: Floats) -> None:
        self.unseen = unseen
        edges = np.concatenate([[-0.5], (unseen[1:] + unseen[:-1]) / 2, [unseen[-1] + 0.5]])
        edges[0] = unseen[0] - 0.5
        self.log_width = np.log(np.diff(edges))
        lists = len(table.names)
        member = membership(lists)
        masks = np.arange(1 << lists)
        self.scores = np.empty((1 << lists, unseen.size))
        for subset in range(1 << lists):
            chosen = [i for i in range(lists) if (subset >> i) & 1]
            alpha = 2.0 ** -len(chosen)
            code = np.zeros(masks.size, dtype=np.int64)
            for place, i in enumerate(chosen):
                code |= member[:, i].astype(np.int64) << place
            margin = np.bincount(code, weights=table.counts, minlength=1 << len(chosen))
            seen = float(np.sum(gammaln(margin[1:] + alpha)))
            prior = float((1 << len(chosen)) * gammaln(alpha))
            self.scores[subset] = gammaln(margin[0] + unseen + alpha) + seen - prior
        total = table.observed + unseen
        self.base = gammaln(total + 1) - gammaln(unseen + 1) - np.log(total)

    def of(self, factors: Factors) -> Floats:
        """Log posterior (up to a constant) of each graph at each grid point."""
        value = np.tile(self.base, (factors.joined.shape[0], 1))
        for turn in range(factors.joined.shape[1]):
            value += self.scores[factors.joined[:, turn]] - self.scores[factors.kept[:, turn]]
        return value

    def evidence(self, joined: tuple[int, ...], kept: tuple[int, ...]) -> float:
        """Log evidence of one graph, given as the sets of its elimination."""
        difference = self.scores[list(joined)].sum(axis=0) - self.scores[list(kept)].sum(axis=0)
        return float(logsumexp(self.base + difference + self.log_width))


def _take(factors: Factors, which: npt.NDArray[np.intp] | slice) -> Factors:
    return Factors(factors.edges[which], factors.joined[which], factors.kept[which])


def _slices(factors: Factors) -> Iterator[tuple[slice, Factors]]:
    for i in range(0, factors.edges.shape[0], _SLICE):
        yield slice(i, i + _SLICE), _take(factors, slice(i, i + _SLICE))


def _peaks(scores: _SetScores, factors: Factors) -> tuple[Floats, Floats]:
    """Each graph's highest point, and the highest graph at each grid point."""
    peaks = np.empty(factors.edges.shape[0])
    profile = np.full(scores.unseen.size, -np.inf)
    for where, part in _slices(factors):
        logs = scores.of(part) + scores.log_width
        peaks[where] = logs.max(axis=1)
        profile = np.maximum(profile, logs.max(axis=0))
    return peaks, profile


def _integrate(scores: _SetScores, factors: Factors) -> tuple[Floats, Floats]:
    """Posterior weights of the graphs, and the posterior of the unseen number."""
    evidence = np.empty(factors.edges.shape[0])
    pieces: list[tuple[float, Floats]] = []
    for where, part in _slices(factors):
        logs = scores.of(part) + scores.log_width
        evidence[where] = logsumexp(logs, axis=1)
        top = float(logs.max())
        pieces.append((top, np.exp(logs - top).sum(axis=0)))
    highest = max(top for top, _ in pieces)
    posterior = np.sum([np.exp(top - highest) * mass for top, mass in pieces], axis=0)
    return np.exp(evidence - logsumexp(evidence)), posterior / posterior.sum()


def _average_by_batch(scores: _SetScores, factors: Factors, visits: Floats) -> Floats:
    """Posterior of the unseen number in each batch of the chain, shape (batches, grid)."""
    batches = np.zeros((visits.shape[0], scores.unseen.size))
    for where, part in _slices(factors):
        logs = scores.of(part) + scores.log_width
        batches += visits[:, where] @ np.exp(logs - logsumexp(logs, axis=1, keepdims=True))
    return np.asarray(batches / batches.sum(axis=1, keepdims=True))


def _walk(scores: _SetScores, lists: int, seed: int) -> tuple[Factors, Floats]:
    """A Metropolis chain that adds or removes one edge at a time, among decomposable graphs.

    Returns the graphs visited after a tenth as burn-in, and visits (batches, graphs).
    """
    rng = np.random.default_rng(seed)
    pairs = pairs_of(lists)
    burn = _CHAIN // 10
    flips = rng.integers(len(pairs), size=_CHAIN + burn)
    luck = np.log(rng.random(_CHAIN + burn))
    known: dict[int, tuple[tuple[int, ...], tuple[int, ...], float] | None] = {}

    def look(edges: int) -> tuple[tuple[int, ...], tuple[int, ...], float] | None:
        if edges not in known:
            found = eliminate_one(edges, lists) if edges != (1 << len(pairs)) - 1 else None
            known[edges] = None if found is None else (*found, scores.evidence(*found))
        return known[edges]

    edges, current = 0, look(0)
    visits: dict[int, Floats] = {}
    for step in range(_CHAIN + burn):
        trial = edges ^ (1 << int(flips[step]))
        proposed = look(trial)
        if proposed and current and luck[step] < proposed[2] - current[2]:
            edges, current = trial, proposed
        if step >= burn:
            visits.setdefault(edges, np.zeros(_BATCHES))[(step - burn) * _BATCHES // _CHAIN] += 1
    seen = [(edge_bits, found) for edge_bits in visits if (found := known[edge_bits])]
    return (
        Factors(
            np.array([[(e >> k) & 1 == 1 for k in range(len(pairs))] for e, _ in seen]),
            np.array([f[0] for _, f in seen], dtype=np.int64),
            np.array([f[1] for _, f in seen], dtype=np.int64),
        ),
        np.stack([visits[e] for e, _ in seen], axis=1),
    )


def _heaviest(
    table: ListTable, factors: Factors, weights: Floats, most: int = 10
) -> tuple[WeightedGraph, ...]:
    pairs = pairs_of(len(table.names))
    order = np.argsort(-weights, kind="stable")[:most]
    return tuple(
        WeightedGraph(
            tuple(
                (table.names[pairs[k][0]], table.names[pairs[k][1]])
                for k in np.flatnonzero(factors.edges[i])
            ),
            float(weights[i]),
        )
        for i in order
    )


def _quantile(grid: Floats, mass: Floats, level: float) -> float:
    """Interpolated, since a grid point may stand for many whole numbers."""
    return float(np.interp(level, np.cumsum(mass) - mass / 2, grid))
