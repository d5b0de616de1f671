"""Poisson log-linear fits of many samples and models at once, by Newton's method.

Every sample has its own active parameters and active cells; inactive ones are masked, so that
one batched solve serves all. Method: McCullagh and Nelder (1989), ch. 2.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutela.estimation.design import Bools, Design, Floats

MOST_STEPS = 100
_RIDGE = 1e-11
_HALVINGS = 30
_BATCH_FLOATS = 20_000_000
"""Gram matrices held at once (about 160 MB); larger jobs go in slices."""


@dataclass(frozen=True)
class Fits:
    """Results per sample: coefficients (samples, parameters), expected counts (samples, cells)
    with zero in inactive cells, log-likelihood up to a constant, and whether Newton settled."""

    coefficients: Floats
    expected: Floats
    log_likelihood: Floats
    converged: Bools


def fit(
    design: Design,
    counts: Floats,
    parameters: Bools,
    cells: Bools,
    start: Floats | None = None,
) -> Fits:
    """Fit each sample.

    Shapes: counts and cells (samples, cells), parameters and start (samples, parameters).
    The caller has checked that the estimates exist (`existence`).
    """
    size = max(1, _BATCH_FLOATS // design.parameters**2)
    parts = [
        _fit_slice(
            design,
            counts[i : i + size],
            parameters[i : i + size],
            cells[i : i + size],
            None if start is None else start[i : i + size],
        )
        for i in range(0, counts.shape[0], size)
    ]
    return Fits(
        np.concatenate([p.coefficients for p in parts]),
        np.concatenate([p.expected for p in parts]),
        np.concatenate([p.log_likelihood for p in parts]),
        np.concatenate([p.converged for p in parts]),
    )


def _fit_slice(
    design: Design, counts: Floats, parameters: Bools, cells: Bools, start: Floats | None
) -> Fits:
    samples = counts.shape[0]
    beta = np.where(parameters, _start(design, counts, parameters, cells, start), 0.0)
    likelihood = _likelihood(design, beta, counts, cells)
    converged = np.zeros(samples, dtype=bool)
    tolerance = 1e-9 * (1.0 + counts.sum(axis=1))
    running = np.arange(samples)
    for _ in range(MOST_STEPS):
        y, mask, params = counts[running], cells[running], parameters[running]
        mu = _expected(design, beta[running], mask)
        gradient = np.where(params, (np.where(mask, y, 0.0) - mu) @ design.matrix, 0.0)
        settled = np.abs(gradient).max(axis=1) <= tolerance[running]
        converged[running[settled]] = True
        if settled.all():
            break
        left = ~settled
        running, params, mu, gradient = running[left], params[left], mu[left], gradient[left]
        step = np.linalg.solve(_gram(design, mu, params), gradient[:, :, None])[:, :, 0]
        stalled = _advance(design, beta, likelihood, running, step, counts, cells)
        converged[running[stalled]] = np.abs(gradient[stalled]).max(axis=1, initial=0.0) <= (
            1e4 * tolerance[running[stalled]]
        )
        running = running[~stalled]
        if running.size == 0:
            break
    return Fits(beta, _expected(design, beta, cells), likelihood, converged)


def _start(
    design: Design, counts: Floats, parameters: Bools, cells: Bools, start: Floats | None
) -> Floats:
    if start is not None:
        return start
    weights = np.where(cells, counts + 0.5, 0.0)
    target = weights * np.log(np.maximum(counts + 0.5, 0.5))
    right = np.where(parameters, target @ design.matrix, 0.0)
    solved = np.linalg.solve(_gram(design, weights, parameters), right[:, :, None])
    return np.asarray(solved[:, :, 0])


def _gram(design: Design, weights: Floats, parameters: Bools) -> Floats:
    size = design.parameters
    gram = (weights @ design.outer).reshape(-1, size, size)
    gram *= parameters[:, :, None] & parameters[:, None, :]
    diagonal = np.arange(size)
    gram[:, diagonal, diagonal] += np.where(
        parameters, _RIDGE * (1.0 + gram[:, diagonal, diagonal]), 1.0
    )
    return np.asarray(gram)


def _expected(design: Design, beta: Floats, cells: Bools) -> Floats:
    return np.where(cells, np.exp(np.clip(beta @ design.matrix.T, -700.0, 700.0)), 0.0)


def _likelihood(design: Design, beta: Floats, counts: Floats, cells: Bools) -> Floats:
    eta = np.clip(beta @ design.matrix.T, -700.0, 700.0)
    terms = np.where(cells, counts * eta - np.exp(eta), 0.0)
    return np.asarray(terms.sum(axis=1))


def _advance(
    design: Design,
    beta: Floats,
    likelihood: Floats,
    running: np.ndarray[tuple[int], np.dtype[np.intp]],
    step: Floats,
    counts: Floats,
    cells: Bools,
) -> Bools:
    """Move along the Newton step, halved until the likelihood rises; returns who cannot move."""
    scale = np.ones(running.size)
    waiting = np.ones(running.size, dtype=bool)
    for _ in range(_HALVINGS):
        who = running[waiting]
        trial = beta[who] + scale[waiting, None] * step[waiting]
        value = _likelihood(design, trial, counts[who], cells[who])
        better = value > likelihood[who]
        beta[who[better]], likelihood[who[better]] = trial[better], value[better]
        waiting[np.flatnonzero(waiting)[better]] = False
        if not waiting.any():
            break
        scale[waiting] /= 2.0
    return waiting
