"""Rounding: everything adds, every cell is a multiple, nobody is told apart, errors stay small."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.disclosure.brute_force import two_way
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import protect
from tutela.disclosure.rounding import feasible_range
from tutela.disclosure.table import FrequencyTable
from tutela.errors import Misuse


@settings(max_examples=25, deadline=None)
@given(
    arrays(np.int64, (4, 3), elements=st.integers(0, 12)),
    st.sampled_from(["round3", "round5"]),
    st.integers(0, 9),
)
def test_a_rounded_table_is_a_table(counts: np.ndarray, method: str, seed: int) -> None:
    base = int(method[-1])
    table = two_way(counts)
    made = protect([table], Policy(method=method, seed=seed))  # type: ignore[arg-type]
    cells = made.tables["t"]
    assert set(cells["status"]) == {"rounded"}
    assert (cells["count"] % base == 0).all()
    # Read as a table it is taken: its margins add.
    again = FrequencyTable("again", table.dimensions, cells.drop("status"))
    assert again.values.sum() == cells["count"].sum()
    leaf = table.leaf_mask()
    off = np.abs(again.values - table.values)
    assert off[leaf].max() < base
    assert made.report["t"]["error"]["max"] == off.max()
    low, high = feasible_range(again.values[leaf], base)
    assert ((low <= table.values[leaf]) & (table.values[leaf] <= high)).all()
    assert (high - low).min() >= base - 1


def larger() -> FrequencyTable:
    random = np.random.default_rng(4)
    parents = {f"p{i:02}": f"R{i // 4}" for i in range(12)}
    rows = {
        "place": [f"p{i:02}" for i in random.choice(12, 900, p=random.dirichlet(np.ones(12)))],
        "form": [f"f{i}" for i in random.choice(8, 900, p=random.dirichlet(np.ones(8)))],
    }
    dimensions = [Dimension("place", parents=parents), Dimension("form")]
    return FrequencyTable(
        "t", dimensions, pl.DataFrame(rows).group_by("place", "form").len("count")
    )


@pytest.mark.parametrize(("method", "most"), [("round3", 6), ("round5", 10)])
def test_margins_stay_near_their_counts(method: str, most: int) -> None:
    error = protect([larger()], Policy(method=method, seed=1)).report["t"]["error"]  # type: ignore[arg-type]
    assert error["max"] <= most
    assert error["mean"] < most / 4


def test_the_same_secret_repeats_and_another_does_not() -> None:
    one, two, other = (
        protect([larger()], Policy(method="round3", seed=seed)).tables["t"] for seed in (1, 1, 2)
    )
    assert one.equals(two)
    assert not one.equals(other)


def test_who_runs_it_again_cannot_tell_one_child_from_two() -> None:
    """The same published cell comes from both counts, whatever the seed is taken to be."""
    shown = {
        true: {
            protect([two_way(np.array([[true, 30], [40, 50]]))], Policy(method="round3", seed=s))
            .tables["t"]
            .filter((pl.col("r") == "r0") & (pl.col("c") == "c0"))["count"][0]
            for s in range(20)
        }
        for true in (1, 2)
    }
    assert shown[1] == shown[2] == {0, 3}


def test_tables_that_share_margins_are_refused() -> None:
    table = two_way(np.full((2, 2), 7))
    with pytest.raises(Misuse, match="common margins"):
        protect([table, two_way(np.full((2, 2), 7), "u")], Policy(method="round5"))
