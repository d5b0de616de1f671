"""From the model's log odds of a pair to log odds that mean what they say.

The model takes its fields for independent, which they are not; its probabilities are therefore too
sure. A calibration is a rising function of the log odds, fitted on pairs whose truth is known: by
logistic regression (Platt 2000) or by isotonic regression (Zadrozny and Elkan 2002). Which is
taken, and why, stands in docs/linkage.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression
from scipy.special import expit

from tutela.errors import InputRefused

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

METHODS = ("logistic", "isotonic")
#: A calibration never claims more than these log odds (p = .9999), either way.
MOST = 9.2
#: Weight, in pairs, of the belief that the model is right as it stands.
_PRIOR_PAIRS = 4.0
_ROUNDS = 100
#: Log odds beyond these say no more than these.
_FAR = 15.0


@dataclass(frozen=True)
class Calibration:
    """A rising function through points: log odds `raw` of the model become `calibrated`.

    Between points it is straight; beyond them it goes on with the slope of the outer points
    (logistic) or stays level but for a thousandth (isotonic), so that no order is lost.
    """

    method: str
    raw: Floats
    calibrated: Floats

    def __call__(self, log_odds: Floats) -> Floats:
        """Calibrated log odds of any shape, between -MOST and MOST."""
        x, y = self.raw, self.calibrated
        inner = np.interp(log_odds, x, y)
        slope = (y[-1] - y[0]) / (x[-1] - x[0]) if self.method == "logistic" else 1e-3
        beyond = np.maximum(log_odds - x[-1], 0.0) - np.maximum(x[0] - log_odds, 0.0)
        return np.asarray(np.clip(inner + slope * beyond, -MOST, MOST))

    def as_dict(self) -> dict[str, Any]:
        """The calibration as plain data."""
        return {
            "method": self.method,
            "raw": [round(float(v), 4) for v in self.raw],
            "calibrated": [round(float(v), 4) for v in self.calibrated],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Calibration:
        """The calibration that `as_dict` wrote; InputRefused where it does not rise."""
        raw, calibrated = np.array(data["raw"], float), np.array(data["calibrated"], float)
        if len(raw) < 2 or (np.diff(raw) <= 0).any() or (np.diff(calibrated) < 0).any():
            raise InputRefused(
                "A calibration must rise.", remedy="Link the store again, with its planted records."
            )
        return cls(str(data["method"]), raw, calibrated)


def fit(log_odds: Floats, same: Bools, weight: Floats, method: str = "logistic") -> Calibration:
    """A calibration from pairs of known truth; `weight` is how many pairs each stands for.

    All three have one length. Where all pairs are of one kind the logistic curve stays near the
    model. Raises InputRefused without any pair.
    """
    if not len(log_odds):
        raise InputRefused(
            "Calibration needs pairs of known truth.",
            remedy="Plant more records (`tutela calibration plant --children`).",
        )
    return (
        _isotonic(log_odds, same, weight)
        if method == "isotonic"
        else _logistic(log_odds, same, weight)
    )


def _logistic(x: Floats, same: Bools, weight: Floats) -> Calibration:
    """Weighted logistic regression by Newton's method, drawn a little towards the model itself."""
    x = np.clip(x, -_FAR, _FAR)
    centre = float(np.average(x, weights=weight))
    scaled = weight * (len(x) / weight.sum())
    design = np.stack([np.ones_like(x), x - centre], axis=1)
    believed = np.array([centre, 1.0])
    pull = 0.25 * _PRIOR_PAIRS * np.ones(2)

    def loss(beta: Floats) -> float:
        odds = design @ beta
        likely = scaled @ np.logaddexp(0.0, np.where(same, -odds, odds))
        return float(likely + 0.5 * pull @ (beta - believed) ** 2)

    beta, now = believed, loss(believed)
    for _ in range(_ROUNDS):
        p = expit(design @ beta)
        gradient = design.T @ (scaled * (p - same)) + pull * (beta - believed)
        hessian = (design.T * (scaled * p * (1 - p))) @ design + np.diag(pull)
        step = np.linalg.solve(hessian, gradient)
        share = 1.0
        while loss(beta - share * step) > now and share > 1e-6:
            share /= 2
        beta = beta - share * step
        before, now = now, loss(beta)
        if before - now < 1e-9 * abs(before):
            break
    slope = max(float(beta[1]), 0.05)
    points = np.array([-8.0, 20.0])
    return Calibration("logistic", points, float(beta[0]) + slope * (points - centre))


def _isotonic(x: Floats, same: Bools, weight: Floats) -> Calibration:
    """Weighted isotonic regression; each level is one point at the mean of its log odds."""
    order = np.argsort(x, kind="stable")
    x, y, w = x[order], same[order].astype(float), weight[order]
    fitted = np.asarray(isotonic_regression(y, weights=w).x)
    level = np.concatenate([[0], np.cumsum(np.diff(fitted) > 0)])
    total = np.bincount(level, weights=w)
    at = np.bincount(level, weights=w * x) / total
    # A level of few pairs may not claim certainty: half a pair of either kind is added.
    unit = w.mean()
    p = (np.bincount(level, weights=w * y) + 0.5 * unit) / (total + unit)
    p = np.maximum.accumulate(p)
    rising = np.concatenate([[True], np.diff(at) > 1e-9])
    at, odds = at[rising], np.log(p / (1 - p))[rising]
    if len(at) < 2:
        at, odds = np.array([at[0] - 1, at[0]]), np.array([odds[0], odds[0]])
    return Calibration("isotonic", at, odds)


def log_loss(log_odds: Floats, same: Bools, weight: Floats) -> float:
    """Mean weighted negative log likelihood (nats per pair) of calibrated log odds."""
    signed = np.where(same, -log_odds, log_odds)
    return float(np.average(np.logaddexp(0.0, signed), weights=weight))


@dataclass(frozen=True)
class Reliability:
    """A bin of a reliability diagram: probability claimed and share found true, and pairs behind
    it: `pairs` of known truth, `stands_for` pairs of the table."""

    claimed: float
    found: float
    pairs: int
    stands_for: float

    def as_dict(self) -> dict[str, float]:
        """The bin as plain data."""
        return {
            "claimed": round(self.claimed, 4),
            "found": round(self.found, 4),
            "pairs": self.pairs,
            "stands_for": round(self.stands_for, 1),
        }


#: Edges of the bins of a reliability diagram.
BINS = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98, 1.0)


def reliability(p: Floats, same: Bools, weight: Floats) -> list[Reliability]:
    """Claimed and found by bin of probability; pairs under the first edge are left out."""
    bins = []
    where = np.searchsorted(np.array(BINS), p, side="right")
    where = np.minimum(where, len(BINS) - 1)
    for number in range(1, len(BINS)):
        mine = where == number
        total = float(weight[mine].sum())
        if total <= 0:
            continue
        bins.append(
            Reliability(
                float(np.average(p[mine], weights=weight[mine])),
                float(np.average(same[mine], weights=weight[mine])),
                int(mine.sum()),
                total,
            )
        )
    return bins


def expected_error(bins: list[Reliability]) -> float:
    """Expected calibration error: mean distance of claimed and found, by pairs stood for."""
    total = sum(b.stands_for for b in bins)
    return sum(abs(b.claimed - b.found) * b.stands_for for b in bins) / total if total else 0.0
