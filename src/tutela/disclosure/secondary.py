"""Secondary suppression: hide further cells until every small count can move far enough."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tutela.disclosure.elimination import eliminate
from tutela.disclosure.graph import CellGraph
from tutela.disclosure.neighbourhood import Neighbourhoods
from tutela.disclosure.policy import Policy
from tutela.disclosure.primary import Sensitivity
from tutela.disclosure.search import NOTHING, Search
from tutela.disclosure.witness import Witnesses, whole_change
from tutela.errors import SafetyBlock

#: Hidden cells around a cell, and shown ones that could close circles with them.
HIDDEN, SHOWN = 300, 300
#: Hidden cells around a cell in which its proof is looked for before giving up.
WIDE = (600, 2500)
#: Sizes of the sub-cubes in which more is hidden for a cell, in cells, before the whole graph.
SIZES = (500, 2500)
#: Rounds of elimination and repair; each starts from what the one before had to add.
ROUNDS = 2
#: Cells repaired between two sweeps.
RESWEEP = 40
#: A change smaller than this is the solver's rounding.
SMALL = 1e-7


class Suppression:
    """The set of hidden cells, and the witnesses that prove what it protects."""

    def __init__(
        self,
        graph: CellGraph,
        sensitivity: Sensitivity,
        policy: Policy,
        worth: np.ndarray,
        cost: np.ndarray,
    ) -> None:
        """Per cell, what showing it is worth and what hiding it costs."""
        self.graph, self.sensitivity, self.policy = graph, sensitivity, policy
        self.worth, self.cost = worth, cost
        self.rng = np.random.default_rng([policy.seed, 1])
        self.room = (graph.value - sensitivity.lower).astype(np.float64)
        self.search = Search(graph, self.room, self.rng)
        self.movable = ~sensitivity.known & ~graph.frozen
        self.targets = np.flatnonzero(sensitivity.primary)
        self.fixed = (sensitivity.primary | graph.withheld | (graph.since >= 0)) & self.movable
        # What an earlier release hides is hidden now: its proofs then hold for both releases alike,
        # and the choice stays stable.
        now, then, _ = graph.differences.T
        self.fixed[now[graph.withheld[then] & self.movable[now]]] = True
        self.hidden = self.fixed.copy()
        self.witnesses = Witnesses(self.targets, len(graph), policy.protection)
        self._near = Neighbourhoods(graph, self.movable)

    def run(self) -> None:
        """Hide what is needed for every primary cell; SafetyBlock when nothing protects one.

        Elimination hides few cells and overlooks widths; repair widens one cell after another and
        hides too much; elimination again, with what repair found to be needed, sheds the surplus.
        """
        wanted = self.movable & ~self.fixed
        order = np.flatnonzero(wanted)
        order = order[np.argsort(-self.worth[order], kind="stable")]
        needed = self.fixed.copy()
        best: np.ndarray | None = None
        for _ in range(ROUNDS):
            self.hidden = eliminate(
                self.graph,
                self.sensitivity.known,
                self.sensitivity.primary,
                needed,
                order[~needed[order]],
                self.sensitivity.singles,
            )
            start = self.hidden.copy()
            self.prove(insiders=False)
            self.repair()
            if best is None or self.hidden.sum() < best.sum():
                best = self.hidden.copy()
            added = self.hidden & ~start
            if not added.any():
                break
            needed |= added
        if best is not None and not np.array_equal(best, self.hidden):
            self.hidden = best
        elif not self.sensitivity.insiders:
            return
        self.prove()
        self.repair()

    def prove(self, *, insiders: bool = True) -> None:
        """Collect witnesses anew for what is hidden now, as far as sweeps find them."""
        who = self.sensitivity.insiders if insiders else []
        self.witnesses = Witnesses(self.targets, len(self.graph), self.policy.protection, who)
        self.search.sweep(self.hidden, self.witnesses)

    def repair(self) -> None:
        """Find a proof for each cell that has none, and hide what that takes.

        What is hidden for one cell helps others: now and then a sweep looks which.
        """
        pending = self.rng.permutation(self.witnesses.pending(self.targets))
        hidden = int(self.hidden.sum())
        for turn, cell in enumerate(pending.tolist(), 1):
            if not self.witnesses.done[cell]:
                self.protect(cell)
            if turn % RESWEEP == 0 and int(self.hidden.sum()) - hidden > RESWEEP // 4:
                hidden = int(self.hidden.sum())
                self.search.sweep(self.hidden, self.witnesses)

    def protect(self, cell: int) -> None:
        """Prove `cell` against everybody, hiding more where needed."""
        if not self.witnesses.covered[cell]:
            self._widen(cell, NOTHING) or self._extend(cell, NOTHING)
        if self.search.answer_insiders(cell, self.hidden, self.witnesses):
            return
        while insiders := self.witnesses.unresolved(cell):
            self._widen(cell, insiders[0]) or self._extend(cell, insiders[0])

    def _widen(self, cell: int, still: np.ndarray) -> bool:
        near = self.search.around(cell, self.hidden)
        return self.search.widen(cell, near, still, self.witnesses)

    def _extend(self, cell: int, still: np.ndarray) -> bool:
        """Find the cheapest move of `cell` that leaves `still` alone, and hide what it needs."""
        for cells in self._regions(cell):
            cells = cells[~np.isin(cells, still) | (cells == cell)]
            price = np.where(self.hidden, 1e-3, self.cost)
            for whole in (False, True):
                move = self._cheapest(cell, cells, price, whole=whole)
                if move is None:
                    break
                before = self.hidden[move].copy()
                self.hidden[move] = True
                if self.search.widen(cell, move, still, self.witnesses):
                    return True
                near = np.union1d(move, self.search.around(cell, self.hidden))
                if self.search.widen_whole(cell, near, still, self.witnesses):
                    return True
                self.hidden[move] = before
        for size in WIDE:
            near = self.search.around(cell, self.hidden, size)
            if self.search.widen(cell, near, still, self.witnesses) or self.search.widen_whole(
                cell, near, still, self.witnesses
            ):
                return True
        if self._apart(cell, still):
            return True
        name = self.graph.cell_name(cell)
        raise SafetyBlock(
            f"The cell {name} cannot be protected by hiding other cells.",
            remedy="Publish less detail, or round instead of hiding.",
            details={"cell": name},
        )

    def _apart(self, cell: int, still: np.ndarray) -> bool:
        """Move `cell` up and down by two tables that have nothing to do with each other.

        The last resort, where no single direction leads far enough both ways: looks everywhere.
        """
        cells = np.flatnonzero(self.movable)
        cells = cells[~np.isin(cells, still) | (cells == cell)]
        price = np.where(self.hidden, 1e-3, self.cost)[cells]
        most = int(min(self.room[cell], self.policy.protection))
        for fall in range(most, -1, -1):
            up = self._change(cell, cells, price, self.policy.protection - fall)
            down = self._change(cell, cells, price, -fall)
            if up is None or down is None:
                continue
            self.hidden[cells[(up != 0) | (down != 0)]] = True
            low, high = self.witnesses.add(cells, down), self.witnesses.add(cells, up)
            self.witnesses.compare(low, high)
            return True
        return False

    def _change(
        self, cell: int, cells: np.ndarray, price: np.ndarray, by: int
    ) -> np.ndarray | None:
        """The cheapest change of `cells` in whole numbers that moves `cell` by `by`."""
        n, here = len(cells), int(np.searchsorted(cells, cell))
        if by == 0:
            return np.zeros(n, dtype=np.int64)
        matrix, room = self.search.sums.cut(cells), self.room[cells]
        reach = np.full(n, 4.0 * self.policy.protection)
        lower, upper = np.zeros(2 * n), np.concatenate([reach, np.minimum(room, reach)])
        upper[[here, n + here]] = 0.0
        side = here if by > 0 else n + here
        lower[side] = upper[side] = abs(by)
        prices, both = np.concatenate([price, price]), matrix.mirrored()
        for whole in (None, np.ones(2 * n, dtype=bool)):
            answer = self.search.solver.minimise(prices, both, lower, upper, whole=whole)
            if answer is None:
                return None
            point = answer.point[:n] - answer.point[n:]
            change = whole_change(point, matrix, -room, np.full(n, np.inf))
            if change[here] == by:
                return change
        return None

    def _regions(self, cell: int) -> Iterator[np.ndarray]:
        """Ever larger sets of cells (ids, sorted) in which to look for what to hide for `cell`."""
        hidden = self.search.around(cell, self.hidden, HIDDEN)
        shown = self.movable & ~self.hidden
        yield np.union1d(hidden, self.search.near.closing(hidden, shown, SHOWN))
        for size in (*SIZES, len(self.graph)):
            price = np.where(self.hidden, 1e-3, self.cost)
            cells = self._near.around(cell, price, size, linked=size > SIZES[0])
            yield np.union1d(cells, self.search.around(cell, self.hidden))

    def _cheapest(
        self, cell: int, cells: np.ndarray, price: np.ndarray, *, whole: bool
    ) -> np.ndarray | None:
        """The cells of the move that hides least, over the ways to share its width.

        A move is a direction v with v = 1 at `cell` such that x + rise v and x - fall v are both
        feasible, where rise and fall add up to the protection.
        """
        both = self.search.sums.cut(cells).mirrored()
        n, here = len(cells), int(np.searchsorted(cells, cell))
        room = self.room[cells]
        prices = np.concatenate([price[cells], price[cells]])
        lower = np.zeros(2 * n)
        lower[here] = 1.0
        best, least, loaded = None, np.inf, False
        solver = self.search.solver
        for fall in range(int(min(room[here], self.policy.protection)), -1, -1):
            rise = self.policy.protection - fall
            up = room / fall if fall else np.full(n, np.inf)
            down = room / rise if rise else np.full(n, np.inf)
            upper = np.concatenate([up, down])
            upper[here], upper[n + here] = 1.0, 0.0
            if whole:
                upper = np.minimum(np.floor(upper), 4.0)
                integers = np.ones(2 * n, dtype=bool)
                answer = solver.minimise(prices, both, lower, upper, whole=integers)
            elif loaded:
                answer = solver.again(prices, lower, upper)
            else:
                answer, loaded = solver.minimise(prices, both, lower, upper), True
            if answer is None:
                continue
            move = cells[np.abs(answer.point[:n] - answer.point[n:]) > SMALL]
            added = float(self.cost[move[~self.hidden[move]]].sum())
            if added < least:
                best, least = move, added
            if not added:
                break
        return best
