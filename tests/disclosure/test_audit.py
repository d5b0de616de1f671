"""The audit finds what naive tables give away, by whatever tool they were made."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.disclosure.brute_force import ranges, two_way
from tutela.disclosure.audit import audit_published
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.policy import Policy
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.table import FrequencyTable
from tutela.errors import InputRefused


def publish(table: FrequencyTable, hidden: set[tuple[str, str]]) -> PublishedTable:
    frame = table.frame().with_columns(count=pl.Series(table.values.ravel()))
    cell = pl.struct("r", "c").map_elements(
        lambda s: (s["r"], s["c"]) in hidden, return_dtype=pl.Boolean
    )
    frame = frame.with_columns(count=pl.when(cell).then(None).otherwise(pl.col("count")))
    return PublishedTable(table.name, table.dimensions, frame)


def test_a_small_count_hidden_alone_is_told_exactly() -> None:
    table = two_way(np.array([[1, 20], [30, 40]]))
    report = audit_published([publish(table, {("r0", "c0")})], Policy(zeros="structural"), [table])
    assert (report.passed, report.attacked, report.unsafe, report.exact) == (False, 1, 1, 1)


def test_a_small_count_that_is_shown_is_unsafe() -> None:
    table = two_way(np.array([[1, 20], [30, 40]]))
    report = audit_published([publish(table, set())], Policy(zeros="structural"), [table])
    assert (report.passed, report.exact) == (False, 1)


def test_shown_zeros_betray_what_hidden_zeros_keep() -> None:
    # Ones all round: who knows that hidden cells are at least 1 knows them all.
    table = two_way(np.array([[1, 1, 50], [1, 1, 50], [50, 50, 50]]))
    square = {(r, c) for r in ("r0", "r1") for c in ("c0", "c1")}
    loose = audit_published([publish(table, square)], Policy(2, 2), [table])
    tight = audit_published([publish(table, square)], Policy(2, 2, "structural"), [table])
    assert (loose.unsafe, loose.exact) == (0, 0)
    assert (tight.unsafe, tight.exact) == (4, 4)


@settings(max_examples=20, deadline=None)
@given(
    arrays(np.int64, (2, 3), elements=st.integers(1, 5)),
    st.sets(st.sampled_from([(f"r{i}", f"c{j}") for i in range(2) for j in range(3)]), max_size=5),
    st.sampled_from(["hidden", "structural"]),
)
def test_the_attack_agrees_with_enumeration(
    counts: np.ndarray, hidden: set[tuple[str, str]], zeros: str
) -> None:
    table = two_way(counts)
    published = publish(table, hidden)
    report = audit_published([published], Policy(3, 3, zeros))  # type: ignore[arg-type]
    shown = {
        (table.cell_name(p)["r"], table.cell_name(p)["c"]): (
            None if published.values[p] < 0 else int(published.values[p])
        )
        for p in np.ndindex(*table.values.shape)
    }
    found = ranges(shown, (2, 3), int(zeros == "structural"), 10)
    narrow = [cell for cell, (low, high) in found.items() if high - low < 3]
    exact = [cell for cell, (low, high) in found.items() if high == low]
    assert report.attacked == len(hidden)
    assert report.unsafe == len(narrow)
    assert report.exact == len(exact)


def test_a_table_that_contradicts_itself_is_refused() -> None:
    frame = pl.DataFrame({"a": ["_T", "x", "y"], "count": [10, 20, None]})
    with pytest.raises(InputRefused, match="does not add up"):
        audit_published([PublishedTable("t", [Dimension("a")], frame)], Policy())


def test_a_count_that_is_not_the_original_is_refused() -> None:
    one, two = two_way(np.full((2, 2), 9)), two_way(np.full((2, 2), 8))
    with pytest.raises(InputRefused, match="original"):
        audit_published([publish(one, set())], Policy(), [two])


def test_a_missing_margin_is_refused() -> None:
    frame = pl.DataFrame({"a": ["x", "y"], "count": [10, 20]})
    with pytest.raises(InputRefused, match="no row"):
        PublishedTable("t", [Dimension("a")], frame)
