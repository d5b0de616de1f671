"""Witnesses: whole-number tables that prove which cells cannot be told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tutela.disclosure.columns import Columns


class Witnesses:
    """Feasible tables near the starting one, and what they prove to the public and to insiders.

    A cell is proven when two of the tables lie far enough apart in it. Two tables prove nothing to
    an insider whose own cell they change; so every target needs pairs enough that each insider
    finds one that leaves alone what they know.
    """

    def __init__(
        self, targets: np.ndarray, size: int, protection: int, insiders: Sequence[np.ndarray] = ()
    ) -> None:
        """`targets` are cell ids, `size` the number of cells, `insiders` the cells each knows."""
        self.protection = protection
        self.target = np.zeros(size, dtype=bool)
        self.target[targets] = True
        nothing = np.zeros(0, dtype=np.int64)
        self.tables: list[tuple[np.ndarray, np.ndarray]] = [(nothing, nothing)]
        """Per table the ids of the cells that change (rising), and by how much (int64)."""
        self.proofs: dict[int, list[tuple[int, int]]] = {}
        """Per cell, pairs of tables: the lower and the higher one."""
        self.covered = np.zeros(size, dtype=bool)
        self.done = np.zeros(size, dtype=bool)
        self._open: dict[int, frozenset[int]] = {}
        self._insiders = insiders
        self._knowers: dict[int, list[int]] = {}
        for number, cells in enumerate(insiders):
            for cell in cells.tolist():
                self._knowers.setdefault(cell, []).append(number)
        self._singles = np.zeros(size, dtype=bool)
        self._singles[list(self._knowers)] = True
        self._informed: list[frozenset[int]] = [frozenset()]

    def singles(self) -> np.ndarray:
        """Ids of all cells that insiders know."""
        return np.flatnonzero(self._singles)

    def pending(self, cells: np.ndarray) -> np.ndarray:
        """Those of `cells` that are targets and not yet proven against everybody."""
        left: np.ndarray = cells[self.target[cells] & ~self.done[cells]]
        return left

    def add(self, cells: np.ndarray, change: np.ndarray) -> int:
        """Keep a table; return its number."""
        used = np.flatnonzero(change)
        ids = cells[used]
        self.tables.append((ids, change[used].astype(np.int64)))
        known = ids[self._singles[ids]].tolist()
        self._informed.append(frozenset(i for c in known for i in self._knowers[c]))
        return len(self.tables) - 1

    def compare(self, low: int, high: int) -> None:
        """Note what two tables prove together, of every target."""
        cells = np.union1d(self.tables[low][0], self.tables[high][0])
        apart = np.zeros(len(cells), dtype=np.int64)
        for number, sign in ((low, -1), (high, 1)):
            ids, change = self.tables[number]
            apart[np.searchsorted(cells, ids)] += sign * change
        wide = (np.abs(apart) >= self.protection) & self.target[cells] & ~self.done[cells]
        for cell, way in zip(cells[wide].tolist(), apart[wide].tolist(), strict=True):
            self.prove(cell, *((low, high) if way > 0 else (high, low)))

    def prove(self, cell: int, low: int, high: int) -> None:
        """Note that the tables `low` and `high` are far enough apart in `cell`."""
        informed = self._informed[low] | self._informed[high]
        still = informed.difference(self._knowers.get(cell, ()))
        if self.covered[cell]:
            before = self._open[cell]
            still &= before
            if len(still) == len(before):
                return
        self.covered[cell] = True
        self._open[cell] = still
        self.done[cell] = not still
        self.proofs.setdefault(cell, []).append((low, high))

    def forget(self, cell: int) -> None:
        """Drop what is proven for `cell`."""
        self.covered[cell] = self.done[cell] = False
        self._open.pop(cell, None)
        self.proofs.pop(cell, None)

    def unresolved(self, cell: int) -> list[np.ndarray]:
        """Per insider to whom `cell` is not yet proven, the cells to leave alone."""
        return [self._insiders[i] for i in sorted(self._open.get(cell, frozenset()))]


def whole_change(
    point: np.ndarray, matrix: Columns, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """The part of a solver's solution that is a change in whole numbers (int64 per column).

    Every connected part that is fractional, breaks a bound or does not add up exactly becomes 0.
    """
    change = np.round(point)
    bad = (change < lower) | (change > upper)
    # The matrix holds 1 and -1 only and changes are small, so that these products are exact.
    off = (matrix @ change) != 0
    if off.any() or bad.any():
        used = np.flatnonzero(change)
        columns = matrix.pick(used)
        label = columns.parts()
        touches = np.repeat(np.arange(len(used)), np.diff(columns.start))
        broken = bad[used].copy()
        broken[touches[off[columns.index]]] = True
        keep = np.ones(int(label.max(initial=-1)) + 1, dtype=bool)
        keep[label[broken]] = False
        change[used[~keep[label]]] = 0.0
        change[bad & (change != 0)] = 0.0
    whole: np.ndarray = change.astype(np.int64)
    return whole
