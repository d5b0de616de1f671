"""Which pairs could change a clustering: those of records in clusters that nearly were one.

A draw of another clustering needs the score of every pair inside a cluster and between clusters
that a doubtful pair connects, also of pairs that blocking did not propose.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tutela.linkage.table import Ints

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

#: A pair less likely than this (log odds; p = .02) never joins two clusters in a draw.
DOUBTFUL = -3.9
#: Inside a cluster a pair more likely than this (log odds; p = .998) is no doubt.
SETTLED = 6.2
#: Pairs of clusters with more pairs of records than this are not completed.
_MOST = 10_000


def pair_keys(i: Ints, j: Ints, rows: int) -> Longs:
    """One number for each pair of rows, the same whichever way round."""
    low, high = np.minimum(i, j).astype(np.int64), np.maximum(i, j)
    return low * rows + high


def unscored_pairs(numbers: Ints, i: Ints, j: Ints, log_odds: Floats) -> tuple[Ints, Ints]:
    """Pairs (i < j) that draws need and that are not among the scored ones.

    `numbers` are the clusters of all rows; `i`, `j` and `log_odds` the scored pairs.
    """
    rows = len(numbers)
    order = np.argsort(numbers, kind="stable")
    sizes = np.bincount(numbers, minlength=1).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    doubtful = (log_odds > DOUBTFUL) & (numbers[i] != numbers[j])
    many = np.flatnonzero(sizes > 1)
    low = np.minimum(numbers[i[doubtful]], numbers[j[doubtful]]).astype(np.int64)
    high = np.maximum(numbers[i[doubtful]], numbers[j[doubtful]]).astype(np.int64)
    both = np.unique(np.concatenate([many * len(sizes) + many, low * len(sizes) + high]))
    left, right = np.divmod(both, len(sizes))
    bounded = sizes[left] * sizes[right] <= _MOST
    left, right = left[bounded], right[bounded]
    counts = sizes[left] * sizes[right]
    owner = np.repeat(np.arange(len(left)), counts)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    a = order[starts[left[owner]] + place // sizes[right[owner]]]
    b = order[starts[right[owner]] + place % sizes[right[owner]]]
    a, b = np.minimum(a, b).astype(np.int32), np.maximum(a, b).astype(np.int32)
    keys = pair_keys(a, b, rows)
    known = np.sort(pair_keys(i, j, rows))
    at = np.minimum(np.searchsorted(known, keys), max(len(known) - 1, 0))
    seen = known[at] == keys if len(known) else np.zeros(len(keys), bool)
    fresh = (a != b) & ~seen
    distinct = np.unique(keys[fresh])
    first, second = np.divmod(distinct, rows)
    return first.astype(np.int32), second.astype(np.int32)


def uncertain_rows(numbers: Ints, i: Ints, j: Ints, log_odds: Floats) -> npt.NDArray[np.bool_]:
    """Rows whose cluster another draw may change: all of any group of clusters with a doubt.

    A doubt is a pair inside a cluster that is not settled, or a doubtful pair between two.
    """
    inside = numbers[i] == numbers[j]
    doubt = np.where(inside, log_odds < SETTLED, log_odds > DOUBTFUL)
    clusters = int(numbers.max(initial=-1)) + 1
    left, right = numbers[i[doubt]], numbers[j[doubt]]
    graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(clusters, clusters))
    group = connected_components(graph, directed=False)[1]
    shaken = np.zeros(len(group), bool)
    shaken[group[left]] = True
    return np.asarray(shaken[group[numbers]])
