import itertools

import numpy as np
import polars as pl
import pytest
from scipy.special import gammaln, logsumexp

from tutela.estimation import averaging
from tutela.estimation.averaging import average
from tutela.estimation.graphs import all_decomposable, eliminate, eliminate_one, pairs_of
from tutela.estimation.lists import ListTable, membership, table_from_frame


@pytest.mark.parametrize(("lists", "known"), [(2, 2), (3, 8), (4, 61), (5, 822), (6, 18154)])
def test_there_are_as_many_decomposable_graphs_as_chordal_graphs(lists, known):
    # Labelled chordal graphs, OEIS A058862; the complete one is left out.
    assert all_decomposable(lists).edges.shape[0] == known - 1


def test_a_square_without_diagonal_is_not_decomposable():
    pairs = pairs_of(4)
    square = np.array([[p in {(0, 1), (1, 2), (2, 3), (0, 3)} for p in pairs]])
    assert not eliminate(square, 4)[0][0]
    assert eliminate_one(int(sum(1 << k for k in np.flatnonzero(square[0]))), 4) is None


def test_one_by_one_elimination_agrees_with_the_batch():
    factors = all_decomposable(4)
    for i in range(factors.edges.shape[0]):
        bits = int(sum(1 << int(k) for k in np.flatnonzero(factors.edges[i])))
        joined, kept = eliminate_one(bits, 4)
        score = np.random.default_rng(i).random(16)
        one = sum(score[list(joined)]) - sum(score[list(kept)])
        many = score[factors.joined[i]].sum() - score[factors.kept[i]].sum()
        assert one == pytest.approx(many)


def brute_posterior(table, cliques_of_graphs, most):
    """Posterior of the unseen number from cliques and separators written out by hand."""
    member = membership(3)
    value = []
    for cliques, separators in cliques_of_graphs:
        line = []
        for unseen in range(most):
            counts = table.counts.astype(float).copy()
            counts[0] = unseen
            n = counts.sum()
            log = gammaln(n + 1) - gammaln(counts + 1).sum() - np.log(n)
            for sets, sign in ((cliques, 1), (separators, -1)):
                for s in sets:
                    alpha = 2.0 ** -len(s)
                    for levels in itertools.product([False, True], repeat=len(s)):
                        chosen = np.all(member[:, list(s)] == np.array(levels), axis=1)
                        log += sign * (gammaln(counts[chosen].sum() + alpha) - gammaln(alpha))
                    log -= sign * (gammaln(n + 1) - gammaln(1))
            line.append(log)
        value.append(line)
    value = np.array(value)
    posterior = np.exp(logsumexp(value, axis=0) - logsumexp(value))
    return posterior, np.exp(logsumexp(value, axis=1) - logsumexp(value))


def test_three_lists_agree_with_cliques_written_by_hand():
    rows = [(1, 0, 0, 14), (0, 1, 0, 9), (0, 0, 1, 11), (1, 1, 0, 4), (0, 1, 1, 5), (1, 0, 1, 3)]
    table = table_from_frame(pl.DataFrame(rows, schema=["A", "B", "C", "count"], orient="row"))
    a, b, c = (0,), (1,), (2,)
    graphs = [
        ([a, b, c], []),
        ([(0, 1), c], []),
        ([(0, 2), b], []),
        ([(1, 2), a], []),
        ([(0, 1), (0, 2)], [a]),
        ([(0, 1), (1, 2)], [b]),
        ([(0, 2), (1, 2)], [c]),
    ]
    # A product over unconnected parts divides by the normaliser of the whole once per part.
    posterior, weights = brute_posterior(table, graphs, most=4000)
    numbers = np.arange(posterior.size)
    median = table.observed + numbers[np.searchsorted(np.cumsum(posterior), 0.5)]
    result = average(table)
    assert result.estimate == pytest.approx(median, abs=1.0)
    assert result.mean == pytest.approx(table.observed + posterior @ numbers, rel=0.01)
    assert [g.weight for g in result.graphs] == pytest.approx(
        sorted(weights, reverse=True), abs=2e-3
    )


def test_the_chain_agrees_with_enumeration(monkeypatch):
    rng = np.random.default_rng(3)
    counts = rng.poisson(12, size=32)
    counts[0] = 0
    table = ListTable(("A", "B", "C", "D", "E"), counts)
    exact = average(table)
    monkeypatch.setattr(averaging, "MOST_LISTS_ENUMERATED", 4)
    sampled = average(table, seed=7)
    assert sampled.monte_carlo_error > 0
    assert sampled.estimate == pytest.approx(
        exact.estimate, abs=max(4 * sampled.monte_carlo_error, 2.0)
    )
