"""The cell graph: every cell of every table once, and the sums that tie cells together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from tutela.disclosure.dimension import CodeTree, Dimension
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
    """int64 per cell; -1 where no table tells it."""
    impossible: np.ndarray
    single: np.ndarray
    level: np.ndarray
    """How many dimensions of a cell are aggregated, 0 for a leaf of the finest table."""
    cell_space: np.ndarray
    codes: np.ndarray
    """int32, cells × the widest space's number of dimensions."""
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
        return {
            name: tree.codes[int(self.codes[cell, d])]
            for d, (name, tree) in enumerate(zip(space.names, space.trees, strict=True))
            if self.codes[cell, d]
        }


def build_graph(tables: Sequence[CodedTable]) -> CellGraph:
    """Join the tables of each population into one graph.

    Refuses tables that call the same thing by different totals or parents, or that count the same
    cell differently.
    """
    if not tables:
        raise Misuse("There is no table to protect.")
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
        grids.append(grid)
    return CellGraph(
        tables=list(tables),
        spaces=spaces,
        space_of=space_of,
        grids=grids,
        value=value,
        impossible=impossible,
        single=single,
        level=level,
        cell_space=unique[:, width].astype(np.int64),
        codes=unique[:, :width],
        sums=_sums(tables, grids, n),
    )


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
