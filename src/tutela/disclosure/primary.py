"""Primary rules: which cells are small, which are known anyway, and what attackers can assume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tutela.disclosure.attackers import all_views
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
    """int64: the greatest lower bound that any attacker has for a hidden cell."""
    insiders: list[np.ndarray]
    """Per insider, ids of the cells whose value they know of their own."""

    @property
    def singles(self) -> np.ndarray:
        """Ids of all cells that some insider knows."""
        if not self.insiders:
            return np.zeros(0, dtype=np.int64)
        return np.unique(np.concatenate(self.insiders))


def find_sensitive(graph: CellGraph, policy: Policy) -> Sensitivity:
    """Apply the threshold rule.

    Where ordinary zeros are hidden, a zero is a small count, and group disclosure (all of a group
    in one cell, the others zero) is covered with it: the zeros beside it are protected cells.
    Where all zeros are structural, whoever reads the table knows that hidden cells are at least 1.
    A count is small as well when it is small without what one contributor, or a publication of one,
    accounts for. A difference between two releases is small unless it is 0. What an earlier release
    shows cannot be hidden any more.
    """
    known = known_zeros(graph, policy)
    size = np.where(graph.since >= 0, np.abs(graph.value), graph.value)
    primary = (size < policy.threshold) & ~known & ~((graph.since >= 0) & (size == 0))
    for counts in (*graph.holdings.values(), *graph.announced.values()):
        rest = graph.value - counts
        primary |= (counts > 0) & (rest > 0) & (rest < policy.threshold) & (graph.since < 0)
    views = all_views(graph, policy)
    lower = views[0].lower
    for view in views[1:]:
        lower = np.maximum(lower, view.lower)
    return Sensitivity(
        primary=primary & ~graph.frozen,
        known=known,
        lower=lower,
        insiders=[with_consequences(graph, known, v.known) for v in views if len(v.known)],
    )


def with_consequences(graph: CellGraph, known: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The cells (ids) that follow from `own` and known zeros alone, whatever is published.

    The one contributor to a cell knows the margin as well whose other parts cannot occur.
    """
    found = set(own.tolist())
    columns, rows = graph.sums, graph.by_row
    queue = list(found)
    while queue:
        cell = queue.pop()
        for row in columns.indices[columns.indptr[cell] : columns.indptr[cell + 1]].tolist():
            line = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
            left = [c for c in line[~known[line]].tolist() if c not in found]
            if len(left) == 1:
                found.add(left[0])
                queue.append(left[0])
    return np.array(sorted(found), dtype=np.int64)


def known_zeros(graph: CellGraph, policy: Policy) -> np.ndarray:
    """Bool per cell: a zero that everybody knows."""
    zero: np.ndarray = (graph.value == 0) & graph.told & (graph.since < 0)
    return zero if policy.zeros == "structural" else graph.impossible & zero
