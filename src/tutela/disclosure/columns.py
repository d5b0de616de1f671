"""Columns of the matrix of sums, cut out quickly: the form in which programs are solved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph


@dataclass(frozen=True)
class Columns:
    """A sparse matrix by columns; column j holds data[start[j]:start[j+1]] in rows `index`."""

    start: np.ndarray
    index: np.ndarray
    data: np.ndarray
    rows: int

    def __len__(self) -> int:
        return len(self.start) - 1

    def __matmul__(self, vector: np.ndarray) -> np.ndarray:
        """The product with a vector, one number per row."""
        weights = self.data * np.repeat(vector, np.diff(self.start))
        product: np.ndarray = np.bincount(self.index, weights, minlength=self.rows)
        return product

    def mirrored(self) -> Columns:
        """Beside each column its negative, for changes split in rise and fall."""
        return Columns(
            np.r_[self.start, self.start[1:] + self.start[-1]].astype(np.int32),
            np.r_[self.index, self.index],
            np.r_[self.data, -self.data],
            self.rows,
        )

    def pick(self, which: np.ndarray) -> Columns:
        """These columns only, with all rows."""
        sizes = self.start[which + 1] - self.start[which]
        places = spread(self.start, which)
        start = np.r_[0, np.cumsum(sizes)].astype(np.int32)
        return Columns(start, self.index[places], self.data[places], self.rows)

    def cut(self, which: np.ndarray) -> Columns:
        """These columns only, without the rows that become empty."""
        picked = self.pick(which)
        rows, index = np.unique(picked.index, return_inverse=True)
        return Columns(picked.start, index.astype(np.int32), picked.data, len(rows))

    def parts(self) -> np.ndarray:
        """A label per column: columns that share rows, directly or not, have the same."""
        matrix = sparse.csc_matrix(
            (np.ones(len(self.data)), self.index, self.start), shape=(self.rows, len(self))
        )
        square = sparse.block_array([[None, matrix], [matrix.T, None]], format="csr")
        labels: np.ndarray = csgraph.connected_components(square, directed=False)[1][self.rows :]
        return labels


def columns_of(matrix: sparse.csc_matrix) -> Columns:
    """The columns of a SciPy matrix."""
    return Columns(
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data.astype(np.float64),
        matrix.shape[0],
    )


def spread(start: np.ndarray, which: np.ndarray) -> np.ndarray:
    """The places of the lists number `which` of a compressed structure, one after another."""
    sizes = start[which + 1] - start[which]
    before = np.repeat(start[which] - np.r_[0, np.cumsum(sizes)[:-1]], sizes)
    places: np.ndarray = np.arange(int(sizes.sum())) + before
    return places


class Neighbours:
    """Which hidden cells are near each other: steps go through shared sums."""

    def __init__(self, sums: sparse.csc_matrix, by_row: sparse.csr_matrix) -> None:
        """`sums` by columns and by rows."""
        self._column_start, self._column = sums.indptr, sums.indices
        self._row_start, self._row = by_row.indptr, by_row.indices
        self._size = sums.shape[1]

    def around(self, cells: np.ndarray, hidden: np.ndarray, size: int) -> np.ndarray:
        """Ids (sorted) of about `size` cells reached from `cells` through `hidden` ones."""
        seen = np.zeros(self._size, dtype=bool)
        seen[cells] = True
        count, frontier = len(cells), cells
        while count < size and len(frontier):
            rows = np.unique(self._column[spread(self._column_start, frontier)])
            reached = self._row[spread(self._row_start, rows)]
            frontier = np.unique(reached[hidden[reached] & ~seen[reached]])
            seen[frontier] = True
            count += len(frontier)
        return np.flatnonzero(seen)

    def closing(self, cells: np.ndarray, open_: np.ndarray, size: int) -> np.ndarray:
        """At most `size` of the `open_` cells (bool per cell), those best tied to `cells` first.

        A cell all of whose sums hold one of `cells` can close a circle with them alone.
        """
        rows = np.unique(self._column[spread(self._column_start, cells)])
        reached = self._row[spread(self._row_start, rows)]
        reached = reached[open_[reached]]
        found, times = np.unique(reached, return_counts=True)
        sums = self._column_start[found + 1] - self._column_start[found]
        best = np.argsort(-(times / sums), kind="stable")[:size]
        return np.sort(found[best])
