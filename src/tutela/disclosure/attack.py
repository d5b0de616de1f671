"""The attack on hidden cells: how far apart can their values be, given all that is shown?

Answers with whole-number tables: a cell counts as safe only when two tables of whole numbers that
agree with everything shown lie far enough apart in it. Sweeps and local searches settle most cells;
what is left is bounded over its whole component, and narrow cases by integer programs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tutela.disclosure.attackers import View
from tutela.disclosure.columns import Columns
from tutela.disclosure.graph import CellGraph
from tutela.disclosure.search import NOTHING, Search
from tutela.disclosure.solver import Solution, Solver
from tutela.disclosure.witness import Witnesses, whole_change
from tutela.errors import SafetyBlock

#: Hidden cells around a target that are tried before its whole component.
SIZES = (150, 600)
ROUNDING = 1e-6
#: Components whose programs are kept for the next cell.
KEPT = 50


@dataclass
class Findings:
    """What an attack found; `low` and `high` bound each unsafe cell as its attackers can."""

    targets: np.ndarray
    unsafe: dict[int, tuple[int, int]]
    """Per unsafe cell the tightest range that an attacker finds (low, high)."""
    by_attacker: dict[str, tuple[int, int]]
    """Per kind of attacker: cells found unsafe, and how many of these exactly."""
    witnesses: Witnesses = field(repr=False)

    @property
    def exact(self) -> list[int]:
        """Ids of the targets whose value can be told exactly."""
        return [cell for cell, (low, high) in self.unsafe.items() if low == high]


class Attack:
    """All attackers at once against one graph of hidden cells.

    What is proven safe from a reader who knows all that any of them knows in public is safe from
    each; only what is left is settled for each attacker apart.
    """

    def __init__(
        self,
        graph: CellGraph,
        start: np.ndarray,
        hidden: np.ndarray,
        views: Sequence[View],
        protection: int,
    ) -> None:
        """`start`: one feasible table (int64 per cell; at the centre the true one)."""
        self.graph, self.start, self.hidden = graph, start, hidden
        self.views, self.protection = list(views), protection
        self.lower = self.views[0].lower
        for view in self.views[1:]:
            self.lower = np.maximum(self.lower, view.lower)
        room = (start - self.lower).astype(np.float64)
        if np.any(room[hidden] < 0):
            raise SafetyBlock("The table that the attack starts from breaks its own lower bounds.")
        self.search = Search(graph, room, np.random.default_rng(0))
        self._labels: dict[int, np.ndarray] = {}
        self._components: dict[tuple[int, int], _Component] = {}
        # Views that know the same are settled once.
        self._same = [
            next(
                i
                for i, other in enumerate(self.views)
                if np.array_equal(other.known, view.known)
                and np.array_equal(other.lower, view.lower)
            )
            for view in self.views
        ]

    def run(self, targets: np.ndarray, witnesses: Witnesses | None = None) -> Findings:
        """Attack every target (ids of hidden cells), beyond what `witnesses` prove already."""
        if witnesses is None:
            insiders = [view.known for view in self.views if len(view.known)]
            witnesses = Witnesses(targets, len(self.graph), self.protection, insiders)
        self.search.sweep(self.hidden, witnesses)
        for size in SIZES:
            for cell in witnesses.pending(targets).tolist():
                if not witnesses.done[cell]:
                    self._prove(cell, size, witnesses)
        unsafe: dict[int, tuple[int, int]] = {}
        counts = {view.attacker: (0, 0) for view in self.views}
        for cell in witnesses.pending(targets).tolist():
            for attacker, (low, high) in self._settle(cell, witnesses).items():
                before = unsafe.get(cell, (low, high))
                unsafe[cell] = min(before, (low, high), key=lambda ends: ends[1] - ends[0])
                narrow, exact = counts[attacker]
                counts[attacker] = narrow + 1, exact + (low == high)
        return Findings(targets, unsafe, counts, witnesses)

    def _prove(self, cell: int, size: int, witnesses: Witnesses) -> None:
        near = self.search.around(cell, self.hidden, size)
        if not witnesses.covered[cell]:
            self.search.widen(cell, near, NOTHING, witnesses)
        if witnesses.covered[cell] and not self.search.answer_insiders(
            cell, self.hidden, witnesses
        ):
            for known in witnesses.unresolved(cell):
                self.search.widen(cell, near, known, witnesses)

    def _settle(self, cell: int, witnesses: Witnesses) -> dict[str, tuple[int, int]]:
        """Per kind of attacker that bounds `cell` too tightly, the range it finds."""
        found: dict[str, tuple[int, int]] = {}
        still_open = {tuple(cells.tolist()) for cells in witnesses.unresolved(cell)}
        ranges: dict[int, tuple[int, int]] = {}
        for number, view in enumerate(self.views):
            if cell in view.known:
                continue
            if witnesses.covered[cell] and tuple(view.known.tolist()) not in still_open:
                continue
            if len(view.known) and not witnesses.covered[cell] and found:
                # The public can tell it already; what insiders add changes nothing.
                continue
            same = self._same[number]
            if same not in ranges:
                ranges[same] = self._range(cell, same)
            low, high = ranges[same]
            if high - low < self.protection:
                before = found.get(view.attacker, (low, high))
                found[view.attacker] = min(before, (low, high), key=lambda e: e[1] - e[0])
        return found

    def _range(self, cell: int, number: int) -> tuple[int, int]:
        """Exact range of `cell` in whole numbers over its whole component (capped above)."""
        component = self._component(cell, number)
        here = int(np.searchsorted(component.cells, cell))
        low, high = component.bounds(here, self.protection)
        if high - low >= self.protection and not self._prove_whole(cell, component, number):
            low, high = component.whole_bounds(here, self.protection)
        value = int(self.start[cell])
        return value + low, value + high

    def _prove_whole(self, cell: int, component: _Component, number: int) -> bool:
        """Whether two tables of whole numbers lie as far apart in `cell` as the bounds say.

        Tries the tables in which the bounds were reached, then an integer program near the cell.
        """
        if component.apart(int(np.searchsorted(component.cells, cell))) >= self.protection:
            return True
        open_ = np.zeros(len(self.hidden), dtype=bool)
        open_[component.cells] = True
        cells = self.search.around(cell, open_, SIZES[0])
        lower = (self.views[number].lower[cells] - self.start[cells]).astype(np.float64)
        near = _Component(cells, self.search.sums.cut(cells), lower)
        low, high = near.whole_bounds(int(np.searchsorted(cells, cell)), self.protection)
        return high - low >= self.protection

    def _component(self, cell: int, number: int) -> _Component:
        view = self.views[number]
        if number not in self._labels:
            open_ = self.hidden.copy()
            open_[view.known] = False
            ids = np.flatnonzero(open_)
            labels = np.full(len(open_), -1)
            labels[ids] = self.search.sums.cut(ids).parts()
            self._labels[number] = labels
        labels = self._labels[number]
        key = number, int(labels[cell])
        if key not in self._components:
            if len(self._components) > KEPT:
                self._components.clear()
            cells = np.flatnonzero(labels == labels[cell])
            lower = (view.lower[cells] - self.start[cells]).astype(np.float64)
            self._components[key] = _Component(cells, self.search.sums.cut(cells), lower)
        return self._components[key]


class _Component:
    """Hidden cells that are tied together, and the bounds of each by linear programs."""

    def __init__(self, cells: np.ndarray, matrix: Columns, lower: np.ndarray) -> None:
        self.cells, self._matrix, self._lower = cells, matrix, lower
        self._solver, self._loaded = Solver(), False
        self._lowest = self._highest = np.zeros(len(cells))

    def bounds(self, here: int, protection: int) -> tuple[int, int]:
        """Least and greatest change of a cell, rounded inward; the greatest capped."""
        least, self._lowest = self._optimum(here, 1.0, math.inf)
        low = math.ceil(least - ROUNDING)
        greatest, self._highest = self._optimum(here, -1.0, low + protection)
        return low, math.floor(-greatest + ROUNDING)

    def apart(self, here: int) -> int:
        """How far apart the tables of the last bounds are in whole numbers."""
        none = np.full(len(self.cells), math.inf)
        ends = [
            whole_change(point, self._matrix, self._lower, none)
            for point in (self._lowest, self._highest)
        ]
        return int(ends[1][here] - ends[0][here])

    def whole_bounds(self, here: int, protection: int) -> tuple[int, int]:
        """The same over whole numbers only."""
        low = math.ceil(self._whole_optimum(here, 1.0, math.inf) - ROUNDING)
        high = math.floor(-self._whole_optimum(here, -1.0, low + protection) + ROUNDING)
        return low, high

    def _program(self, here: int, sign: float, cap: float) -> tuple[np.ndarray, np.ndarray]:
        cost, upper = np.zeros(len(self.cells)), np.full(len(self.cells), math.inf)
        cost[here], upper[here] = sign, cap
        return cost, upper

    def _optimum(self, here: int, sign: float, cap: float) -> tuple[float, np.ndarray]:
        cost, upper = self._program(here, sign, cap)
        if self._loaded:
            answer = self._solver.again(cost, self._lower, upper)
        else:
            answer = self._solver.minimise(cost, self._matrix, self._lower, upper)
            self._loaded = True
        found = _proven(answer)
        return found.objective, found.point

    def _whole_optimum(self, here: int, sign: float, cap: float) -> float:
        cost, upper = self._program(here, sign, cap)
        whole = np.ones(len(self.cells), dtype=bool)
        answer = Solver().minimise(cost, self._matrix, self._lower, upper, whole=whole)
        return _proven(answer).objective


def _proven(answer: Solution | None) -> Solution:
    if answer is None:
        raise SafetyBlock("The attack lost its own starting point; its result is void.")
    return answer
