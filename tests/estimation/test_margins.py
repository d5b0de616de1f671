"""Estimates from margins alone agree with those from the whole table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import Misuse
from tutela.estimation.design import design_of
from tutela.estimation.estimate import estimate
from tutela.estimation.lists import ListTable
from tutela.estimation.margins import table_from_margins
from tutela.estimation.stepwise import choose


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 4), st.data())
def test_the_table_found_has_the_margins_given(lists, data):
    cells = data.draw(st.lists(st.integers(1, 300), min_size=2**lists - 1, max_size=2**lists - 1))
    table = ListTable(tuple("ABCD"[:lists]), np.r_[0, cells])
    found = table_from_margins(table.names, table.observed, table.overlaps())
    assert found is not None
    assert found.observed == table.observed
    assert (found.overlaps() == table.overlaps()).all()
    if lists < 4:
        # One history less than margins: there is only one such table.
        np.testing.assert_allclose(found.counts, table.counts, atol=1e-4)


def test_model_and_point_are_those_of_the_whole_table():
    counts = np.array([0, 300, 250, 30, 100, 20, 20, 10, 200, 20, 30, 5, 60, 15, 9, 2])
    table = ListTable(tuple("ABCD"), counts)
    found = table_from_margins(table.names, table.observed, table.overlaps())
    whole, flat = (
        choose(design_of(4), each.counts[None, 1:].astype(float)) for each in (table, found)
    )
    assert (whole.pairs == flat.pairs).all()
    assert whole.pairs.any()
    assert flat.totals[0] == pytest.approx(whole.totals[0], rel=1e-6)
    answers = [estimate(each, method="stepwise", bootstraps=1000) for each in (table, found)]
    assert answers[1].lower == pytest.approx(answers[0].lower, rel=0.06)
    assert answers[1].upper == pytest.approx(answers[0].upper, rel=0.06)


@pytest.mark.parametrize(
    ("observed", "overlaps"),
    [
        (0, [[0, 0], [0, 0]]),
        (10, [[8, 8], [8, 8]]),  # two persons on no list
        (40, [[30, 10], [10, 10]]),  # ten of the second list nowhere
        (30, [[30, 10], [10, 10]]),  # nobody is on the second list alone
        (60, [[30, 20, 0], [20, 30, 20], [0, 20, 30]]),
    ],
)
def test_margins_that_no_table_has_give_none(observed, overlaps):
    overlaps = np.array(overlaps)
    names = tuple("ABC"[: len(overlaps)])
    assert table_from_margins(names, observed, overlaps) is None


def test_overlaps_of_another_shape_are_misuse():
    with pytest.raises(Misuse):
        table_from_margins(("A", "B"), 10, np.zeros((3, 3), dtype=np.int64))
