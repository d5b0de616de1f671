"""Two releases that differ by a few children: subtraction must not find them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.disclosure.brute_force import two_way
from tutela.disclosure.audit import audit_published
from tutela.disclosure.earlier import EarlierTable, Relation
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import protect
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.table import FrequencyTable
from tutela.errors import InputRefused, Misuse

THEN = np.array([[12, 20, 31], [40, 52, 63], [70, 81, 93]])


def publish(table: FrequencyTable, frame: pl.DataFrame) -> PublishedTable:
    dimensions = [
        replace(d, codes=tuple(tree.codes[1:]))
        for d, tree in zip(table.dimensions, table.trees, strict=True)
    ]
    return PublishedTable(table.name, dimensions, frame, table.population)


def released(counts: np.ndarray, relation: Relation) -> EarlierTable:
    table = two_way(counts)
    frame = protect([table], Policy()).tables["t"]
    return EarlierTable("2024", publish(table, frame), table, relation)


def change(now: np.ndarray, relation: Relation) -> tuple[int, int]:
    """How many differences give themselves away: protected alone, and protected together."""
    before, table = released(THEN, relation), two_way(now)
    alone = protect([table], Policy()).tables["t"]
    naive = audit_published([publish(table, alone)], Policy(), [table], [before])
    together = protect([table], Policy(), [before])
    assert together.audit.passed
    assert "earlier" in together.audit.attackers
    return naive.exact, together.audit.exact


def test_one_more_child_is_found_by_subtraction_unless_releases_are_protected_together() -> None:
    now = THEN.copy()
    now[0, 1] += 1
    naive, ours = change(now, "grown")
    assert naive == 4  # the cell, its row, its column, the total
    assert ours == 0


def test_a_withdrawn_child_is_not_found_either() -> None:
    now = THEN.copy()
    now[2, 2] -= 1
    naive, ours = change(now, "revised")
    assert naive == 4
    assert ours == 0


def test_what_was_shown_stays_shown_and_what_was_hidden_stays_hidden() -> None:
    counts = np.array([[1, 20, 30], [40, 50, 60], [70, 80, 90]])
    before = released(counts, "same")
    frame = protect([two_way(counts)], Policy(seed=9), [before]).tables["t"]
    assert frame["count"].equals(before_frame(before)["count"])


def before_frame(before: EarlierTable) -> pl.DataFrame:
    values = before.published.values.ravel()
    counts = pl.Series("count", values).set(pl.Series(values < 0), None)
    return before.published.frame().with_columns(counts)


def test_a_count_that_fell_is_no_growth() -> None:
    now = THEN.copy()
    now[2, 2] -= 1
    with pytest.raises(InputRefused, match="an earlier release"):
        protect([two_way(now)], Policy(), [released(THEN, "grown")])


def test_records_that_do_not_fit_are_refused() -> None:
    before = released(THEN, "same")
    with pytest.raises(InputRefused, match="was published as"):
        protect([two_way(THEN)], Policy(), [replace(before, table=two_way(THEN + 1))])
    with pytest.raises(Misuse, match="relation"):
        replace(before, relation="newer")  # type: ignore[arg-type]
