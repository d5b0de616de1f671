"""The cell graph: every cell of every table once, and the sums that tie cells together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from tutela.disclosure.dimension import CodeTree, Dimension
from tutela.disclosure.earlier import EarlierTable, RecordedTable
from tutela.disclosure.table import CodedTable
from tutela.errors import InputRefused, Misuse


@dataclass
class Space:
    """The joint code space of one population: one tree per dimension name over all its tables."""

    names: list[str]
    trees: list[CodeTree]

    def axes(self, table: CodedTable) -> list[int]:
        """Which of the space's dimensions the table's axes are."""
        return [self.names.index(name) for name in table.names]


@dataclass
class CellGraph:
    """All cells of a set of tables as one vector x, with sums @ x = 0.

    A cell that several tables show (a shared margin) stands in it once. `grids[t]` holds the cell
    ids of table t in the shape of its `values`; `codes[c]` the codes of cell c in its population's
    space (index 0, the total, where a dimension does not apply).
    """

    tables: list[CodedTable]
    spaces: list[Space]
    space_of: list[int]
    """Space of each table."""
    grids: list[np.ndarray]
    value: np.ndarray
    """int64 per cell; 0 where no table tells it."""
    told: np.ndarray
    """bool: some table tells the value."""
    impossible: np.ndarray
    single: np.ndarray
    holdings: dict[str, np.ndarray]
    """Per contributor, int64 per cell: how many of the units it knows as its own."""
    announced: dict[str, np.ndarray]
    """Per contributor that publishes, int64 per cell: how many units it has published."""
    level: np.ndarray
    """How many dimensions of a cell are aggregated, 0 for a leaf of the finest table."""
    cell_space: np.ndarray
    codes: np.ndarray
    """int32, cells × the widest space's number of dimensions."""
    depth: np.ndarray
    """How far below the totals a cell stands: its parts stand deeper than their sum."""
    frozen: np.ndarray
    """bool: an earlier release shows the cell, for ever."""
    withheld: np.ndarray
    """bool: an earlier release hides the cell, for ever."""
    since: np.ndarray
    """-1, or for a difference between two releases (a cell that no table shows) which earlier
    table's release it counts from (index into `releases`)."""
    releases: list[str]
    falls: np.ndarray
    """bool: a difference that may be below 0 (units can have been withdrawn)."""
    differences: np.ndarray
    """int64, one row per difference: ids of the cell now, the cell then, and the difference."""
    sums: sparse.csc_matrix
    by_row: sparse.csr_matrix = field(init=False)

    def __post_init__(self) -> None:
        self.by_row = self.sums.tocsr()

    def __len__(self) -> int:
        return len(self.value)

    def tables_of(self, cell: int) -> list[int]:
        """The tables that show `cell`."""
        space = int(self.cell_space[cell])
        applies = {
            self.spaces[space].names[d]
            for d in range(len(self.spaces[space].names))
            if self.codes[cell, d]
        }
        found = []
        for t, table in enumerate(self.tables):
            if self.space_of[t] != space or not applies <= set(table.names):
                continue
            if self.position(t, cell) is not None:
                found.append(t)
        return found

    def position(self, t: int, cell: int) -> tuple[int, ...] | None:
        """Where `cell` stands in table `t`, or None if its codes are not that table's."""
        table, space = self.tables[t], self.spaces[self.space_of[t]]
        place = []
        for tree, d in zip(table.trees, space.axes(table), strict=True):
            code = space.trees[d].codes[int(self.codes[cell, d])]
            if code not in tree.index:
                return None
            place.append(tree.index[code])
        return tuple(place)

    def cell_name(self, cell: int) -> dict[str, str]:
        """The codes of a cell, dimensions at their total left out."""
        space = self.spaces[int(self.cell_space[cell])]
        name = {
            name: tree.codes[int(self.codes[cell, d])]
            for d, (name, tree) in enumerate(zip(space.names, space.trees, strict=True))
            if self.codes[cell, d]
        }
        if self.since[cell] >= 0:
            name["(difference since)"] = self.releases[int(self.since[cell])]
        return name


