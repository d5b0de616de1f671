"""Which cells to look at to protect one cell: a small sub-cube around it, grown when needed."""

from __future__ import annotations

import numpy as np

from tutela.disclosure.graph import CellGraph


class Neighbourhoods:
    """Sub-cubes around a cell, closed upwards so that their own sums stay whole.

    Along each dimension a sub-cube holds a few leaf codes with all codes above them. A change that
    adds up inside it adds up in the whole graph, so a local search is valid globally.
    """

    def __init__(self, graph: CellGraph, movable: np.ndarray) -> None:
        """`movable`: bool per cell, false where an attacker knows the value whatever is hidden."""
        self._graph = graph
        self._movable = movable
        self._above = [[_chains(tree.parent) for tree in space.trees] for space in graph.spaces]
        self._leaf_of = [
            [_first_leaves(tree.children) for tree in space.trees] for space in graph.spaces
        ]
        self._joint = [
            [
                np.array([space.trees[d].index[c] for c in graph.tables[t].trees[axis].codes])
                for axis, d in enumerate(space.axes(graph.tables[t]))
            ]
            for t, space in enumerate(graph.spaces[s] for s in graph.space_of)
        ]

    def around(
        self, cell: int, price: np.ndarray, size: int, *, linked: bool = False
    ) -> np.ndarray:
        """Ids (sorted) of at most about `size` movable cells around `cell`, itself included.

        `price` per cell orders the codes along each dimension: cheap neighbours first. `linked`
        also opens the dimensions that only linked tables have. Differences since earlier releases,
        and what these releases hide, come with the cells that they belong to.
        """
        graph = self._graph
        now, then, difference = graph.differences.T
        if (then == cell).any():
            cell = int(now[then == cell][0])
        s = int(graph.cell_space[cell])
        space = graph.spaces[s]
        home = graph.tables_of(cell)
        opened = {name for t in home for name in graph.tables[t].names}
        tables = home
        if linked:
            tables = [t for t, own in enumerate(graph.space_of) if own == s]
            opened = set(space.names)
        ranked = self._ranked(cell, price, home)
        chosen = self._choose(cell, opened, ranked, tables, size)
        found = []
        for t in range(len(graph.tables)):
            if graph.space_of[t] != s:
                continue
            if not linked and t not in home:
                continue
            axes = [
                np.flatnonzero(np.isin(joint, chosen[d]))
                for joint, d in zip(self._joint[t], space.axes(graph.tables[t]), strict=True)
            ]
            found.append(graph.grids[t][np.ix_(*axes)].ravel())
        ids = np.unique(np.concatenate(found))
        if len(now):
            with_them = np.isin(now, ids)
            ids = np.unique(np.concatenate([ids, then[with_them], difference[with_them]]))
        near: np.ndarray = ids[self._movable[ids]]
        return near

    def _ranked(self, cell: int, price: np.ndarray, home: list[int]) -> dict[str, list[int]]:
        """Leaf codes per dimension, the cell's own first, then the cheapest to hide."""
        graph = self._graph
        s = int(graph.cell_space[cell])
        space = graph.spaces[s]
        ranked: dict[str, list[int]] = {}
        for d, (name, tree) in enumerate(zip(space.names, space.trees, strict=True)):
            own = int(graph.codes[cell, d])
            cost = np.full(len(tree), 1e9)
            for t in home:
                table = graph.tables[t]
                if name not in table.names:
                    continue
                axis = table.names.index(name)
                place = graph.position(t, cell)
                if place is None:
                    continue
                line = graph.grids[t][
                    tuple(slice(None) if a == axis else p for a, p in enumerate(place))
                ]
                cost[self._joint[t][axis]] = price[line]
            first = self._leaf_of[s][d][own]
            family = np.array(tree.parent) != tree.parent[first]
            leaves = np.array(tree.leaves, dtype=np.int64)
            order = (
                leaves[np.lexsort((leaves, cost[leaves], family[leaves]))]
                if len(leaves)
                else leaves
            )
            ranked[name] = [first, *[int(c) for c in order if c != first]]
        return ranked

    def _choose(
        self,
        cell: int,
        opened: set[str],
        ranked: dict[str, list[int]],
        tables: list[int],
        size: int,
    ) -> list[np.ndarray]:
        """Codes per dimension: as many leaves everywhere as `size` allows, closed upwards."""
        s = int(self._graph.cell_space[cell])
        space = self._graph.spaces[s]
        best: list[np.ndarray] | None = None
        longest = max(len(codes) for codes in ranked.values())
        leaves = 2
        while True:
            codes = []
            for d, name in enumerate(space.names):
                if name not in opened:
                    codes.append(np.zeros(1, dtype=np.int64))
                    continue
                chain = {c for leaf in ranked[name][:leaves] for c in self._above[s][d][leaf]}
                chain.add(int(self._graph.codes[cell, d]))
                codes.append(np.array(sorted(chain)))
            lengths = dict(zip(space.names, (len(c) for c in codes), strict=True))
            cells = sum(
                int(np.prod([float(lengths[n]) for n in self._graph.tables[t].names]))
                for t in tables
            )
            if best is not None and cells > size:
                return best
            best = codes
            if leaves >= longest:
                return best
            leaves += 1 if leaves < 12 else leaves // 3


def _chains(parent: list[int]) -> list[list[int]]:
    """Per code, the code and all codes above it."""
    chains = []
    for code in range(len(parent)):
        chain, at = [], code
        while at >= 0:
            chain.append(at)
            at = parent[at]
        chains.append(chain)
    return chains


def _first_leaves(children: list[list[int]]) -> list[int]:
    """Per code, a leaf at or below it."""
    leaf = list(range(len(children)))
    for code in range(len(children) - 1, -1, -1):
        if children[code]:
            leaf[code] = leaf[children[code][0]]
    return leaf
