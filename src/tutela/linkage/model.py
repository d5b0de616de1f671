"""The Fellegi-Sunter model, estimated by EM on counts of comparison patterns.

Fellegi and Sunter (1969); EM by Winkler (1988). The chances u of each level among non-matches come
from random pairs of the table and stay fixed: left free they drift as tables grow. The share of
matches refers to all pairs of the table, so that a larger table asks for more agreement. A missing
value says nothing either way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutela.errors import InputRefused
from tutela.linkage.compare import Comparison, Feature, Levels

Floats = npt.NDArray[np.float64]

RANDOM_PAIRS = 400_000
ROUNDS = 60
_SMOOTH = 0.5
_SETTLED = 1e-7
#: No single field may carry more than this (natural logarithm), either way.
MOST_WEIGHT = 11.0


@dataclass(frozen=True)
class Patterns:
    """Distinct rows of levels and how many candidate pairs show each."""

    levels: Levels
    counts: Floats


@dataclass(frozen=True)
class Model:
    """Weights by feature and level (natural logarithm of m/u), and the prior log odds of a pair
    taken at random from the table."""

    features: tuple[Feature, ...]
    weights: tuple[Floats, ...]
    prior: float
    rounds: int

    def log_odds(self, levels: Levels) -> Floats:
        """Posterior log odds of pairs, from their levels (pairs, features)."""
        total = np.full(len(levels), self.prior)
        for column, weights in enumerate(self.weights):
            total += weights[levels[:, column]]
        return total

    def as_dict(self) -> dict[str, Any]:
        """The model as plain data, for `model.json`."""
        return {
            "prior_log_odds": self.prior,
            "rounds": self.rounds,
            "weights": {
                feature.name: [round(float(w), 6) for w in weights]
                for feature, weights in zip(self.features, self.weights, strict=True)
            },
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Model:
        """The model that `as_dict` wrote."""
        weights = {name: np.array(values) for name, values in data["weights"].items()}
        return cls(
            tuple(Feature(name, len(values)) for name, values in weights.items()),
            tuple(weights.values()),
            float(data["prior_log_odds"]),
            int(data["rounds"]),
        )

    @classmethod
    def read(cls, path: Path) -> Model:
        """The model in a file; raises InputRefused where there is none."""
        try:
            return cls.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputRefused(
                f"{path} is no model: {error}", remedy="Make one with --save-model."
            ) from error


def probability(log_odds: Floats) -> Floats:
    """Log odds as probability."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -700, 700))))


def count_patterns(chunks: Iterable[Levels], features: tuple[Feature, ...]) -> Patterns:
    """Count the distinct rows over chunks of levels."""
    sizes = np.array([f.levels for f in features], dtype=np.int64)
    place = np.concatenate([[1], np.cumprod(sizes[:-1])])
    keys: list[npt.NDArray[np.int64]] = []
    counts: list[npt.NDArray[np.int64]] = []
    for levels in chunks:
        found, number = np.unique(levels.astype(np.int64) @ place, return_counts=True)
        keys.append(found)
        counts.append(number)
    if not keys:
        return Patterns(np.zeros((0, len(features)), np.uint8), np.zeros(0))
    every, where = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.bincount(where, weights=np.concatenate(counts)).astype(np.float64)
    return Patterns(((every[:, None] // place) % sizes).astype(np.uint8), total)


def random_chances(comparison: Comparison, seed: int = 0) -> tuple[Floats, ...]:
    """The chance u of each level among random pairs, given that no side is missing."""
    rng = np.random.default_rng(seed)
    rows = comparison.table.rows
    i = rng.integers(rows, size=RANDOM_PAIRS, dtype=np.int32)
    j = rng.integers(rows, size=RANDOM_PAIRS, dtype=np.int32)
    apart = i != j
    levels = comparison.levels(i[apart], j[apart])
    return tuple(
        _chances(np.bincount(levels[:, c], minlength=f.levels).astype(np.float64))
        for c, f in enumerate(comparison.features)
    )


def _chances(counts: npt.NDArray[np.number]) -> Floats:
    known = counts[1:] + _SMOOTH
    return np.concatenate([[1.0], known / known.sum()])


def train(comparison: Comparison, patterns: Patterns, *, seed: int = 0) -> Model:
    """Estimate the model from the candidate pairs' patterns."""
    features = comparison.features
    u = random_chances(comparison, seed)
    m = tuple(_first_guess(f) for f in features)
    rows = comparison.table.rows
    every_pair = max(rows * (rows - 1) / 2, 1.0)
    matches = max(rows * 0.5, 1.0)
    rounds = 0
    weights = _weights(m, u)
    prior = _prior(matches, every_pair)
    for _ in range(ROUNDS):
        rounds += 1
        odds = np.full(len(patterns.counts), prior)
        for column, w in enumerate(weights):
            odds += w[patterns.levels[:, column]]
        share = probability(odds) * patterns.counts
        m = tuple(
            _chances(np.bincount(patterns.levels[:, c], weights=share, minlength=f.levels))
            for c, f in enumerate(features)
        )
        found = max(float(share.sum()), 1.0)
        weights, prior = _weights(m, u), _prior(found, every_pair)
        if abs(found - matches) <= _SETTLED * every_pair**0.5:
            break
        matches = found
    return Model(features, weights, prior, rounds)


def _prior(matches: float, pairs: float) -> float:
    share = min(matches / pairs, 0.5)
    return float(np.log(share / (1.0 - share)))


def _weights(m: tuple[Floats, ...], u: tuple[Floats, ...]) -> tuple[Floats, ...]:
    found = []
    for mine, theirs in zip(m, u, strict=True):
        weight = np.clip(np.log(mine / theirs), -MOST_WEIGHT, MOST_WEIGHT)
        weight[0] = 0.0
        found.append(weight)
    return tuple(found)


def _first_guess(feature: Feature) -> Floats:
    """Higher levels are agreement: chances that double from level to level."""
    rising = 2.0 ** np.arange(feature.levels - 1)
    return np.concatenate([[1.0], rising / rising.sum()])
