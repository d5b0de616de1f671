"""The log odds that a pair is one person: by the model, calibrated, known pairs first."""

from __future__ import annotations

import numpy as np

from tutela.linkage.calibration import Calibration
from tutela.linkage.cluster import Score
from tutela.linkage.compare import Comparison
from tutela.linkage.known import Known
from tutela.linkage.model import Floats, Model
from tutela.linkage.table import Ints

#: Log odds beyond these come from a known link or parting, not from comparison.
KNOWN = 1e5
_CHUNK = 1 << 19


def calibrated(calibration: Calibration | None, log_odds: Floats) -> Floats:
    """Calibrated log odds; those of known pairs stay as they are."""
    if calibration is None:
        return log_odds
    return np.where(np.abs(log_odds) > KNOWN, log_odds, calibration(log_odds))


def scorer(
    comparison: Comparison, model: Model, known: Known, calibration: Calibration | None = None
) -> Score:
    """The log odds of any pairs of the table, known ones included."""

    def score(i: Ints, j: Ints) -> Floats:
        pieces = [np.zeros(0)]
        for start in range(0, len(i), _CHUNK):
            part = slice(start, start + _CHUNK)
            pieces.append(model.log_odds(comparison.levels(i[part], j[part])))
        return known.weigh(i, j, calibrated(calibration, np.concatenate(pieces)))

    return score
