"""The model of record linkage: how likely each pattern of agreement is for one person and for two.

Fellegi and Sunter (1969), with classes of pairs (mixture.py) estimated by EM (Winkler 1988) on a
weighted sample that stands for all pairs of the table (sample.py), so that a larger table asks for
more agreement. A missing value says nothing either way.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tutela.errors import InputRefused
from tutela.linkage.agreement import odds_of_levels
from tutela.linkage.block import Blocks
from tutela.linkage.compare import Compared, Comparison, Feature, Levels
from tutela.linkage.mixture import SAME, estimate, starts_of
from tutela.linkage.sample import draw_patterns

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """`chances` of each level (all features one after another) in each class of pairs, `shares` of
    the classes among all pairs of the table; the first class is one person, the others are two."""

    features: tuple[Feature, ...]
    chances: Floats
    shares: Floats
    rounds: int

    @property
    def prior(self) -> float:
        """Log odds that a pair taken at random from the table is one person."""
        same = float(self.shares[SAME])
        return float(np.log(same / (1.0 - same)))

    def log_odds(self, levels: Levels) -> Floats:
        """Posterior log odds of pairs, from their levels (pairs, features)."""
        out = np.empty(len(levels))
        odds_of_levels(np.ascontiguousarray(levels), self._starts, self.chances, self.shares, out)
        return out

    def contributions(self, levels: Levels) -> Floats:
        """What each feature adds to the log odds when taken up one after another, shape (pairs,
        features); with the prior they sum to `log_odds`. Kinship makes the order matter: what
        a shared mother adds depends on the names before her."""
        shown = np.zeros_like(levels)
        before = np.full(len(levels), self.prior)
        columns = []
        for feature in range(levels.shape[1]):
            shown[:, feature] = levels[:, feature]
            after = self.log_odds(shown)
            columns.append(after - before)
            before = after
        return np.stack(columns, axis=1) if columns else np.zeros((len(levels), 0))

    @property
    def weights(self) -> tuple[Floats, ...]:
        """Each feature taken alone: natural logarithm of m/u by level, 0 where missing."""
        others = self.shares[SAME + 1 :]
        theirs = self.chances[:, SAME + 1 :] @ (others / others.sum())
        return tuple(np.split(np.log(self.chances[:, SAME] / theirs), self._starts[1:]))

    def fitted(self, features: tuple[Feature, ...]) -> Model:
        """The model for a comparison of these features; what it does not know says nothing.

        Raises InputRefused where it was made for other levels of agreement.
        """
        pieces = np.split(self.chances, self._starts[1:])
        known = {f.name: piece for f, piece in zip(self.features, pieces, strict=True)}
        wrong = [f.name for f in features if len(known.get(f.name, ())) not in (0, f.levels)]
        if wrong:
            raise InputRefused(
                f"The model has other levels of agreement for {', '.join(wrong)}.",
                remedy="Make a new model with this version of Tutela.",
            )
        classes = len(self.shares)
        chances = [known.get(f.name, np.ones((f.levels, classes))) for f in features]
        together = np.concatenate(chances) if chances else np.ones((0, classes))
        return replace(self, features=features, chances=together)

    @cached_property
    def _starts(self) -> npt.NDArray[np.int32]:
        return starts_of(self.features)

    def as_dict(self) -> dict[str, Any]:
        """The model as plain data, for `model.json`."""
        pieces = np.split(self.chances, self._starts[1:])
        return {
            "format": "tutela-linkage-model-2",
            "rounds": self.rounds,
            "shares": [float(f"{share:.9e}") for share in self.shares],
            "chances": {
                feature.name: {
                    "kind": str(feature.kind),
                    "levels": [[float(f"{c:.6e}") for c in level] for level in piece],
                }
                for feature, piece in zip(self.features, pieces, strict=True)
            },
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Model:
        """The model that `as_dict` wrote."""
        features = data["chances"].items()
        return cls(
            tuple(
                Feature(name, len(found["levels"]), Compared(found["kind"]))
                for name, found in features
            ),
            np.concatenate([np.array(found["levels"], np.float64) for _, found in features]),
            np.array(data["shares"], np.float64),
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


def train(comparison: Comparison, blocks: Blocks, *, seed: int = 0) -> Model:
    """Estimate the model from a sample of the table's pairs."""
    patterns = draw_patterns(comparison, blocks, seed)
    classes = estimate(comparison.features, patterns, comparison.table.rows)
    rounds = sum(len(stage) for stage in classes.fits)
    return Model(comparison.features, classes.chances, classes.shares, rounds)