def build_graph(tables: Sequence[CodedTable], earlier: Sequence[EarlierTable] = ()) -> CellGraph:
    """Join the tables of each population into one graph, with what earlier releases showed.

    Earlier tables follow `tables` in `graph.tables`; their cells keep the status that they have.
    Where the units have changed since, one more cell per cell that both releases hold stands for
    the difference. Refuses tables that call the same thing by different totals or parents, or that
    count the same cell differently.
    """
    if not tables:
        raise Misuse("There is no table to protect.")
    recorded = [RecordedTable(table) for table in earlier]
    tables = [*tables, *recorded]
    if len({table.name for table in tables}) < len(tables):
        raise Misuse("Two tables have the same name.")
    populations = sorted({table.population for table in tables})
    spaces = [_space([t for t in tables if t.population == p]) for p in populations]
    space_of = [populations.index(table.population) for table in tables]
    width = max(len(space.names) for space in spaces)

    coded = []
    for table, s in zip(tables, space_of, strict=True):
        rows = np.zeros((table.values.size, width + 1), dtype=np.int32)
        rows[:, width] = s
        index = np.indices(table.values.shape).reshape(table.values.ndim, -1)
        for axis, d in enumerate(spaces[s].axes(table)):
            joint = np.array([spaces[s].trees[d].index[c] for c in table.trees[axis].codes])
            rows[:, d] = joint[index[axis]]
        coded.append(rows)
    if len(tables) == 1:
        unique, ids = coded[0], np.arange(len(coded[0]))
    else:
        unique, ids = np.unique(np.concatenate(coded), axis=0, return_inverse=True)
        ids = ids.reshape(-1)

    n = len(unique)
    value = np.full(n, -1, dtype=np.int64)
    owner = np.full(n, -1)
    impossible, single = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    level = np.full(n, 127)
    frozen, withheld = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    holdings: dict[str, np.ndarray] = {}
    announced: dict[str, np.ndarray] = {}
    grids: list[np.ndarray] = []
    start = 0
    for t, table in enumerate(tables):
        grid = ids[start : start + table.values.size].reshape(table.values.shape)
        start += table.values.size
        flat, counts = grid.ravel(), table.values.ravel()
        told = (value[flat] >= 0) & (counts >= 0)
        clash = np.flatnonzero(told & (value[flat] != counts))
        if len(clash):
            _refuse_clash(tables, t, owner[flat[clash[0]]], int(clash[0]), value[flat[clash[0]]])
        value[flat] = np.maximum(value[flat], counts)
        owner[flat[counts >= 0]] = t
        impossible[flat] &= table.impossible.ravel()
        single[flat] |= table.single.ravel()
        level[flat] = np.minimum(level[flat], _levels(table).ravel())
        for own, into in ((table.holdings, holdings), (table.announced, announced)):
            for name, counts in own.items():
                known = into.setdefault(name, np.zeros(n, dtype=np.int64))
                known[flat] = np.maximum(known[flat], counts.ravel())
        if isinstance(table, RecordedTable):
            frozen[flat] |= ~table.hidden.ravel()
            withheld[flat] |= table.hidden.ravel()
        grids.append(grid)
    graph = CellGraph(
        tables=list(tables),
        spaces=spaces,
        space_of=space_of,
        grids=grids,
        value=np.maximum(value, 0),
        told=value >= 0,
        impossible=impossible,
        single=single,
        holdings=holdings,
        announced=announced,
        level=level,
        cell_space=unique[:, width].astype(np.int64),
        codes=unique[:, :width],
        depth=_depths(unique, spaces, width),
        frozen=frozen,
        withheld=withheld,
        since=np.full(n, -1),
        releases=[table.release for table in earlier],
        falls=np.zeros(n, dtype=bool),
        differences=np.zeros((0, 3), dtype=np.int64),
        sums=_sums(tables, grids, n),
    )
    both = np.flatnonzero(frozen & withheld)
    if len(both):
        raise InputRefused(
            f"Earlier releases show and hide the same cell: {graph.cell_name(int(both[0]))} "
            f"({len(both)} such cells).",
            remedy="A cell that was shown once is shown; correct the record of releases.",
            details={"cells": len(both)},
        )
    if any(table.relation != "same" for table in earlier):
        _add_differences(graph, len(tables) - len(earlier), earlier)
    return graph


