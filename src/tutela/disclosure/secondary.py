"""Secondary suppression: hide further cells until every small count can move far enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from tutela.disclosure.graph import CellGraph
from tutela.disclosure.neighbourhood import Neighbourhoods
from tutela.disclosure.policy import Policy
from tutela.disclosure.primary import Sensitivity
from tutela.disclosure.solver import Solver
from tutela.errors import SafetyBlock

#: Sizes of the sub-cubes tried around a cell, in cells, before the whole graph.
SIZES = (500, 2500)
#: A change smaller than this is the solver's rounding.
SMALL = 1e-7


@dataclass(frozen=True)
class Move:
    """Two feasible tables near the true one: x + rise and x + fall on `cells`, x elsewhere."""

    cells: np.ndarray
    rise: np.ndarray
    fall: np.ndarray

    @property
    def width(self) -> np.ndarray:
        """How far apart the two tables are, per cell."""
        apart: np.ndarray = np.abs(self.rise - self.fall)
        return apart


class Suppression:
    """The growing set of hidden cells and the moves that prove what is protected already."""

    def __init__(
        self,
        graph: CellGraph,
        sensitivity: Sensitivity,
        policy: Policy,
        cost: np.ndarray,
        frozen: np.ndarray | None = None,
    ) -> None:
        """`cost` per cell of hiding it; `frozen` cells are published already and stay visible."""
        self.graph, self.policy = graph, policy
        self.sensitivity = sensitivity
        self.cost = cost
        self.hidden = sensitivity.primary.copy()
        self.covered = np.zeros(len(graph), dtype=bool)
        self.moves: list[Move] = []
        self.solver = Solver()
        self.room = (graph.value - sensitivity.lower).astype(np.float64)
        movable = ~sensitivity.known
        if frozen is not None:
            movable &= ~frozen
        self._near = Neighbourhoods(graph, movable)
        self.movable = movable

    def run(self) -> None:
        """Hide what is needed for every primary cell, the hardest first."""
        primary = np.flatnonzero(self.sensitivity.primary)
        order = np.lexsort((primary, -self.cost[primary], -self.graph.level[primary]))
        for cell in primary[order]:
            if not self.covered[cell]:
                self.protect(int(cell))

    def protect(self, cell: int) -> None:
        """Find the cheapest move of `cell`, hide what it needs, and note all that it proves."""
        for size in (*SIZES, len(self.graph)):
            price = np.where(self.hidden, 1e-3, self.cost)
            cells = self._near.around(cell, price, size, linked=size > SIZES[0])
            move = self._cheapest(cell, cells, price)
            if move is not None:
                self.apply(move)
                return
        raise SafetyBlock(
            f"The cell {self.graph.cell_name(cell)} cannot be protected by hiding other cells.",
            remedy="Publish less detail, or round instead of hiding.",
            details={"cell": self.graph.cell_name(cell)},
        )

    def apply(self, move: Move) -> None:
        """Hide the cells of `move` and mark those that it makes wide enough."""
        self.hidden[move.cells] = True
        wide = move.cells[move.width >= self.policy.protection - SMALL]
        self.covered[wide] = True
        self.moves.append(move)

    def _cheapest(self, cell: int, cells: np.ndarray, price: np.ndarray) -> Move | None:
        """The cheapest move along one direction, for the first way of sharing it that works."""
        matrix = without_empty_rows(self.graph.sums[:, cells])
        most = int(min(self.room[cell], self.policy.protection))
        for fall in range(most, -1, -1):
            move = self._along(
                cell, cells, price[cells], matrix, self.policy.protection - fall, fall
            )
            if move is not None:
                return move
        return None

    def _along(
        self,
        cell: int,
        cells: np.ndarray,
        price: np.ndarray,
        matrix: sparse.csc_matrix,
        rise: int,
        fall: int,
    ) -> Move | None:
        """Least-cost direction v with v = 1 at `cell`, x + rise v and x - fall v both feasible."""
        n = len(cells)
        room = self.room[cells]
        up = room / fall if fall else np.full(n, np.inf)
        down = room / rise if rise else np.full(n, np.inf)
        here = int(np.searchsorted(cells, cell))
        lower = np.zeros(2 * n)
        upper = np.concatenate([up, down])
        lower[here] = upper[here] = 1.0
        upper[n + here] = 0.0
        both = sparse.hstack([matrix, -matrix], format="csc")
        answer = self.solver.minimise(np.concatenate([price, price]), both, lower, upper)
        if answer is None:
            return None
        v = answer.point[:n] - answer.point[n:]
        used = np.abs(v) > SMALL
        v = v[used]
        near = np.round(v)
        v = np.where(np.abs(v - near) < 1e-6, near, v)
        return Move(cells[used], rise * v, -fall * v)


def without_empty_rows(matrix: sparse.csc_matrix) -> sparse.csc_matrix:
    """Drop the sums that touch none of the columns."""
    rows = matrix.tocsr()
    return rows[np.diff(rows.indptr) > 0].tocsc()
