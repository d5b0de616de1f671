"""The search for one cell's proof: two whole-number tables, as near the starting one as can be."""

from __future__ import annotations

import numpy as np

from tutela.disclosure.columns import Neighbours, columns_of
from tutela.disclosure.graph import CellGraph
from tutela.disclosure.solver import Solver
from tutela.disclosure.sweep import sweep
from tutela.disclosure.witness import Witnesses, whole_change
from tutela.errors import SafetyBlock

#: Hidden cells around a cell in which its proof is looked for.
NEAR = 150
#: Insiders at a time to whom a proof is shown by leaving all their cells alone.
MANY = 8
NOTHING = np.zeros(0, dtype=np.int64)


class Search:
    """Looks for witnesses in a graph whose cells may fall by `room` below their starting value."""

    def __init__(self, graph: CellGraph, room: np.ndarray, rng: np.random.Generator) -> None:
        """`room`: float per cell; `rng` draws the sweeps' objectives."""
        self.sums = columns_of(graph.sums)
        self.near = Neighbours(graph.sums, graph.by_row)
        self.room, self.rng = room, rng
        self.solver = Solver()
        # A step to a linked release passes through the cell now, the cell then and the difference.
        self.stretch = 3 if len(graph.differences) else 1

    def sweep(self, hidden: np.ndarray, witnesses: Witnesses) -> None:
        """Prove what random objectives can."""
        singles = witnesses.singles()
        sweep(self.sums, self.near, hidden, self.room, witnesses, singles, self.rng)

    def around(self, cell: int, hidden: np.ndarray, size: int = NEAR) -> np.ndarray:
        """Ids (sorted) of about `size` hidden cells around `cell`, itself included."""
        return self.near.around(np.array([cell]), hidden, size * self.stretch)

    def answer_insiders(self, cell: int, hidden: np.ndarray, witnesses: Witnesses) -> bool:
        """Prove a covered `cell` to the insiders still open; say whether all are answered."""
        if len(witnesses.unresolved(cell)) > MANY:
            # The proof moves half the table: one that moves little leaves fewer to answer.
            self.widen(cell, self.around(cell, hidden), NOTHING, witnesses)
        insiders = witnesses.unresolved(cell)
        if not insiders:
            return True
        together = np.unique(np.concatenate(insiders))
        return self.widen(cell, self.around(cell, hidden), together, witnesses)

    def widen(self, cell: int, cells: np.ndarray, still: np.ndarray, witnesses: Witnesses) -> bool:
        """Look for a proof of `cell` that moves few of `cells` (sorted) and none of `still`."""
        cells = cells[~np.isin(cells, still) | (cells == cell)]
        matrix = self.sums.cut(cells)
        both = matrix.mirrored()
        n, here = len(cells), int(np.searchsorted(cells, cell))
        need = float(witnesses.protection)
        room = self.room[cells]
        reach = np.concatenate([np.full(n, 4 * need), np.minimum(room, 4 * need)])
        nothing_less = np.zeros(2 * n)
        found = [0]
        for sign in (1.0, -1.0):
            cost = np.full(2 * n, 1e-4)
            cost[here] -= sign
            cost[n + here] += sign
            upper = reach.copy()
            upper[here] = need if sign > 0 else 0.0
            upper[n + here] = 0.0 if sign > 0 else min(need, room[here])
            answer = (
                self.solver.minimise(cost, both, nothing_less, upper)
                if sign > 0
                else self.solver.again(cost, nothing_less, upper)
            )
            if answer is None:
                raise SafetyBlock("The search lost its own starting point; its result is void.")
            point = answer.point[:n] - answer.point[n:]
            change = whole_change(point, matrix, -room, np.full(n, np.inf))
            if change[here]:
                found.append(witnesses.add(cells, change))
                need -= abs(float(change[here]))
            if need <= 0:
                break
        if need > 0:
            return False
        witnesses.compare(found[-1], found[-2])
        return True

    def widen_whole(
        self, cell: int, cells: np.ndarray, still: np.ndarray, witnesses: Witnesses
    ) -> bool:
        """The same by integer programs, for cells to which linear ones give fractions only."""
        cells = cells[~np.isin(cells, still) | (cells == cell)]
        matrix = self.sums.cut(cells)
        n, here = len(cells), int(np.searchsorted(cells, cell))
        need = witnesses.protection
        room = np.minimum(self.room[cells], 4.0 * need)
        whole = np.ones(n, dtype=bool)
        for fall in range(int(min(room[here], need)), -1, -1):
            found = []
            for change in (-fall, need - fall):
                lower, upper = -room, np.full(n, 4.0 * need)
                lower[here] = upper[here] = change
                answer = (
                    self.solver.minimise(np.zeros(n), matrix, lower, upper, whole=whole)
                    if change
                    else None
                )
                if change and answer is None:
                    break
                point = np.zeros(n) if answer is None else answer.point
                found.append(whole_change(point, matrix, lower, upper))
            if len(found) == 2 and found[1][here] - found[0][here] >= need:
                tables = [witnesses.add(cells, change) for change in found]
                witnesses.compare(*tables)
                return True
        return False