def _depths(unique: np.ndarray, spaces: list[Space], width: int) -> np.ndarray:
    depth = np.zeros(len(unique), dtype=np.int64)
    for s, space in enumerate(spaces):
        own = unique[:, width] == s
        for d, tree in enumerate(space.trees):
            depth[own] += np.array(tree.depth)[unique[own, d]]
    return depth


def _add_differences(graph: CellGraph, today: int, earlier: Sequence[EarlierTable]) -> None:
    """One cell per pair of a cell today and the same cell then: now - then - difference = 0."""
    names = [frozenset(graph.cell_name(cell).items()) for cell in range(len(graph))]
    now: dict[tuple[str, frozenset[tuple[str, str]]], int] = {}
    for t in range(today):
        for cell in np.unique(graph.grids[t]):
            now[graph.tables[t].population, names[int(cell)]] = int(cell)
    pairs: dict[tuple[int, int], tuple[int, bool]] = {}
    for number, table in enumerate(earlier):
        if table.relation == "same":
            continue
        first = next(i for i, e in enumerate(earlier) if e.release == table.release)
        for cell in np.unique(graph.grids[today + number]):
            match = now.get((table.published.population, names[int(cell)]))
            if match is not None:
                pairs[match, int(cell)] = (first, table.relation == "revised")
    new = np.array([pair[0] for pair in pairs], dtype=np.int64)
    old = np.array([pair[1] for pair in pairs], dtype=np.int64)
    falls = np.array([falls for _, falls in pairs.values()], dtype=bool)
    told = graph.told[new] & graph.told[old]
    difference = np.where(told, graph.value[new] - graph.value[old], 0)
    fallen = np.flatnonzero(~falls & (difference < 0))
    if len(fallen):
        cell = graph.cell_name(int(new[fallen[0]]))
        raise InputRefused(
            f"The cell {cell} counts {graph.value[new[fallen[0]]]}, and counted "
            f"{graph.value[old[fallen[0]]]} in an earlier release ({len(fallen)} such cells).",
            remedy="Where counts can fall, the relation to the earlier release is 'revised'.",
            details={"cell": cell, "cells": len(fallen)},
        )
    since = np.array([first for first, _ in pairs.values()], dtype=np.int64)
    _append(graph, new, old, difference, told, falls, since)


def _append(
    graph: CellGraph,
    new: np.ndarray,
    old: np.ndarray,
    difference: np.ndarray,
    told: np.ndarray,
    falls: np.ndarray,
    since: np.ndarray,
) -> None:
    n, m = len(graph), len(new)
    no = np.zeros(m, dtype=bool)
    graph.value, graph.told = np.r_[graph.value, difference], np.r_[graph.told, told]
    graph.impossible = np.r_[graph.impossible, no]
    graph.single, graph.frozen = np.r_[graph.single, no], np.r_[graph.frozen, no]
    graph.withheld = np.r_[graph.withheld, no]
    for own in (graph.holdings, graph.announced):
        for name in own:
            own[name] = np.r_[own[name], np.zeros(m, dtype=np.int64)]
    graph.level = np.r_[graph.level, graph.level[new]]
    graph.depth = np.r_[graph.depth, graph.depth[new] + 1]
    graph.cell_space = np.r_[graph.cell_space, graph.cell_space[new]]
    graph.codes = np.r_[graph.codes, graph.codes[new]]
    graph.since = np.r_[graph.since, since]
    graph.falls = np.r_[graph.falls, falls]
    rows = np.arange(m)
    graph.differences = np.stack([new, old, n + rows], axis=1)
    entries = np.concatenate([np.ones(m), -np.ones(m), -np.ones(m)])
    columns = np.concatenate([new, old, n + rows])
    more = sparse.csc_matrix((entries, (np.tile(rows, 3), columns)), shape=(m, n + m))
    wide = sparse.hstack([graph.sums, sparse.csc_matrix((graph.sums.shape[0], m))])
    graph.sums = sparse.vstack([wide, more], format="csc")
    graph.by_row = graph.sums.tocsr()


