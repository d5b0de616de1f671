from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.linkage.cluster import Edges, cluster, contract


def partitions(items):
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for smaller in partitions(rest):
        for k, group in enumerate(smaller):
            yield [*smaller[:k], [first, *group], *smaller[k + 1 :]]
        yield [[first], *smaller]


def value(groups, weights):
    return sum(weights[frozenset(p)] for g in groups for p in combinations(sorted(g), 2))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.data())
def test_greedy_is_never_worse_than_leaving_all_alone_nor_better_than_the_best(nodes, data):
    pairs = list(combinations(range(nodes), 2))
    weights = {frozenset(p): float(data.draw(st.integers(-9, 9))) for p in pairs}
    found = contract(
        [a for a, _ in pairs], [b for _, b in pairs], [weights[frozenset(p)] for p in pairs]
    )
    assert sorted(n for g in found for n in g) == list(range(nodes))
    best = max(value(p, weights) for p in partitions(list(range(nodes))))
    assert 0.0 <= value(found, weights) <= best


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=8))
def test_consistent_weights_give_back_the_true_groups(groups):
    pairs = list(combinations(range(len(groups)), 2))
    weights = [5.0 if groups[a] == groups[b] else -5.0 for a, b in pairs]
    found = contract([a for a, _ in pairs], [b for _, b in pairs], weights)
    assert {frozenset(g) for g in found} == {
        frozenset(i for i, g in enumerate(groups) if g == label) for label in set(groups)
    }


def test_a_weak_chain_does_not_join_two_persons():
    scores = {(0, 1): 9.0, (1, 2): 0.5, (2, 3): 9.0, (0, 2): -6.0, (0, 3): -6.0, (1, 3): -6.0}
    edges = Edges(
        np.array([0, 1, 2], np.int32), np.array([1, 2, 3], np.int32), np.array([9.0, 0.5, 9.0])
    )

    def score(i, j):
        return np.array([scores[a, b] for a, b in zip(i.tolist(), j.tolist(), strict=True)])

    numbers = cluster(4, edges, score).numbers
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_without_edges_everybody_is_alone():
    none = np.zeros(0, np.int32)
    found = cluster(3, Edges(none, none, np.zeros(0)), lambda i, _: np.zeros(len(i)))
    assert len(set(found.numbers.tolist())) == 3
