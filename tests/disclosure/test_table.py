"""What a frequency table refuses, with row, column and value in the message."""

from __future__ import annotations

import polars as pl
import pytest

from tutela.disclosure.dimension import Dimension
from tutela.disclosure.graph import build_graph
from tutela.disclosure.table import FrequencyTable
from tutela.errors import InputRefused


def table(codes: list[str | None], counts: list[object], **parents: str) -> FrequencyTable:
    frame = pl.DataFrame({"a": codes, "count": counts}, strict=False)
    return FrequencyTable("t", [Dimension("a", parents=parents)], frame)


@pytest.mark.parametrize(
    ("codes", "counts", "words"),
    [
        (["x", "x"], [1, 2], "more than one row"),
        (["x", "y"], [1, -2], "row 2.*-2: negative"),
        (["x", "y"], [1, 2.5], "row 2.*2.5: not a whole number"),
        (["x", "y"], [1, None], "row 2.*missing"),
        (["x", None], [1, 2], "code is missing"),
        (["x", "y", "_T"], [1, 2, 4], "margins do not add.*4.*add to 3"),
    ],
)
def test_bad_counts_are_named(codes: list[str | None], counts: list[object], words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        table(codes, counts)


def test_a_code_outside_the_hierarchy_is_refused() -> None:
    with pytest.raises(InputRefused, match="'z' is not in the hierarchy"):
        table(["x", "z"], [1, 2], x="P")


def test_a_hierarchy_in_a_circle_is_refused() -> None:
    with pytest.raises(InputRefused, match="circle"):
        table(["x"], [1], x="P", P="Q", Q="x")


def test_margins_are_computed_through_every_level() -> None:
    found = table(["x", "y", "z"], [1, 2, 4], x="P", y="P", z="Q", P="R")
    by_code = dict(zip(found.trees[0].codes, found.values.tolist(), strict=True))
    assert by_code == {"_T": 7, "P": 3, "Q": 4, "R": 3, "x": 1, "y": 2, "z": 4}


def test_a_shared_margin_is_one_cell_and_must_agree() -> None:
    def two(name: str, other: str, count: int) -> FrequencyTable:
        frame = pl.DataFrame({"a": ["x"], other: ["k"], "count": [count]})
        return FrequencyTable(name, [Dimension("a"), Dimension(other)], frame)

    graph = build_graph([two("one", "b", 5), two("two", "c", 5)])
    assert len(graph) == 6
    with pytest.raises(InputRefused, match="count the same cell differently"):
        build_graph([two("one", "b", 5), two("two", "c", 6)])