def _levels(table: CodedTable) -> np.ndarray:
    total = np.zeros(table.values.shape, dtype=np.int64)
    for axis, tree in enumerate(table.trees):
        inner = np.array([bool(below) for below in tree.children], dtype=np.int64)
        total += inner.reshape([-1 if a == axis else 1 for a in range(total.ndim)])
    return total


def _space(tables: Sequence[CodedTable]) -> Space:
    """Merge the dimensions of linked tables by name."""
    merged: dict[str, tuple[Dimension, set[str]]] = {}
    for table in tables:
        for dimension, tree in zip(table.dimensions, table.trees, strict=True):
            name = dimension.name
            if name not in merged:
                merged[name] = (dimension, set(tree.codes))
                continue
            before, codes = merged[name]
            if before.total != dimension.total:
                raise InputRefused(
                    f"Dimension {name}: one table calls its total {before.total!r}, table "
                    f"{table.name} {dimension.total!r}.",
                    remedy="Linked tables name a dimension's total alike.",
                    details={"dimension": name, "totals": [before.total, dimension.total]},
                )
            for code in codes & set(tree.codes):
                one, two = before.parents.get(code), dimension.parents.get(code)
                if one and two and one != two:
                    raise InputRefused(
                        f"Dimension {name}: code {code!r} has the parent {one!r} in one table and "
                        f"{two!r} in table {table.name}.",
                        remedy="Linked tables share one hierarchy; rename one dimension.",
                        details={"dimension": name, "code": code, "parents": [one, two]},
                    )
            parents = {**before.parents, **dimension.parents}
            codes |= set(tree.codes)
            merged[name] = (Dimension(name, dimension.total, parents, codes=tuple(codes)), codes)
    return Space(
        names=list(merged),
        trees=[CodeTree(dimension, codes) for dimension, codes in merged.values()],
    )


def _sums(tables: Sequence[CodedTable], grids: list[np.ndarray], n: int) -> sparse.csc_matrix:
    """One row per parent cell and direction of summing: its children minus itself."""
    rows: list[np.ndarray] = []
    columns: list[np.ndarray] = []
    signs: list[np.ndarray] = []
    seen: dict[tuple[object, ...], np.ndarray] = {}
    count = 0
    for table, grid in zip(tables, grids, strict=True):
        for axis, tree in enumerate(table.trees):
            lines = np.moveaxis(grid, axis, 0)
            for parent, below in enumerate(tree.children):
                if not below:
                    continue
                parents = lines[parent].ravel()
                children = lines[below].reshape(len(below), -1)
                key = (
                    table.population,
                    table.names[axis],
                    tree.codes[parent],
                    tuple(tree.codes[i] for i in below),
                )
                done = seen.get(key, np.zeros(n if len(tables) > 1 else 0, dtype=bool))
                if len(tables) > 1:
                    fresh = ~done[parents]
                    parents, children = parents[fresh], children[:, fresh]
                    done[parents] = True
                    seen[key] = done
                number = np.arange(count, count + len(parents))
                rows += [number, np.tile(number, len(below))]
                columns += [parents, children.ravel()]
                signs += [-np.ones(len(parents)), np.ones(children.size)]
                count += len(parents)
    entries = (np.concatenate(signs), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csc_matrix(entries, shape=(count, n))


def _refuse_clash(tables: Sequence[CodedTable], t: int, other: int, flat: int, before: int) -> None:
    table = tables[t]
    cell = table.cell_name(np.unravel_index(flat, table.values.shape))  # type: ignore[arg-type]
    raise InputRefused(
        f"Tables {tables[other].name} and {table.name} count the same cell differently: {cell} is "
        f"{before} in one and {table.values.ravel()[flat]} in the other.",
        remedy="Tables of one population share their margins; correct one, or give them different "
        "populations.",
        details={"tables": [tables[other].name, table.name], "cell": cell},
    )
