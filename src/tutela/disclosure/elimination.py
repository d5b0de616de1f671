"""Exact elimination: show cell after cell, dearest first, unless a small count follows from it.

Every cell is a sum of leaf cells. What is shown spans a space of such sums; a hidden cell can be
told exactly when its own sum lies in that space. Elimination runs modulo 2, where a sum of leaf
cells is one long bit mask and a step one exclusive or, so that even large tables take seconds. What
the modulus 2 overlooks (a count told through a half), as all that concerns widths, is left to the
linear programs that follow and to the audit. The greedy order is that of G. Langsrud's Gaussian
elimination (Privacy in Statistical Databases, 2024).
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from tutela.disclosure.graph import CellGraph


def eliminate(
    graph: CellGraph,
    known: np.ndarray,
    primary: np.ndarray,
    hidden: np.ndarray,
    order: np.ndarray,
    singles: np.ndarray,
) -> np.ndarray:
    """Return bool per cell: hidden once every cell of `order` was shown that could be.

    `known` cells are public zeros, `hidden` ones stay hidden, `order` lists the cells to show, the
    most wanted first. Cells in neither are shown for certain. `singles` are ids of cells whose one
    contributor knows them: no primary cell may follow from what is shown and one of them.
    """
    vector, equations = cell_vectors(graph, known)
    sure = ~hidden & ~known
    sure[order] = False
    queue = [*range(len(graph), len(graph) + len(equations)), *np.flatnonzero(sure).tolist()]
    certain = len(queue)
    queue += order.tolist()
    watched = np.flatnonzero(primary | hidden)
    watched = watched[primary[watched] | np.isin(watched, singles)].tolist()
    work = _Elimination(vector + equations, queue, watched, primary, singles)
    result = hidden.copy()
    for turn, cell in enumerate(queue):
        if not work.show(cell, certain=turn < certain):
            result[cell] = True
    return result


def cell_vectors(graph: CellGraph, known: np.ndarray) -> tuple[list[int], list[int]]:
    """Each cell as a bit mask of leaf cells, and equations (masks that sum to 0) between leaves.

    Equations arise where linked tables split the same cell in two ways.
    """
    by_row = graph.by_row
    parents = np.full(by_row.shape[0], -1)
    rows, columns = by_row.nonzero()
    real = graph.since[columns] < 0
    differences = np.unique(rows[~real])
    below = np.asarray(by_row[rows, columns]).ravel() < 0
    parents[rows[below & real]] = columns[below & real]
    parents[differences] = -1
    leaf = np.ones(len(graph), dtype=bool)
    leaf[parents[parents >= 0]] = False
    leaf &= (graph.since < 0) & ~known
    vector: list[int] = [0] * len(graph)
    for bit, cell in enumerate(np.flatnonzero(leaf).tolist()):
        vector[cell] = 1 << bit
    equations: list[int] = []
    usable = np.flatnonzero(parents >= 0)
    done = np.zeros(len(graph), dtype=bool)
    for row in usable[np.argsort(-graph.depth[parents[usable]], kind="stable")].tolist():
        parent = int(parents[row])
        mask = 0
        for cell in by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]].tolist():
            if cell != parent:
                mask ^= vector[cell]
        if not done[parent]:
            vector[parent], done[parent] = mask, True
        elif vector[parent] != mask:
            equations.append(vector[parent] ^ mask)
    for row in differences.tolist():
        cells = by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]].tolist()
        last = next(cell for cell in cells if graph.since[cell] >= 0)
        for cell in cells:
            if cell != last:
                vector[last] ^= vector[cell]
    return vector, equations


class _Elimination:
    """The vectors that still matter, reduced by all that is shown so far."""

    def __init__(
        self,
        vector: list[int],
        queue: list[int],
        watched: list[int],
        primary: np.ndarray,
        singles: np.ndarray,
    ) -> None:
        self.vector = vector
        self.single = {int(c) for c in singles}
        self.primary = {c for c in watched if primary[c]}
        self.small = Counter(vector[c] for c in self.primary)
        self.own = Counter(vector[c] for c in self.single)
        self.holders: dict[int, set[int]] = {}
        for cell in {*queue, *watched}:
            for bit in _bits(vector[cell]):
                self.holders.setdefault(bit, set()).add(cell)

    def show(self, cell: int, *, certain: bool) -> bool:
        """Show `cell` unless a watched one would follow; say whether it is shown."""
        shown = self.vector[cell]
        bits = _bits(shown)
        watched = cell in self.primary or cell in self.single
        if not watched:
            for bit in bits:
                self.holders[bit].discard(cell)
        if not shown:
            return True
        if not certain and self._betrays(shown, bits):
            return False
        pivot = min(bits, key=lambda bit: len(self.holders[bit]))
        for other in list(self.holders[pivot]):
            before = self.vector[other]
            after = before ^ shown
            self.vector[other] = after
            if other in self.primary:
                self.small[before] -= 1
                self.small[after] += 1
            if other in self.single:
                self.own[before] -= 1
                self.own[after] += 1
            for bit in bits:
                holders = self.holders[bit]
                if other in holders:
                    holders.discard(other)
                else:
                    holders.add(other)
        return True

    def _betrays(self, shown: int, bits: list[int]) -> bool:
        if self.small[shown] > 0:
            return True
        if not self.single:
            return False
        # One of the two holds any given bit of what is shown, the other its complement.
        bit = min(bits, key=lambda bit: len(self.holders[bit]))
        for cell in self.holders[bit]:
            rest = self.vector[cell] ^ shown
            same = int(rest == self.vector[cell])
            if cell in self.primary and self.own[rest] > same * (cell in self.single):
                return True
            if cell in self.single and self.small[rest] > same * (cell in self.primary):
                return True
        return False


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
