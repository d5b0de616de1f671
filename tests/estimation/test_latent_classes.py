"""Latent classes: persons whom all lists know less."""

import numpy as np
import pytest

from tutela.estimation.averaging import average
from tutela.estimation.estimate import estimate
from tutela.estimation.latent_classes import latent_classes
from tutela.estimation.lists import ListTable

NAMES = ("A", "B", "C", "D", "E")


def people(total, spread, seed=1, base=(-1.1, -1.4, -1.6, -1.8, -1.5)):
    """`total` persons in two halves, whose log odds of being on any list differ by `spread`."""
    rng = np.random.default_rng(seed)
    logits = np.array(base) + np.where(rng.random(total) < 0.5, spread, 0.0)[:, None]
    seen = rng.random((total, 5)) < 1 / (1 + np.exp(-logits))
    counts = np.bincount(seen @ (1 << np.arange(5)), minlength=32)
    counts[0] = 0
    return ListTable(NAMES, counts)


@pytest.fixture(scope="module")
def unequal():
    table = people(2000, 1.8)
    return table, latent_classes(table, seed=3)


def test_equal_chances_give_back_the_population():
    found = latent_classes(people(2000, 0.0), seed=2)
    assert found.lower < 2000 < found.upper
    # The chains mix slowly where there is one class only; they must not stand apart.
    assert found.agreement < 1.6


def test_unequal_chances_are_followed_where_dependence_between_lists_cannot(unequal):
    table, found = unequal
    assert average(table).upper < found.upper
    assert abs(found.estimate - 2000) < abs(average(table).estimate - 2000)
    assert found.classes > 1.5


def test_another_seed_moves_the_median_by_what_its_error_says(unequal):
    table, found = unequal
    again = latent_classes(table, seed=11)
    error = np.hypot(found.monte_carlo_error, again.monte_carlo_error)
    assert again.estimate == pytest.approx(found.estimate, abs=max(5 * error, 3.0))


def test_the_engine_warns_of_unequal_chances(unequal):
    table, _ = unequal
    answer = estimate(table, method="all", bootstraps=100)
    assert set(answer.by_method) == {"independence", "stepwise", "bma", "latent"}
    assert "unequal-chances" in {w.code for w in answer.warnings}
    assert answer.verdict == "fragile"
    alone = estimate(table, method="latent", bootstraps=100)
    assert alone.estimate == alone.by_method["latent"]["estimate"]
