"""Uncertainty of linkage carried into the estimate."""

import numpy as np
import pytest

from tutela.errors import Misuse
from tutela.estimation.draws import carry, draw_totals, estimate_draws, linkage_effect
from tutela.estimation.lists import ListTable

NAMES = ("A", "B", "C")
COUNTS = np.array([0, 300, 250, 60, 200, 45, 40, 12])


def moved(extra):
    """As many persons of A alone and B alone as `extra` turn out to be one person on both."""
    counts = COUNTS.copy()
    counts[3] += extra
    counts[[1, 2]] -= extra
    return ListTable(NAMES, counts)


def test_draws_that_agree_change_nothing():
    table = moved(0)
    carried, effect = estimate_draws(table, [table] * 4, bootstraps=200)
    assert effect.spread == pytest.approx(0.0, abs=1e-9)
    assert effect.shift == pytest.approx(0.0, abs=1e-9)
    assert carried.estimate == pytest.approx(draw_totals([table])[0])


def test_draws_that_differ_widen_the_interval_and_move_it():
    table = moved(0)
    sure, _ = estimate_draws(table, [table] * 4, bootstraps=200)
    carried, effect = estimate_draws(table, [moved(e) for e in (0, 10, 20, 30)], bootstraps=200)
    # More links than the linkage made: fewer persons in all.
    assert effect.shift < 0
    assert carried.estimate < sure.estimate
    assert np.log(carried.upper / carried.lower) > np.log(sure.upper / sure.lower)
    assert effect.observed == (COUNTS.sum() - 30, COUNTS.sum())


def test_draws_without_an_estimate_are_not_left_out_in_silence():
    apart = ListTable(NAMES, np.array([0, 300, 250, 0, 200, 0, 0, 0]))
    assert np.isinf(draw_totals([moved(0), apart])[1])
    assert linkage_effect(1000.0, [moved(0), moved(5), apart]) is None
    many = [moved(0), moved(5)] * 5
    kept = linkage_effect(1000.0, [*many, apart])
    assert kept is not None
    assert kept.draws_without_estimate == 1
    assert estimate_draws(apart, many) is None


def test_variances_within_and_between_add_on_the_log_scale():
    result = carry(1000.0, 900.0, 1200.0, shift=0.0, spread=0.1)
    reach = 1.959964 * 0.1
    assert np.log(1000 / result.lower) ** 2 == pytest.approx(np.log(1000 / 900) ** 2 + reach**2)
    assert np.log(result.upper / 1000) ** 2 == pytest.approx(np.log(1.2) ** 2 + reach**2)


def test_draws_must_be_of_the_same_lists():
    other = ListTable(("A", "B", "D"), COUNTS)
    with pytest.raises(Misuse):
        draw_totals([])
    with pytest.raises(Misuse):
        draw_totals([moved(0), other])
    with pytest.raises(Misuse):
        estimate_draws(moved(0), [other])
