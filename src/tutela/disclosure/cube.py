"""All tables of all subsets of dimensions at once: events are grouped to leaves, then summed.

Where the space of all codes and margins fits, it is one dense array that is filled block by block,
each block small enough for the processor's cache (the data cube of Gray et al., 1997, by arrays as
in Zhao, Deshpande and Naughton, 1997). Where it does not fit, occupied leaves are kept and each
table is summed from them when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tutela.disclosure.dimension import CodeTree, Dimension
from tutela.errors import InputRefused, Misuse

#: Cells of the dense array at most; 4 bytes each.
DENSE = 200_000_000
#: Cells of one block: what a processor's cache holds.
BLOCK = 1_000_000
#: Rows of a file read at a time.
ROWS = 1_000_000


class Cube:
    """Counts of events by every subset of dimensions.

    `table(names)` is the table over some dimensions with all their margins, the others at total.
    """

    def __init__(self, trees: Sequence[CodeTree], leaves: np.ndarray, counts: np.ndarray) -> None:
        """`leaves`: sorted distinct keys of `Layout(trees)`; `counts` of each (int64)."""
        self.trees = {tree.dimension.name: tree for tree in trees}
        self._layout = Layout(trees)
        self._leaves, self._counts = leaves, counts
        self.dense = self._layout.size <= DENSE
        self._cells = _fill(self._layout, leaves, counts) if self.dense else None

    @property
    def total(self) -> int:
        """How many events were counted."""
        return int(self._counts.sum())

    def subsets(self) -> Iterator[tuple[str, ...]]:
        """Every subset of the dimensions, the empty one first."""
        names = list(self.trees)
        for size in range(len(names) + 1):
            yield from combinations(names, size)

    def table(self, names: Sequence[str]) -> np.ndarray:
        """Counts by `names`: one axis each in the order of its tree's codes (index 0 the total).

        Raises Misuse for a name that is no dimension, or that is given twice.
        """
        strange = [name for name in names if name not in self.trees]
        if strange or len(set(names)) < len(names):
            raise Misuse(
                f"the cube has no table over {', '.join(names)}",
                remedy=f"Its dimensions are {', '.join(self.trees)}, each at most once.",
            )
        if self._cells is not None:
            order = self._layout.names
            at = tuple(slice(None) if name in names else 0 for name in order)
            kept = [name for name in order if name in names]
            return self._cells[at].transpose([kept.index(name) for name in names])
        trees = [self.trees[name] for name in names]
        part = Layout(trees)
        key = np.zeros(len(self._leaves), dtype=np.int64)
        for name, stride in part.strides.items():
            key += self._layout.code(self._leaves, name) * stride
        cells = np.bincount(key, self._counts, minlength=part.size).astype(np.int64)
        table = cells.reshape(part.shape).transpose([part.names.index(name) for name in names])
        for axis, tree in enumerate(trees):
            sum_upwards(table, axis, tree)
        return table

    def frame(self, names: Sequence[str]) -> pl.DataFrame:
        """The cells of `table(names)` that are not zero: one text column each and `count`."""
        cells = self.table(names)
        at = np.nonzero(cells)
        columns = {
            name: pl.Series(name, self.trees[name].codes, dtype=pl.String).gather(index)
            for name, index in zip(names, at, strict=True)
        }
        return pl.DataFrame({**columns, "count": cells[at].astype(np.int64)})


class Layout:
    """Where a cell stands: the dimension with most codes innermost, so that sums run in line."""

    def __init__(self, trees: Sequence[CodeTree]) -> None:
        ordered = sorted(trees, key=lambda tree: (len(tree), tree.dimension.name))
        self.trees = ordered
        self.names = [tree.dimension.name for tree in ordered]
        self.shape = [len(tree) for tree in ordered]
        self.size = 1
        self.strides: dict[str, int] = {}
        for name, length in zip(reversed(self.names), reversed(self.shape), strict=True):
            self.strides[name] = self.size
            self.size *= length
        if self.size >= 2**63:
            raise Misuse(
                f"{len(trees)} dimensions have {float(self.size):.0e} cells together.",
                remedy="Count fewer dimensions, or broader codes.",
            )

    def code(self, keys: np.ndarray, name: str) -> np.ndarray:
        """The code (index in its tree) of `name` in each key."""
        index: np.ndarray = keys // self.strides[name] % self.shape[self.names.index(name)]
        return index


def count_cube(source: pl.DataFrame | Path, dimensions: Sequence[Dimension]) -> Cube:
    """Count the rows of `source`, a frame or a Parquet file, by all subsets of `dimensions`.

    A dimension with parents counts at its leaves; one without takes the codes that occur, and its
    `codes`. Raises InputRefused for a missing column, an empty code, an unknown one, or one that
    has codes below it.
    """
    columns = {name: _column(source, name) for name in (d.name for d in dimensions)}
    trees = [CodeTree(dimension, columns[dimension.name].codes) for dimension in dimensions]
    if not trees:
        raise Misuse("A cube needs at least one dimension.")
    layout = Layout(trees)
    kind = np.int32 if layout.size < 2**31 else np.int64
    keys = np.zeros(len(columns[layout.names[0]].index), dtype=kind)
    for tree in trees:
        column = columns.pop(tree.dimension.name)
        stride = layout.strides[tree.dimension.name]
        place = np.array([_leaf(tree, code) * stride for code in column.codes], dtype=kind)
        for start in range(0, len(keys), ROWS):
            some = slice(start, start + ROWS)
            np.add(keys[some], place[column.index[some]], out=keys[some])
    keys.sort()
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)])
    counts = np.diff(np.append(first, len(keys))).astype(np.int64)
    return Cube(trees, keys[first], counts)


@dataclass(frozen=True)
class _Column:
    """One column: its codes, and per row which of them."""

    codes: list[str]
    index: np.ndarray


def _column(source: pl.DataFrame | Path, name: str) -> _Column:
    """Read a column as small numbers, a part at a time."""
    known: dict[str, int] = {}
    parts = []
    for part in _parts(source, name):
        if part.null_count:
            raise InputRefused(
                f"Column {name}: {part.null_count} rows have no code.",
                remedy="Unknown is a code of its own: write it.",
                details={"column": name},
            )
        encoded = part if isinstance(part, pa.DictionaryArray) else part.dictionary_encode()
        place = [known.setdefault(str(code), len(known)) for code in encoded.dictionary.to_pylist()]
        lookup = np.array(place, dtype=np.uint32)
        index = lookup[encoded.indices.to_numpy(zero_copy_only=False)]
        parts.append(index.astype(np.min_scalar_type(max(len(known) - 1, 0))))
    rows = np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint8)
    return _Column(list(known), rows)


def _parts(source: pl.DataFrame | Path, name: str) -> Iterator[pa.Array]:
    """The column in parts, as texts or as a dictionary of texts."""
    held = source.columns if isinstance(source, pl.DataFrame) else pq.read_schema(source).names
    if name not in held:
        raise InputRefused(
            f"Column {name!r} is missing (there are {', '.join(held)}).",
            remedy="Name the dimensions as the columns are named.",
            details={"column": name},
        )
    if isinstance(source, pl.DataFrame):
        for start in range(0, source.height, ROWS):
            yield source[name].slice(start, ROWS).cast(pl.String).to_arrow()
        return
    with pq.ParquetFile(source, read_dictionary=[name]) as file:
        for batch in file.iter_batches(ROWS, columns=[name]):
            yield batch.column(0)


def _leaf(tree: CodeTree, code: str) -> int:
    index = tree.index[code]
    if tree.children[index]:
        raise InputRefused(
            f"Column {tree.dimension.name}: {code!r} has codes below it, and an event needs one of "
            "these.",
            remedy="Give the finest code, or add a code for what is not known in detail.",
            details={"column": tree.dimension.name, "code": code},
        )
    return index


def sum_upwards(cells: np.ndarray, axis: int, tree: CodeTree) -> None:
    """Fill in place every code of `axis` that has children, from below; leaves must be filled."""
    lines = np.moveaxis(cells, axis, 0)
    for code in range(len(tree) - 1, -1, -1):
        below = tree.children[code]
        if below:
            # The children of a code stand together.
            part = lines[below[0] : below[-1] + 1]
            np.add.reduce(part, axis=0, dtype=cells.dtype, out=lines[code, ...])


def _fill(layout: Layout, leaves: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The dense array of all cells with all margins."""
    kind = np.int32 if counts.sum() < 2**31 else np.int64
    cells = np.zeros(layout.shape, dtype=kind)
    inner, size = len(layout.shape), 1
    while inner > 0 and size * layout.shape[inner - 1] <= BLOCK:
        inner -= 1
        size *= layout.shape[inner]
    blocks = cells.reshape(-1, size)
    ends = np.searchsorted(leaves, np.arange(len(blocks) + 1, dtype=np.int64) * size)
    for block in np.flatnonzero(np.diff(ends)):
        some = slice(ends[block], ends[block + 1])
        blocks[block, leaves[some] - block * size] = counts[some]
        part = blocks[block].reshape(layout.shape[inner:])
        for axis in range(part.ndim - 1, -1, -1):
            sum_upwards(part, axis, layout.trees[inner + axis])
    for axis in range(inner - 1, -1, -1):
        sum_upwards(cells, axis, layout.trees[axis])
    return cells
