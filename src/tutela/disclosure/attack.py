"""The attack on hidden cells: how far apart can their values be, given all that is shown?

Answers with whole-number tables: a cell counts as safe only when two tables of whole numbers that
agree with everything shown lie far enough apart in it. Bounds come from linear programs over the
cell's whole component, and narrow cases from integer programs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from tutela.disclosure.solver import Solver
from tutela.errors import SafetyBlock

#: Hidden cells around a target that are tried before its whole component.
SIZES = (100, 500)
ROUNDING = 1e-6


@dataclass
class Findings:
    """What an attack found for each target (ids of cells in the order given)."""

    targets: np.ndarray
    safe: np.ndarray
    """bool: two feasible tables differ by the protection or more."""
    low: np.ndarray
    """Least value found or proven (int64); for unsafe cells the proven bound."""
    high: np.ndarray
    pairs: list[tuple[int, int]]
    """Per target, the two tables (indices into `tables`) that are furthest apart in it."""
    tables: list[tuple[np.ndarray, np.ndarray]] = field(repr=False)
    """Feasible tables as (cell ids, change from the starting table)."""

    @property
    def unsafe(self) -> np.ndarray:
        """Ids of the targets that can be bounded too tightly."""
        found: np.ndarray = self.targets[~self.safe]
        return found

    @property
    def exact(self) -> np.ndarray:
        """Ids of the targets whose value can be told exactly."""
        found: np.ndarray = self.targets[~self.safe & (self.low == self.high)]
        return found


class Attack:
    """One attacker's view of a graph: the cells unknown to them, and what they may assume."""

    def __init__(
        self,
        sums: sparse.csc_matrix,
        start: np.ndarray,
        hidden: np.ndarray,
        lower: np.ndarray,
        solver: Solver | None = None,
    ) -> None:
        """Set up the attack.

        sums: rows × cells, sums @ x = 0 for every feasible x. start: one feasible table, int64 per
        cell (at the centre the true one). hidden: bool per cell. lower: least value per cell.
        """
        self.ids = np.flatnonzero(hidden)
        self.place = np.full(sums.shape[1], -1)
        self.place[self.ids] = np.arange(len(self.ids))
        columns = sums[:, self.ids].tocsr()
        self.matrix = columns[np.diff(columns.indptr) > 0].tocsc()
        self.start = start[self.ids].astype(np.int64)
        self.floor = (lower[self.ids] - self.start).astype(np.float64)
        if np.any(self.floor > 0):
            raise SafetyBlock("The table that the attack starts from breaks its own lower bounds.")
        pattern = self.matrix.copy()
        pattern.data = np.ones_like(pattern.data)
        self.adjacent = (pattern.T @ pattern).tocsr()
        self.component = csgraph.connected_components(self.adjacent, directed=False)[1]
        self.solver = solver or Solver()
        n = len(self.ids)
        self.low, self.high = np.zeros(n, np.int64), np.zeros(n, np.int64)
        self.low_table, self.high_table = np.zeros(n, np.int64), np.zeros(n, np.int64)
        self.tables: list[tuple[np.ndarray, np.ndarray]] = [
            (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        ]

    def run(self, targets: np.ndarray, protection: int) -> Findings:
        """Attack every target cell (ids in the graph; each must be hidden)."""
        at = self.place[targets]
        wanted = np.zeros(len(self.ids), dtype=bool)
        wanted[at] = True
        for size in SIZES:
            for i in np.flatnonzero(wanted):
                if self.high[i] - self.low[i] < protection:
                    self._widen(int(i), self._around(int(i), size), wanted, protection)
        low, high = self.start + self.low, self.start + self.high
        for i in np.flatnonzero(wanted & (self.high - self.low < protection)):
            low[i], high[i] = self._settle(int(i), protection)
        width = high - low
        return Findings(
            targets=targets,
            safe=width[at] >= protection,
            low=low[at],
            high=high[at],
            pairs=list(zip(self.low_table[at].tolist(), self.high_table[at].tolist(), strict=True)),
            tables=[(self.ids[cells], change) for cells, change in self.tables],
        )

    def _around(self, cell: int, size: int) -> np.ndarray:
        """Hidden cells near `cell` by breadth-first steps through shared sums (sorted)."""
        seen = np.zeros(len(self.ids), dtype=bool)
        seen[cell] = True
        count = 1
        frontier = np.array([cell])
        start, index = self.adjacent.indptr, self.adjacent.indices
        while count < size and len(frontier):
            reached = np.unique(
                np.concatenate([index[start[c] : start[c + 1]] for c in frontier.tolist()])
            )
            frontier = reached[~seen[reached]]
            seen[frontier] = True
            count += len(frontier)
        return np.flatnonzero(seen)

    def _widen(self, i: int, cells: np.ndarray, wanted: np.ndarray, protection: int) -> None:
        """Look for whole-number tables that push cell `i` up, then down, within `cells`."""
        matrix = self._local(cells)
        here = int(np.searchsorted(cells, i))
        open_ = wanted[cells] & (self.high[cells] - self.low[cells] < protection)
        # Others still open are nudged along, so that one program serves several of them.
        nudge = np.where(open_, np.where(cells % 2 == i % 2, -1e-3, 1e-3), 0.0)
        lower = np.maximum(self.floor[cells], -float(protection))
        for sign in (-1.0, 1.0):
            cost = nudge * -sign
            cost[here] = sign
            upper = np.full(len(cells), float(protection))
            answer = self.solver.minimise(cost, matrix, lower, upper)
            if answer is None:
                raise SafetyBlock("The attack lost its own starting point; its result is void.")
            self._note(cells, answer.point, matrix)
            if self.high[i] - self.low[i] >= protection:
                return

    def _settle(self, i: int, protection: int) -> tuple[int, int]:
        """Exact range of cell `i` in whole numbers, over its whole component (capped)."""
        cells = np.flatnonzero(self.component == self.component[i])
        matrix = self._local(cells)
        here = int(np.searchsorted(cells, i))
        lower = self.floor[cells]
        upper = np.full(len(cells), np.inf)
        upper[here] = float(self.low[i] + protection)
        ends = []
        for sign in (-1.0, 1.0):
            cost = np.zeros(len(cells))
            cost[here] = sign
            answer = self.solver.minimise(cost, matrix, lower, upper, presolve=True)
            if answer is None:
                raise SafetyBlock("The attack lost its own starting point; its result is void.")
            ends.append(sign * answer.objective)
            self._note(cells, answer.point, matrix)
        # Rounded inward: the attacker knows that counts are whole numbers.
        high, low = np.floor(ends[0] + ROUNDING), np.ceil(ends[1] - ROUNDING)
        if high - low >= protection > self.high[i] - self.low[i]:
            whole = np.ones(len(cells), dtype=bool)
            for sign in (-1.0, 1.0):
                cost = np.zeros(len(cells))
                cost[here] = sign
                answer = self.solver.minimise(cost, matrix, lower, upper, whole=whole)
                if answer is None:
                    raise SafetyBlock("The attack lost its own starting point; its result is void.")
                self._note(cells, answer.point, matrix)
            high, low = float(self.high[i]), float(self.low[i])
        return int(self.start[i] + low), int(self.start[i] + high)

    def _local(self, cells: np.ndarray) -> sparse.csc_matrix:
        rows = self.matrix[:, cells].tocsr()
        return rows[np.diff(rows.indptr) > 0].tocsc()

    def _note(self, cells: np.ndarray, point: np.ndarray, matrix: sparse.csc_matrix) -> None:
        """Keep the parts of a solution that are whole numbers and add up exactly."""
        whole = np.round(point)
        off = np.abs(matrix @ whole) > ROUNDING
        bad = whole < self.floor[cells]
        if off.any() or bad.any():
            whole = self._drop_fractions(whole, bad, off, matrix)
        used = np.flatnonzero(whole)
        if not len(used):
            return
        number = len(self.tables)
        inside, change = cells[used], whole[used].astype(np.int64)
        higher = change > self.high[inside]
        lower = change < self.low[inside]
        if not (higher.any() or lower.any()):
            return
        self.high[inside[higher]] = change[higher]
        self.high_table[inside[higher]] = number
        self.low[inside[lower]] = change[lower]
        self.low_table[inside[lower]] = number
        self.tables.append((inside, change))

    @staticmethod
    def _drop_fractions(
        whole: np.ndarray, bad: np.ndarray, off: np.ndarray, matrix: sparse.csc_matrix
    ) -> np.ndarray:
        """Set to 0 every connected part of the change that does not add up in whole numbers."""
        used = np.flatnonzero(whole)
        columns = matrix[:, used]
        pattern = abs(columns)
        links = pattern.T @ pattern
        label = csgraph.connected_components(links, directed=False)[1]
        broken = bad[used] | (np.asarray(pattern.T @ off.astype(np.float64)).ravel() > 0)
        keep = np.ones(label.max(initial=-1) + 1, dtype=bool)
        keep[label[broken]] = False
        whole[used[~keep[label]]] = 0.0
        return whole
