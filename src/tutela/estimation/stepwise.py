"""Forward choice of two-list effects, for many samples at once.

Chan, Silverman and Vincent (2021), section 3: start from the main effects; for each pair compare
the observed overlap with its Poisson expectation under the present model; add the pair with the
smallest tail probability, if that is below the threshold and the larger model's estimate exists.
A pair without any overlap has an effect of minus infinity: its cells leave the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import pdtr, pdtrc

from tutela.estimation.design import Bools, Design, Floats
from tutela.estimation.existence import ExistenceCheck
from tutela.estimation.poisson import Fits, fit

THRESHOLD = 0.02
"""The published method's tail probability below which a pair enters."""


@dataclass(frozen=True)
class Choice:
    """The model of each sample: total estimates (samples,), pairs in it (samples, pairs), which of
    those are at minus infinity, the parameters and cells of the final fit, and the fits."""

    totals: Floats
    pairs: Bools
    infinite: Bools
    parameters: Bools
    cells: Bools
    fits: Fits


def choose(
    design: Design,
    counts: Floats,
    *,
    threshold: float = THRESHOLD,
    check: ExistenceCheck | None = None,
    fixed: Bools | None = None,
) -> Choice:
    """Choose and fit a model for every row of `counts` (samples, cells).

    `fixed` (pairs,) replaces the choice by one given set of pairs. A total is infinite where not
    even the main effects can be estimated.
    """
    check = check or ExistenceCheck(design)
    state = _State(design, counts, check)
    state.refit(np.flatnonzero(state.possible))
    if fixed is not None:
        state.impose(fixed)
    else:
        while state.add_best(threshold):
            pass
    totals = counts.sum(axis=1) + np.where(
        state.possible, np.exp(np.clip(state.coefficients[:, 0], -700.0, 700.0)), np.inf
    )
    fits = Fits(state.coefficients, state.expected, state.likelihood, state.converged)
    return Choice(totals, state.pairs, state.infinite, state.parameters, state.cells, fits)


class _State:
    """The models of all samples as they grow."""

    def __init__(self, design: Design, counts: Floats, check: ExistenceCheck) -> None:
        samples = counts.shape[0]
        self.design, self.counts, self.check = design, counts, check
        self.overlaps = counts @ design.contains.astype(np.float64)
        self.pairs = np.zeros((samples, len(design.pairs)), dtype=bool)
        self.infinite = np.zeros_like(self.pairs)
        self.parameters = np.zeros((samples, design.parameters), dtype=bool)
        self.cells = np.ones(counts.shape, dtype=bool)
        # A list that a sample does not hold at all leaves its table: main effect minus infinity.
        sizes = counts @ design.matrix[:, 1 : 1 + design.lists]
        self.parameters[:, 0] = True
        self.parameters[:, 1 : 1 + design.lists] = sizes > 0
        for i in range(design.lists):
            self.cells[np.ix_(sizes[:, i] == 0, design.matrix[:, 1 + i] > 0)] = False
        self.possible = check.holds(counts, self.parameters, self.cells)
        self.running = self.possible.copy()
        self.coefficients = np.zeros((samples, design.parameters))
        self.expected = np.zeros(counts.shape)
        self.likelihood = np.full(samples, np.nan)
        self.converged = np.zeros(samples, dtype=bool)

    def refit(self, who: np.ndarray[tuple[int], np.dtype[np.intp]], *, warm: bool = False) -> None:
        if who.size == 0:
            return
        start = self.coefficients[who] if warm else None
        done = fit(self.design, self.counts[who], self.parameters[who], self.cells[who], start)
        self.coefficients[who], self.expected[who] = done.coefficients, done.expected
        self.likelihood[who], self.converged[who] = done.log_likelihood, done.converged

    def impose(self, fixed: Bools) -> None:
        """Give every sample the same pairs; samples in which that cannot be fitted lose them."""
        who = np.flatnonzero(self.possible)
        parameters, cells, infinite = self._with_pairs(who, np.tile(fixed, (who.size, 1)))
        holds = self.check.holds(self.counts[who], parameters, cells)
        self.possible[who[~holds]] = False
        kept = who[holds]
        self.parameters[kept], self.cells[kept] = parameters[holds], cells[holds]
        self.pairs[kept], self.infinite[kept] = fixed, infinite[holds]
        self.refit(kept)

    def _with_pairs(
        self, who: np.ndarray[tuple[int], np.dtype[np.intp]], added: Bools
    ) -> tuple[Bools, Bools, Bools]:
        """Parameters, cells and infinite pairs of samples `who` with pairs `added` (who, pairs)."""
        parameters, cells = self.parameters[who].copy(), self.cells[who].copy()
        empty = added & (self.overlaps[who] == 0)
        first = 1 + self.design.lists
        parameters[:, first:] |= added & ~empty
        cells &= (empty.astype(np.float64) @ self.design.contains.T.astype(np.float64)) == 0
        return parameters, cells, empty

    def add_best(self, threshold: float) -> bool:
        """One step for every sample still running; False when all have stopped."""
        who = np.flatnonzero(self.running)
        if who.size == 0 or not self.design.pairs:
            return False
        observed = self.overlaps[who]
        expected = self.expected[who] @ self.design.contains.astype(np.float64)
        tails = np.minimum(
            pdtr(observed, expected), np.where(observed > 0, pdtrc(observed - 1, expected), 1.0)
        )
        tails[self.pairs[who]] = 1.0
        # Where tails underflow alike, the larger standardised residual goes first, so that the
        # order of the lists does not decide.
        residual = np.abs(observed - expected) / np.sqrt(np.maximum(expected, 1e-300))
        accepted = np.full(who.size, -1)
        open_ = np.ones(who.size, dtype=bool)
        while open_.any():
            left = np.flatnonzero(open_)
            best = np.lexsort((-residual[left], tails[left]), axis=1)[:, 0]
            below = tails[left, best] < threshold
            open_[left[~below]] = False
            left, best = left[below], best[below]
            if left.size == 0:
                break
            added = np.zeros((left.size, len(self.design.pairs)), dtype=bool)
            added[np.arange(left.size), best] = True
            parameters, cells, infinite = self._with_pairs(who[left], added)
            holds = self.check.holds(self.counts[who[left]], parameters, cells)
            tails[left[~holds], best[~holds]] = 1.0
            taken = who[left[holds]]
            self.parameters[taken], self.cells[taken] = parameters[holds], cells[holds]
            self.pairs[taken] |= added[holds]
            self.infinite[taken] |= infinite[holds]
            accepted[left[holds]] = best[holds]
            open_[left[holds]] = False
        self.running[who[accepted < 0]] = False
        self.refit(who[accepted >= 0], warm=True)
        return bool((accepted >= 0).any())
