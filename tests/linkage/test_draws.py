from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linkage.people import linked, nation
from tutela.errors import Misuse
from tutela.linkage.draws import count_interval, draw_clusterings
from tutela.linkage.uncertain import unscored_pairs


def scored(records: str, probabilities: dict[str, float]):
    """Each record alone, and the pairs by the labels of their records."""
    clusters = pl.DataFrame({"record_id": list(records), "cluster_id": list(records)})
    pairs = pl.DataFrame(
        [(pair[0], pair[1], p) for pair, p in probabilities.items()],
        schema=["record_id_1", "record_id_2", "probability"],
        orient="row",
    )
    return clusters, pairs


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_a_pair_alone_comes_out_together_as_often_as_its_probability_says(p):
    draws = draw_clusterings(*scored("ab", {"ab": p}), n=1500, seed=1)
    together = (draws.counts() == 1).mean()
    assert together == pytest.approx(p, abs=4 * (p * (1 - p) / 1500) ** 0.5)


def test_what_is_certain_never_changes():
    clusters, pairs = scored("abcd", {"ab": 1.0, "cd": 0.001})
    clusters = clusters.with_columns(cluster_id=pl.Series(["x", "x", "c", "d"]))
    draws = draw_clusterings(clusters, pairs, 50)
    assert len(draws.changed) == 0
    assert set(draws.counts().tolist()) == {3}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_draw_is_a_clustering_and_the_order_of_rows_changes_nothing(data):
    names = "abcdef"
    chance = st.floats(0.01, 0.99)
    every = {a + b: data.draw(chance) for a, b in combinations(names, 2)}
    clusters, pairs = scored(names, every)
    draws = draw_clusterings(clusters, pairs, 8, seed=3)
    turned = pairs.rename({"record_id_1": "record_id_2", "record_id_2": "record_id_1"})
    again = draw_clusterings(clusters.reverse(), turned.reverse(), 8, seed=3)
    for one, other in zip(draws.frames(), again.frames(), strict=True):
        assert one.equals(other)
        assert one["record_id"].to_list() == list(names)
    assert draws.counts().tolist() == [f["cluster_id"].n_unique() for f in draws.frames()]


def test_a_chosen_part_counts_each_person_once():
    clusters, pairs = scored("abc", {"ab": 0.5, "ac": 0.5, "bc": 0.5})
    draws = draw_clusterings(clusters, pairs, 30, seed=2)
    chosen = np.array([True, True, False])
    expected = [f.filter(chosen)["cluster_id"].n_unique() for f in draws.frames()]
    assert draws.counts(chosen).tolist() == expected


def test_a_linkage_result_can_be_drawn_from():
    result = linked(nation(100))
    every = pl.concat([result.pairs, result.besides])
    assert every.select("record_id_1", "record_id_2").is_duplicated().sum() == 0
    draws = draw_clusterings(result.clusters, every, 20)
    counted = result.clusters["cluster_id"].n_unique()
    assert abs(draws.counts().mean() - counted) < 8


def test_an_interval_adds_the_doubt_of_pairs_to_that_of_the_correction():
    drawn = np.array([100, 104, 96, 100])
    plain = count_interval(100, drawn, np.ones(50), 40)
    assert (plain.expected, plain.counted, plain.draws) == (100.0, 100, 4)
    assert plain.upper - 100 == pytest.approx(1.96 * drawn.std(ddof=1), rel=1e-3)
    ratios = np.random.default_rng(1).normal(0.95, 0.02, 500)
    corrected = count_interval(100, drawn, ratios, 100)
    assert corrected.expected == pytest.approx(95, abs=0.5)
    wider = corrected.upper - corrected.lower
    assert wider == pytest.approx(2 * 1.96 * (drawn.var(ddof=1) + 2 * 2.0**2) ** 0.5, rel=0.1)


def test_pairs_that_blocking_left_out_are_found():
    # a, b are one cluster by a pair of others; c is nearly theirs.
    numbers = np.array([0, 0, 1], np.int32)
    i, j = np.array([0], np.int32), np.array([2], np.int32)
    left, right = unscored_pairs(numbers, i, j, np.array([-1.0]))
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (1, 2)]


def test_none_is_no_number_of_draws():
    with pytest.raises(Misuse):
        draw_clusterings(*scored("ab", {"ab": 0.5}), n=0)
