"""From scored pairs to persons: correlation clustering inside progressive components.

Pairs above the threshold form components; a component that grew too large is cut by raising the
threshold, step by step, so that one chain of weak links cannot swallow a country. Inside a
component every pair is scored, and clusters are merged greedily while the summed log odds between
two of them are positive (Bansal, Blum and Chawla 2004; greedy additive edge contraction, Keuper et
al. 2015). Known pairs must link or cannot link whatever their score.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tutela.linkage.table import Ints

Floats = npt.NDArray[np.float64]
Score = Callable[[Ints, Ints], Floats]

#: A component above this size is cut by a higher threshold first.
LARGE = 40
#: Log odds asked for as components stay large.
STEPS = (1.0, 2.0, 3.0, 4.5, 6.0, 8.0, 10.0)
#: From this weight on, either way, a pair is known, not guessed, and is not clipped.
CERTAIN = 1e6


@dataclass(frozen=True)
class Edges:
    """Candidate pairs (i < j) and their log odds."""

    i: Ints
    j: Ints
    log_odds: Floats


@dataclass(frozen=True)
class Clusters:
    """A cluster number for each record, and the log odds of the record's best link: inside its
    cluster, or for a record alone the best link that was turned down (-inf where none)."""

    numbers: Ints
    best: Floats


def cluster(
    rows: int,
    edges: Edges,
    score: Score,
    *,
    threshold: float = 0.0,
    most: float = 12.0,
) -> Clusters:
    """Cluster `rows` records; `score` gives the log odds of any pair, for pairs that blocking did
    not propose. Scores are clipped to ±`most`, so that no single pair outweighs a family of others;
    known pairs (±`CERTAIN` and beyond, see `tutela.linkage.known`) are not.
    """
    component = components(rows, edges, threshold)
    inside = _pairs_inside(component, edges)
    numbers = component.copy()
    if len(inside[0]):
        weights = score(*inside)
        weights = np.where(np.abs(weights) < CERTAIN, np.clip(weights, -most, most), weights)
        numbers = _contract_all(component, inside, weights)
    best = np.full(rows, -np.inf)
    together = numbers[edges.i] == numbers[edges.j]
    for side in (edges.i, edges.j):
        np.maximum.at(best, side[together], edges.log_odds[together])
    sizes = np.bincount(numbers, minlength=int(numbers.max()) + 1)
    alone = sizes[numbers] == 1
    for side in (edges.i, edges.j):
        single = alone[side] & ~together
        np.maximum.at(best, side[single], edges.log_odds[single])
    return Clusters(renumber(numbers), best)


def components(rows: int, edges: Edges, threshold: float) -> Ints:
    """Component of each record; large ones are cut by rising thresholds."""
    keep = edges.log_odds > threshold
    component = _connected(rows, edges.i[keep], edges.j[keep])
    for step in STEPS:
        sizes = np.bincount(component)
        large = sizes[component] > LARGE
        if not large.any():
            break
        touching = large[edges.i] & (component[edges.i] == component[edges.j])
        kept = np.where(touching, edges.log_odds > max(step, threshold), edges.log_odds > threshold)
        same = component[edges.i] == component[edges.j]
        finer = _connected(rows, edges.i[kept & same], edges.j[kept & same])
        component = finer
    return component


def _connected(rows: int, i: Ints, j: Ints) -> Ints:
    graph = coo_matrix((np.ones(len(i), dtype=np.int8), (i, j)), shape=(rows, rows))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int32)


def _pairs_inside(component: Ints, edges: Edges, most: int = 400) -> tuple[Ints, Ints]:
    """All pairs inside components; of a component still above `most`, the candidates only."""
    order = np.argsort(component, kind="stable")
    sizes = np.bincount(component)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    huge = (sizes[component] > most)[edges.i] & (component[edges.i] == component[edges.j])
    left, right = [edges.i[huge]], [edges.j[huge]]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= most)]):
        rows = order[starts[sizes == size][:, None] + np.arange(size)]
        a, b = np.triu_indices(int(size), 1)
        left.append(rows[:, a].ravel())
        right.append(rows[:, b].ravel())
    i, j = np.concatenate(left), np.concatenate(right)
    return np.minimum(i, j).astype(np.int32), np.maximum(i, j).astype(np.int32)


def _contract_all(component: Ints, pairs: tuple[Ints, Ints], weights: Floats) -> Ints:
    """Contract every component; returns a cluster number for each record."""
    numbers = np.arange(len(component), dtype=np.int32)
    sizes = np.bincount(component)
    i, j = pairs
    owner = component[i]
    # Components whose pairs all agree are one cluster; no search is needed.
    disagree = np.zeros(len(sizes), dtype=bool)
    disagree[owner[weights <= 0]] = True
    first = np.full(len(sizes), len(component), dtype=np.int64)
    np.minimum.at(first, component, np.arange(len(component)))
    whole = np.isin(np.arange(len(sizes)), owner) & ~disagree
    mine = whole[component]
    numbers[mine] = first[component[mine]]
    split = np.flatnonzero(disagree[owner])
    order = split[np.argsort(owner[split], kind="stable")]
    cuts = np.flatnonzero(np.diff(owner[order])) + 1
    for part in np.split(order, cuts) if len(order) else []:
        for members in contract(i[part].tolist(), j[part].tolist(), weights[part].tolist()):
            numbers[members] = min(members)
    return numbers


def contract(i: list[int], j: list[int], weights: list[float]) -> list[list[int]]:
    """Greedy additive edge contraction of one component; returns its clusters.

    Ties fall to the smaller record numbers, so the order of pairs changes nothing.
    """
    links: dict[int, dict[int, float]] = {}
    for a, b, weight in zip(i, j, weights, strict=True):
        links.setdefault(a, {})[b] = links.setdefault(b, {}).setdefault(a, 0.0) + weight
        links[b][a] = links[a][b]
    members = {node: [node] for node in links}
    queue = [(-w, a, b) for a, near in links.items() for b, w in near.items() if a < b and w > 0]
    heapq.heapify(queue)
    while queue:
        weight, a, b = heapq.heappop(queue)
        if a not in links or b not in links[a] or links[a][b] != -weight:
            continue
        keep, gone = (a, b) if min(members[a]) < min(members[b]) else (b, a)
        members[keep] += members.pop(gone)
        for other, w in links.pop(gone).items():
            links[other].pop(gone)
            if other == keep:
                continue
            total = links[keep].get(other, 0.0) + w
            links[keep][other] = links[other][keep] = total
            if total > 0:
                heapq.heappush(queue, (-total, min(keep, other), max(keep, other)))
    return [sorted(group) for group in members.values()]


def renumber(numbers: Ints) -> Ints:
    """The same clusters, numbered from 0 without gaps."""
    return np.unique(numbers, return_inverse=True)[1].astype(np.int32)
