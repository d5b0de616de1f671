"""What goes into protection comes out with a status, and what nobody was asked is unknown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from tests.publication.small_store import write_small_store
from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.indicators.run import TablesRun, read_tables
from tutela.publication.inputs import read_inputs, release_time
from tutela.publication.protection import (
    frequency_table,
    release_tables,
    require_passed,
    with_absent_time,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def run(store: Path) -> TablesRun:
    return read_tables(store)


def all_shown(run: TablesRun, name: str) -> pl.DataFrame:
    """The table of an indicator as an engine without any protection would give it back."""
    table = frequency_table(run.tables[name])
    counts = pl.Series("count", table.values.ravel(), dtype=pl.Int64)
    return table.frame().with_columns(counts, pl.lit("shown").alias("status"))


def test_hierarchy_and_population_reach_the_engine(run: TablesRun) -> None:
    table = frequency_table(run.tables["victims_by_territory"])
    assert table.population == frequency_table(run.tables["victims_by_form"]).population
    territory = table.dimensions[1]
    assert len(set(territory.parents.values())) == 2, "Flanders and Wallonia have provinces"
    assert table.values[0, 0] == run.tables["victims_by_territory"].counts["count"].sum()


def test_years_that_nobody_was_asked_about_are_unknown(run: TablesRun) -> None:
    name = "victims_by_form"
    entries, tables = release_tables({name: run.tables[name]}, {name: all_shown(run, name)})
    [time] = [d for d in entries[0]["dimensions"] if d["kind"] == "time"]
    assert [code["code"] for code in time["codes"]][:6] == [
        "_T",
        "2010",
        "2011",
        "2012",
        "2013",
        "2014",
    ]
    asked = tables[name].filter(pl.col("year") >= "2014")
    absent = tables[name].filter(pl.col("year").is_in(["2010", "2011", "2012", "2013"]))
    assert set(asked["status"]) == {"shown"}
    assert set(absent["status"]) == {"unknown"}
    assert (
        absent["count"].null_count()
        == absent.height
        == 4 * len(entries[0]["dimensions"][1]["codes"])
    )


def test_an_indicator_without_any_source_is_unknown_everywhere(run: TablesRun) -> None:
    name = "reports_received"
    _, tables = release_tables({name: run.tables[name]}, {})
    assert set(tables[name]["status"]) == {"unknown"}
    assert tables[name]["count"].null_count() == tables[name].height > 0


def test_a_counted_cell_that_is_lost_blocks(run: TablesRun) -> None:
    name = "victims_by_form"
    lost = all_shown(run, name).filter(~((pl.col("year") == "2020") & (pl.col("form") == "csam")))
    with pytest.raises(SafetyBlock, match="1 cells were counted and came back without a status"):
        release_tables({name: run.tables[name]}, {name: lost})


def test_entries_without_absent_years_stay_as_they_are(run: TablesRun) -> None:
    table = run.tables["victims_by_form_age_sex"]
    assert with_absent_time(table)["dimensions"] == table.entry["dimensions"]


@dataclass
class Audit:
    passed: object = True
    unsafe: int = 0
    exact: int = 0


@pytest.mark.parametrize(
    "audit", [Audit(passed=False), Audit(passed="yes"), Audit(unsafe=1), Audit(exact=1)]
)
def test_anything_but_a_clean_audit_blocks(audit: Audit) -> None:
    with pytest.raises(SafetyBlock, match="nothing was published"):
        require_passed(audit)
    require_passed(Audit())


def test_inputs_name_submissions_by_hash_and_no_table(store: Path, run: TablesRun) -> None:
    inputs = read_inputs(store, run)
    assert inputs.synthetic is True
    assert set(inputs.inputs["submissions"].values()) == {"a" * 60, "b" * 60}
    assert inputs.inputs["tables_run"] == "t1"
    assert inputs.linkage == {
        "method": "Fellegi-Sunter",
        "threshold": 0.5,
        "quality": {"expected_share_right": {"suspect": 1.0, "victim": 0.97}},
        "roles": {},
    }, "counts of persons in the linkage report must not be published"


def test_one_synthetic_submission_makes_the_release_synthetic(store: Path, run: TablesRun) -> None:
    submissions = [
        submission | {"synthetic": i == 1} for i, submission in enumerate(run.report["submissions"])
    ]
    mixed = replace(run, report=run.report | {"submissions": submissions})
    assert read_inputs(store, mixed).synthetic is True


def test_the_seed_follows_from_what_only_the_centre_holds(tmp_path: Path) -> None:
    seeds = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        store = write_small_store(tmp_path / name, seed=seed)
        seeds.append(read_inputs(store, read_tables(store)).seed)
    assert seeds[0] == seeds[1] != seeds[2]
    assert 0 <= seeds[0] < 2**63


def test_a_store_without_its_linkage_is_refused(tmp_path: Path) -> None:
    store = write_small_store(tmp_path / "store")
    run = read_tables(store)
    (store / "linkage/l1/report.json").unlink()
    with pytest.raises(InputRefused, match=r"report\.json is missing"):
        read_inputs(store, run)
    (store / "linkage/l1/clusters.parquet").unlink()
    with pytest.raises(InputRefused, match=r"clusters\.parquet is missing"):
        read_inputs(store, run)


def test_time_is_iso_and_has_a_zone() -> None:
    assert release_time("2026-01-31").isoformat() == "2026-01-31T00:00:00+00:00"
    zoned = "2026-01-31T12:00:00+01:00"
    assert release_time(zoned).isoformat() == zoned
    with pytest.raises(Misuse, match="'yesterday' is no date and time"):
        release_time("yesterday")
