"""Which pairs to ask about: those whose answer would settle most of a count.

Drawn clusterings tell how the number of persons goes with each pair. Were the truth of a pair
known, the variance of the count over draws would fall by cov(together, count)² / var(together): the
answer's worth, in persons². It holds what follows from an answer, since a draw clusters all records
again, and is taken inside groups of clusters that doubt connects, for groups do not depend on one
another.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tutela.linkage.draws import ClusteringDraws
from tutela.linkage.table import Ints

Floats = npt.NDArray[np.float64]

#: Pairs more certain than this are not asked about.
UNSURE = (0.02, 0.98)


def worth_of_pairs(
    draws: ClusteringDraws, pairs: pl.DataFrame, weights: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The unsure pairs by the worth of their answer, greatest first.

    `pairs` has record_id_1, record_id_2, probability. `weights` (record_id, weight) says how many
    figures hang on a record, 1 where it does not say; a pair's worth grows with the square of the
    mean weight of its two records. Columns: those of `pairs`, worth, group (a number; pairs of one
    group settle one another in part).
    """
    rows = pl.DataFrame({"name": draws.record_id.gather(draws.changed)}).with_row_index("row")
    low, high = UNSURE
    unsure = (
        pairs.filter(pl.col("probability").is_between(low, high))
        .join(rows.rename({"row": "i"}), left_on="record_id_1", right_on="name")
        .join(rows.rename({"row": "j"}), left_on="record_id_2", right_on="name")
        .sort("record_id_1", "record_id_2")
    )
    i, j = (unsure[name].cast(pl.Int32).to_numpy() for name in ("i", "j"))
    groups = _groups(draws, i, j)
    together = np.stack([drawn[i] == drawn[j] for drawn in draws.drawn]).astype(np.float64)
    counts = np.stack([_persons_by_group(drawn, groups) for drawn in draws.drawn])
    count = counts[:, groups[i]]
    apart = together - together.mean(axis=0)
    covariance = (apart * (count - count.mean(axis=0))).mean(axis=0)
    variance = (apart**2).mean(axis=0)
    worth = np.divide(covariance**2, variance, out=np.zeros(len(i)), where=variance > 0)
    worth *= _mean_weights(unsure, weights) ** 2
    return (
        unsure.drop("i", "j")
        .with_columns(worth=pl.Series(worth), group=pl.Series(groups[i]))
        .sort("worth", "record_id_1", "record_id_2", descending=[True, False, False])
    )


def _groups(draws: ClusteringDraws, i: Ints, j: Ints) -> Ints:
    """Group of each changed row: rows that any draw or any unsure pair connects."""
    size = len(draws.changed)
    left, right = [i], [j]
    for drawn in (draws.base[draws.changed], *draws.drawn):
        order = np.argsort(drawn, kind="stable").astype(np.int32)
        same = drawn[order][1:] == drawn[order][:-1]
        left.append(order[:-1][same])
        right.append(order[1:][same])
    a, b = np.concatenate(left), np.concatenate(right)
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int32)


def _persons_by_group(drawn: Ints, groups: Ints) -> Floats:
    """Persons of one draw in each group."""
    first = np.unique(drawn, return_index=True)[1]
    return np.bincount(groups[first], minlength=int(groups.max(initial=-1)) + 1).astype(np.float64)


def _mean_weights(unsure: pl.DataFrame, weights: pl.DataFrame | None) -> Floats:
    if weights is None:
        return np.ones(unsure.height)
    both = [
        unsure.select(pl.col(name).alias("record_id"))
        .join(weights, on="record_id", how="left", maintain_order="left")["weight"]
        .fill_null(1.0)
        .to_numpy()
        for name in ("record_id_1", "record_id_2")
    ]
    return np.asarray((both[0] + both[1]) / 2, dtype=np.float64)
