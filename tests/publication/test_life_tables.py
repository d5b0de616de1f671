"""Durations are read from shown cells and say so where they cannot be."""

from __future__ import annotations

import polars as pl
import pytest

from tests.publication.small_store import write_small_store
from tutela.indicators import load
from tutela.indicators.run import TablesRun, read_tables
from tutela.publication.life_tables import life_tables
from tutela.publication.protection import frequency_table

NAME = "suspects_decision"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> TablesRun:
    return read_tables(write_small_store(tmp_path_factory.mktemp("store")))


@pytest.fixture(scope="module")
def shown(run: TablesRun) -> pl.DataFrame:
    table = frequency_table(run.tables[NAME])
    counts = pl.Series("count", table.values.ravel(), dtype=pl.Int64)
    return table.frame().with_columns(counts, pl.lit("shown").alias("status"))


def computed(run: TablesRun, table: pl.DataFrame) -> pl.DataFrame:
    return life_tables(load("be"), {NAME: table}, run.report["submissions"], "be")[NAME]


def test_shares_are_those_of_the_counts(run: TablesRun, shown: pl.DataFrame) -> None:
    row = (
        computed(run, shown)
        .filter(year="2015", outcome="convicted", within_days=730)
        .row(0, named=True)
    )
    cells = dict(shown.filter(year="2015").select("decision", "count").iter_rows())
    assert row["status"] == "shown"
    assert row["people"] == cells["_T"]
    assert row["happened"] == cells["convicted_1"] + cells["convicted_2"]
    assert row["share"] == pytest.approx(row["happened"] / row["people"], abs=0.0005)


def test_any_decision_is_the_sum_of_the_outcomes(run: TablesRun, shown: pl.DataFrame) -> None:
    table = computed(run, shown).filter(year="2015", within_days=1460)
    parts = table.filter(pl.col("outcome") != "_T")
    assert set(parts["outcome"]) == {"convicted", "acquitted", "dismissed"}
    assert table.filter(outcome="_T")["happened"].item() == parts["happened"].sum()


def test_a_hidden_cell_hides_every_share_that_needs_it(run: TablesRun, shown: pl.DataFrame) -> None:
    at = (pl.col("year") == "2015") & (pl.col("decision") == "convicted_2")
    table = shown.with_columns(
        status=pl.when(at).then(pl.lit("hidden")).otherwise("status"),
        count=pl.when(~at).then("count"),
    )
    convicted = computed(run, table).filter(year="2015", outcome="convicted").sort("within_days")
    assert convicted["status"].to_list() == ["shown", "suppressed", "suppressed"]
    assert convicted["share"].null_count() == convicted["happened"].null_count() == 2


def test_who_was_not_followed_long_enough_is_unknown(run: TablesRun, shown: pl.DataFrame) -> None:
    last = computed(run, shown).filter(year="2025")
    assert set(last["status"]) == {"unknown"}
    assert last["share"].null_count() == last.height
    undated = [submission | {"period": None} for submission in run.report["submissions"]]
    nobody = life_tables(load("be"), {NAME: shown}, undated, "be")[NAME]
    assert set(nobody["status"]) == {"unknown"}


def test_only_durations_have_one(run: TablesRun, shown: pl.DataFrame) -> None:
    assert set(life_tables(load("be"), {NAME: shown, "returns": shown}, [], "be")) == {NAME}


def test_shares_never_fall_with_time(run: TablesRun, shown: pl.DataFrame) -> None:
    known = computed(run, shown).filter(status="shown").sort("year", "outcome", "within_days")
    for _, rows in known.group_by("year", "outcome", maintain_order=True):
        assert rows["happened"].is_sorted()
