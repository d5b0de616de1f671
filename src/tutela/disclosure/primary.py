"""Primary rules: which cells are small, which are known anyway, and how low a hidden one can be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutela.disclosure.graph import CellGraph
from tutela.disclosure.policy import Policy


@dataclass(frozen=True)
class Sensitivity:
    """What the rules say about each cell of a graph (arrays over its cells)."""

    primary: np.ndarray
    """bool: the count is small and must be hidden."""
    known: np.ndarray
    """bool: the value is public whatever is hidden (a structural zero)."""
    lower: np.ndarray
    """int64: the least value that an attacker must allow for a hidden cell."""


def find_sensitive(graph: CellGraph, policy: Policy) -> Sensitivity:
    """Apply the threshold rule.

    Where ordinary zeros are hidden, a zero is a small count, and group disclosure (all of a group
    in one cell, the others zero) is covered with it: the zeros beside it are protected cells.
    Where all zeros are structural, whoever reads the table knows that hidden cells are at least 1.
    """
    zero = graph.value == 0
    known = zero if policy.zeros == "structural" else graph.impossible & zero
    primary = (graph.value < policy.threshold) & ~known
    lower = np.full(len(graph), 1 if policy.zeros == "structural" else 0, dtype=np.int64)
    return Sensitivity(primary=primary, known=known, lower=lower)
