"""Strata that learn from one another."""

import dataclasses

import numpy as np
import pytest

from tutela.estimation.estimate import CANNOT, estimate
from tutela.estimation.lists import ListTable
from tutela.estimation.shrinkage import paule_mandel, shrink

NAMES = ("A", "B", "C")


def stratum(people, seed, chances=(0.3, 0.25, 0.2)):
    rng = np.random.default_rng(seed)
    seen = rng.random((people, 3)) < np.array(chances)
    masks = seen @ np.array([1, 2, 4])
    counts = np.bincount(masks, minlength=8)
    counts[0] = 0
    return estimate(ListTable(NAMES, counts), method="stepwise", bootstraps=200)


@pytest.fixture(scope="module")
def answers():
    sizes = {"large": 4000, "middle": 1500, "small": 500, "thin": 220, "none": 25}
    return {name: stratum(people, seed) for seed, (name, people) in enumerate(sizes.items())}


def test_thin_strata_move_further_than_large_ones(answers):
    shrunk = shrink(answers)
    # These strata are alike: even the largest is pulled, by no more than four strata allow.
    assert shrunk["thin"].own_weight <= shrunk["large"].own_weight
    assert all(each.own_weight >= 2 / 3 - 1e-9 for each in shrunk.values())
    for name, each in shrunk.items():
        assert answers[name].observed < each.lower < each.estimate < each.upper


def test_a_thin_stratum_gains_precision(answers):
    shrunk = shrink(answers)
    own = answers["thin"]
    assert shrunk["thin"].upper - shrunk["thin"].lower < own.upper - own.lower


def test_a_stratum_that_is_refused_is_not_given_the_others_estimate(answers):
    assert answers["none"].verdict == CANNOT
    assert "none" not in shrink(answers)


def test_few_strata_are_not_shrunk(answers):
    assert shrink({name: answers[name] for name in ("large", "middle", "small")}) == {}


def test_strata_that_differ_greatly_keep_their_own(answers):
    far = {
        name: dataclasses.replace(each, estimate=each.observed * 10.0, upper=each.observed * 10.4,
                                  lower=each.observed * 9.6)
        if name == "large"
        else each
        for name, each in answers.items()
    }  # fmt: skip
    assert shrink(far)["large"].own_weight > 0.95


def test_strata_alike_have_no_variance_between_them():
    between, mean = paule_mandel(np.array([1.0, 1.1, 0.9, 1.0]), np.full(4, 0.5))
    assert between == 0.0
    assert mean == pytest.approx(1.0)


def test_the_variance_between_makes_the_spread_what_is_expected():
    values, variances = np.array([0.0, 2.0, 5.0, 9.0]), np.array([0.1, 0.2, 0.3, 0.4])
    between, mean = paule_mandel(values, variances)
    weights = 1 / (variances + between)
    assert np.sum(weights * (values - mean) ** 2) == pytest.approx(3.0)
