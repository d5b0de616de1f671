"""The attack on hidden cells: how far apart can their values be, given all that is shown?

Answers with whole-number tables: a cell counts as safe only when two tables of whole numbers that
agree with everything shown lie far enough apart in it. Sweeps and local searches settle most cells;
what is left is bounded over its whole component, and narrow cases by integer programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tutela.disclosure.attackers import View
from tutela.disclosure.graph import CellGraph
from tutela.disclosure.search import NOTHING, Search
from tutela.disclosure.solver import Solver
from tutela.disclosure.witness import Witnesses
from tutela.errors import SafetyBlock

#: Hidden cells around a target that are tried before its whole component.
SIZES = (150, 600)
ROUNDING = 1e-6


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
        self.solver = Solver()
        self._components: dict[int, np.ndarray] = {}

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
        for number, view in enumerate(self.views):
            known = len(view.known) > 0
            if cell in view.known:
                continue
            if witnesses.covered[cell] and tuple(view.known.tolist()) not in still_open:
                continue
            if known and not witnesses.covered[cell] and found:
                # The public can tell it already; what insiders add changes nothing.
                continue
            low, high = self._range(cell, number, view)
            if high - low < self.protection:
                before = found.get(view.attacker, (low, high))
                found[view.attacker] = min(before, (low, high), key=lambda e: e[1] - e[0])
        return found

    def _range(self, cell: int, number: int, view: View) -> tuple[int, int]:
        """Exact range of `cell` in whole numbers over its whole component (capped above)."""
        if number not in self._components:
            open_ = self.hidden.copy()
            open_[view.known] = False
            ids = np.flatnonzero(open_)
            labels = np.full(len(open_), -1)
            labels[ids] = self.search.sums.cut(ids).parts()
            self._components[number] = labels
        labels = self._components[number]
        cells = np.flatnonzero(labels == labels[cell])
        matrix = self.search.sums.cut(cells)
        here = int(np.searchsorted(cells, cell))
        lower = (view.lower[cells] - self.start[cells]).astype(np.float64)
        upper = np.full(len(cells), np.inf)
        cost = np.zeros(len(cells))
        ends: list[float] = []
        for whole in (None, np.ones(len(cells), dtype=bool)):
            cost[here], upper[here] = 1.0, np.inf
            down = self._optimum(cost, matrix, lower, upper, whole)
            low = float(np.ceil(down - ROUNDING))
            cost[here], upper[here] = -1.0, low + self.protection
            up = -self._optimum(cost, matrix, lower, upper, whole)
            ends = [low, float(np.floor(up + ROUNDING))]
            if ends[1] - ends[0] < self.protection:
                break
        value = int(self.start[cell])
        return value + int(ends[0]), value + int(ends[1])

    def _optimum(self, cost, matrix, lower, upper, whole) -> float:  # type: ignore[no-untyped-def]
        answer = self.solver.minimise(cost, matrix, lower, upper, whole=whole, presolve=True)
        if answer is None:
            raise SafetyBlock("The attack lost its own starting point; its result is void.")
        # Rounded inward by the caller: what is not proven to be possible is not assumed.
        return answer.objective
