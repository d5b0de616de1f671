"""Decomposable graphs over the lists, and the cliques by which their likelihood factorises.

A graph is decomposable when its vertices can be removed one by one, each time one whose remaining
neighbours are all joined (a perfect elimination; Lauritzen 1996, ch. 2). Removing vertex v with
neighbours B contributes the factor p(v, B) / p(B), so a graph is held as signed counts over sets
of lists: +1 for {v} + B, -1 for B.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

MOST_LISTS_ENUMERATED = 6
"""18,154 decomposable graphs on six lists; 617,675 on seven, which are sampled instead."""


@dataclass(frozen=True)
class Factors:
    """Elimination of many graphs: `edges` (graphs, pairs) booleans, and for each elimination round
    the set removed with its neighbours (`joined`) and the neighbours (`kept`), both (graphs,
    lists) bit masks."""

    edges: npt.NDArray[np.bool_]
    joined: Ints
    kept: Ints


def pairs_of(lists: int) -> list[tuple[int, int]]:
    """The pairs of lists in the order of `Factors.edges`."""
    return [(i, j) for i in range(lists) for j in range(i + 1, lists)]


def neighbours(edges: npt.NDArray[np.bool_], lists: int) -> Ints:
    """Adjacency as bit masks, shape (graphs, lists)."""
    adjacent = np.zeros((edges.shape[0], lists), dtype=np.int64)
    for k, (i, j) in enumerate(pairs_of(lists)):
        adjacent[:, i] |= edges[:, k].astype(np.int64) << j
        adjacent[:, j] |= edges[:, k].astype(np.int64) << i
    return adjacent


def eliminate(edges: npt.NDArray[np.bool_], lists: int) -> tuple[npt.NDArray[np.bool_], Factors]:
    """Which graphs are decomposable (graphs,), and the factors of those that are."""
    adjacent = neighbours(edges, lists)
    graphs = edges.shape[0]
    alive = np.full(graphs, (1 << lists) - 1, dtype=np.int64)
    joined = np.zeros((graphs, lists), dtype=np.int64)
    kept = np.zeros((graphs, lists), dtype=np.int64)
    decomposable = np.ones(graphs, dtype=bool)
    for turn in range(lists):
        done = np.zeros(graphs, dtype=bool)
        for v in range(lists):
            here = adjacent[:, v] & alive
            simplicial = ((alive >> v) & 1 == 1) & ~done
            for u in range(lists):
                lacks = here & ~adjacent[:, u] & ~(1 << u)
                simplicial &= ((here >> u) & 1 == 0) | (lacks == 0)
            joined[simplicial, turn] = here[simplicial] | (1 << v)
            kept[simplicial, turn] = here[simplicial]
            alive[simplicial] &= ~(1 << v)
            done |= simplicial
        decomposable &= done
    return decomposable, Factors(edges[decomposable], joined[decomposable], kept[decomposable])


@lru_cache(maxsize=4)
def all_decomposable(lists: int) -> Factors:
    """Every decomposable graph on up to six lists except the complete one.

    The complete graph puts no condition on the unseen cell, so its estimate is only its prior
    (Madigan and York 1997 leave it out as well).
    """
    pairs = len(pairs_of(lists))
    numbers = np.arange((1 << pairs) - 1 if pairs else 1)
    edges = ((numbers[:, None] >> np.arange(pairs)) & 1).astype(bool)
    return eliminate(edges, lists)[1]


def eliminate_one(edges: int, lists: int) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The joined and kept sets of one graph, given as a bit mask over `pairs_of`, or None if it is
    not decomposable. The same elimination as `eliminate`, for chains that go graph by graph."""
    adjacent = [0] * lists
    for k, (i, j) in enumerate(pairs_of(lists)):
        if (edges >> k) & 1:
            adjacent[i] |= 1 << j
            adjacent[j] |= 1 << i
    alive = (1 << lists) - 1
    joined, kept = [], []
    while alive:
        for v in range(lists):
            here = adjacent[v] & alive
            if (alive >> v) & 1 and all(
                (here & ~adjacent[u] & ~(1 << u)) == 0 for u in range(lists) if (here >> u) & 1
            ):
                joined.append(here | (1 << v))
                kept.append(here)
                alive &= ~(1 << v)
                break
        else:
            return None
    return tuple(joined), tuple(kept)
