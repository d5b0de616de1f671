"""Protection against the oracle, and what must never come out."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.disclosure.brute_force import as_shown, ranges, two_way
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import protect
from tutela.disclosure.table import FrequencyTable
from tutela.errors import SafetyBlock


def statuses(frame: pl.DataFrame) -> set[str]:
    return set(frame["status"].to_list())


@settings(max_examples=20, deadline=None)
@given(
    arrays(np.int64, (2, 3), elements=st.integers(0, 4)), st.sampled_from(["hidden", "structural"])
)
def test_every_small_count_stays_as_wide_as_promised(counts: np.ndarray, zeros: str) -> None:
    table = two_way(counts)
    policy = Policy(threshold=2, protection=2, zeros=zeros)  # type: ignore[arg-type]
    try:
        frame = protect([table], policy).tables["t"]
    except SafetyBlock:
        return
    shown = as_shown(frame)
    least = int(zeros == "structural")
    found = ranges(shown, (2, 3), least, int(counts.max(initial=0)) + 2)
    for position in np.ndindex(*table.values.shape):
        value = int(table.values[position])
        name = table.cell_name(position)
        cell = (name["r"], name["c"])
        if value < 2 and not (value == 0 and zeros == "structural"):
            assert shown[cell] is None
            low, high = found[cell]
            assert low <= value <= high
            assert high - low >= 2
        elif shown[cell] is not None:
            assert shown[cell] == value


def test_a_lone_small_count_takes_companions() -> None:
    counts = np.array([[1, 20, 30], [40, 50, 60], [70, 80, 90]])
    frame = protect([two_way(counts)], Policy(zeros="structural")).tables["t"]
    assert (frame["status"] == "hidden").sum() == 4


def test_hidden_cells_have_no_count_and_primary_is_not_told() -> None:
    counts = np.array([[1, 20, 0], [40, 50, 60], [70, 80, 90]])
    frame = protect([two_way(counts)], Policy(zeros="structural")).tables["t"]
    assert frame.columns == ["r", "c", "count", "status"]
    assert statuses(frame) == {"shown", "hidden", "zero"}
    assert frame.filter(pl.col("status") != "shown")["count"].null_count() == len(
        frame.filter(pl.col("status") != "shown")
    )


def test_nothing_small_means_nothing_hidden() -> None:
    frame = protect([two_way(np.full((3, 3), 50))], Policy()).tables["t"]
    assert statuses(frame) == {"shown"}


def test_linked_tables_hide_shared_cells_alike() -> None:
    rng = np.random.default_rng(3)
    people = pl.DataFrame({d: [f"{d}{k}" for k in rng.integers(0, 4, 300)] for d in "abc"})

    def count(*names: str) -> FrequencyTable:
        counts = people.group_by(names).len("count").sort(names)
        return FrequencyTable("-".join(names), [Dimension(n) for n in names], counts)

    found = protect([count("a", "b"), count("a", "c"), count("b", "c")], Policy(threshold=20))
    assert found.audit.passed
    assert found.audit.unsafe == 0

    def margin(table: str, dimension: str, other: str) -> list[tuple[str, str]]:
        frame = found.tables[table].filter(pl.col(other) == "_T")
        return frame.sort(dimension).select(dimension, "status").rows()

    assert margin("a-b", "a", "b") == margin("a-c", "a", "c")
    assert margin("a-b", "b", "a") == margin("b-c", "b", "c")


def test_hierarchies_are_protected_through_their_middle_level() -> None:
    counts = pl.DataFrame({"m": ["m1", "m2", "m3", "m4"], "count": [2, 30, 40, 50]})
    table = FrequencyTable(
        "t", [Dimension("m", parents={"m1": "A", "m2": "A", "m3": "B", "m4": "B"})], counts
    )
    result = protect([table], Policy(zeros="structural"))
    status = dict(result.tables["t"].select("m", "status").rows())
    assert status["m1"] == "hidden"
    assert status["m2"] == "hidden" or status["A"] == "hidden"
    assert result.report["t"]["primary"] == 1


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    table = two_way(rng.integers(0, 30, (5, 5)))
    shuffled = FrequencyTable(
        "t", table.dimensions, table.counts.sample(fraction=1.0, shuffle=True, seed=2)
    )
    one, two = protect([table], Policy()), protect([shuffled], Policy())
    assert one.tables["t"].equals(two.tables["t"])


def test_declared_zeros_are_shown_and_ordinary_ones_hidden() -> None:
    counts = np.array([[0, 20, 30], [0, 50, 60], [70, 80, 90]])
    table = two_way(counts)
    declared = FrequencyTable(
        "t",
        table.dimensions,
        table.counts,
        structural=pl.DataFrame({"r": ["r0"], "c": ["c0"]}),
    )
    shown = {
        (row["r"], row["c"]): row["status"]
        for row in protect([declared], Policy()).tables["t"].iter_rows(named=True)
    }
    assert shown["r0", "c0"] == "zero"
    assert shown["r1", "c0"] == "hidden"


def test_even_the_total_is_hidden_where_nothing_else_protects() -> None:
    counts = pl.DataFrame({"a": ["x", "y"], "count": [1, 7]})
    frame = protect(
        [FrequencyTable("t", [Dimension("a")], counts)], Policy(zeros="structural", protection=50)
    ).tables["t"]
    assert dict(frame.select("a", "status").rows())["_T"] == "hidden"


def test_detail_in_a_dear_dimension_is_hidden_last() -> None:
    counts = np.full((4, 4), 40)
    counts[1, 2] = 2
    cells = pl.DataFrame(
        [(f"r{i}", f"c{j}", int(counts[i, j])) for i in range(4) for j in range(4)],
        schema=["r", "c", "count"],
        orient="row",
    )

    def hidden_detail(price: float) -> int:
        dimensions = [Dimension("r"), Dimension("c", hide_cost=price)]
        frame = protect([FrequencyTable("t", dimensions, cells)], Policy()).tables["t"]
        return frame.filter((pl.col("status") == "hidden") & (pl.col("c") != "_T")).height

    assert hidden_detail(1000.0) < hidden_detail(1.0)
