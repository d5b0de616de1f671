"""Advice for tables that would be mostly hidden."""

from __future__ import annotations

import numpy as np
import polars as pl

from tutela.disclosure.advice import advise
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import protect
from tutela.disclosure.table import FrequencyTable

POLICY = Policy(seed=3)


def table(rows: int) -> FrequencyTable:
    """Three regions of ten places each, by four forms."""
    random = np.random.default_rng(8)
    people = pl.DataFrame(
        {
            "place": [f"p{i:02}" for i in random.integers(0, 30, rows)],
            "form": [f"f{i}" for i in random.integers(0, 4, rows)],
        }
    )
    parents = {f"p{i:02}": f"R{i // 10}" for i in range(30)}
    dimensions = [Dimension("place", parents=parents), Dimension("form")]
    return FrequencyTable("t", dimensions, people.group_by("place", "form").len("count"))


def test_regions_are_advised_where_places_would_be_hidden() -> None:
    small = table(300)
    share = protect([small], POLICY).report["t"]["hidden_share"]
    assert share > 0.5
    found = advise(small, POLICY, share)
    assert found is not None
    assert "place × form without the finest codes of place (p00" in found.text
    answer = found.as_dict()
    [place] = [d for d in answer["dimensions"] if d["name"] == "place"]
    assert place["codes"] == ["_T", "R0", "R1", "R2"]
    assert answer["exact"] is True
    assert answer["hidden_share"] < 0.5
    # It is the table that would be published.
    given = protect([found.table], POLICY).report["t"]
    assert (given["cells"], given["hidden"]) == (answer["cells"], answer["hidden"])
    assert found.table.values.ravel()[0] == 300


def test_a_table_that_can_be_read_needs_no_advice() -> None:
    assert advise(table(9000), POLICY, 0.1) is None


def test_where_nothing_can_be_shown_nothing_is_advised() -> None:
    assert advise(table(3), POLICY, 1.0) is None
