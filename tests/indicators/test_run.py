"""A tables run in a store, through the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from tests.indicators.nation import Nation
from tutela.cli.tables import command
from tutela.errors import InputRefused, Misuse
from tutela.indicators import load
from tutela.indicators.run import make_tables, read_tables
from tutela.submissions.store import Store


def write_store(folder: Path, *, supersedes: str | None = None) -> Path:
    """A store with one submission of the local police, linked."""
    Store.create(folder)
    nation = Nation()
    for number in range(12):
        record = nation.record(f"p{number // 2}", sex="F", age_at_facts=12)
        nation.event(record, "complaint", date(2015, 1, 1 + number), forms=["csam"])
    submission(folder, "local_police-local_police-000000000001", nation, supersedes=supersedes)
    link(folder, nation)
    return folder


def submission(store: Path, name: str, nation: Nation, *, supersedes: str | None = None) -> None:
    folder = store / "submissions" / name
    _, _, clusters = nation.write(folder)
    clusters.unlink()
    manifest = {
        "agency": "local_police",
        "profile": "local_police",
        "period": {"from": "2014-01-01", "to": "2016-12-31"},
        "synthetic": True,
        "supersedes": supersedes,
        "content_hash": "0" * 64,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def link(store: Path, nation: Nation, run: str = "run1") -> None:
    folder = store / "linkage" / run
    nation.write(folder)
    names = sorted(path.name for path in (store / "submissions").iterdir())
    current = {"linkage": {"run": run, "submissions": names}}
    (store / "current.json").write_text(json.dumps(current))


def run_json(store: Path) -> dict[str, Any]:
    done = CliRunner().invoke(command, ["--store", str(store), "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def test_the_command_writes_a_run_and_names_it(tmp_path: Path) -> None:
    store = write_store(tmp_path)
    answer = run_json(store)
    assert answer["indicators"] == len(load())
    assert answer["synthetic"] is True
    assert answer["sources"]["present"] == ["local_police"]
    assert "courts" in answer["sources"]["absent"]
    assert "guardians" in answer["not_collected"]
    current = json.loads((store / "current.json").read_text())
    assert current["tables"]["run"] == answer["run"]
    assert current["linkage"]["run"] == "run1"
    table = pl.read_parquet(store / "tables" / answer["run"] / "victims_by_form.parquet")
    assert table.rows() == [("2015", "csam", 6)]


def test_what_is_read_back_is_what_was_counted(tmp_path: Path) -> None:
    made = make_tables(write_store(tmp_path))
    read = read_tables(tmp_path)
    assert read.run == made.run
    table = read.tables["victims_by_territory"]
    assert table.population == "presumed_victims"
    assert table.parents("territory")["10000"] == "02000"
    assert table.codes("year") == ("2014", "2015", "2016")
    assert table.not_collected == ("2010", "2011", "2012", "2013")
    assert table.structural.is_empty()
    decisions = read.tables["suspects_decision"].structural
    assert decisions.columns == ["year", "decision"]


def test_the_same_store_gives_the_same_run_and_bytes(tmp_path: Path) -> None:
    first, second = write_store(tmp_path / "a"), write_store(tmp_path / "b")
    one, two = make_tables(first), make_tables(second)
    assert make_tables(first).run == one.run == two.run
    for file in sorted(one.folder.iterdir()):
        assert file.read_bytes() == (two.folder / file.name).read_bytes()
    assert [path.name for path in (first / "tables").iterdir()] == [one.run]


def test_words_never_hold_a_cell(tmp_path: Path) -> None:
    store = write_store(tmp_path)
    done = CliRunner().invoke(command, ["--store", str(store)], catch_exceptions=False)
    assert "unprotected" in done.stdout
    assert "no source    guardians" in done.stdout
    assert "csam" not in done.stdout
    assert "0 of 1 years carry an estimate" in done.stdout
    assert "2015: fewer than 300 children are known in this year" in done.stdout


def test_a_store_that_changed_after_linkage_is_refused(tmp_path: Path) -> None:
    store = write_store(tmp_path)
    make_tables(store)
    late = Nation()
    late.event(late.record("late"), "complaint", date(2015, 1, 1))
    submission(store, "local_police-local_police-000000000002", late)
    with pytest.raises(InputRefused, match="was not linked yet"):
        make_tables(store)
    with pytest.raises(InputRefused, match="holds other submissions"):
        read_tables(store)


def test_a_superseded_submission_does_not_count(tmp_path: Path) -> None:
    store = write_store(tmp_path)
    better = Nation()
    better.event(better.record("only"), "complaint", date(2015, 1, 1))
    submission(
        store,
        "local_police-local_police-000000000002",
        better,
        supersedes="local_police-local_police-000000000001",
    )
    link(store, better, "run2")
    current = json.loads((store / "current.json").read_text())
    current["linkage"]["submissions"] = ["local_police-local_police-000000000002"]
    (store / "current.json").write_text(json.dumps(current))
    assert make_tables(store).tables["victims_by_form"].counts["count"].sum() == 1


def test_tables_of_an_older_linkage_are_refused(tmp_path: Path) -> None:
    store = write_store(tmp_path)
    make_tables(store)
    current = json.loads((store / "current.json").read_text())
    current["linkage"]["run"] = "run2"
    (store / "current.json").write_text(json.dumps(current))
    with pytest.raises(InputRefused, match="was linked again"):
        read_tables(store)


def test_refusals_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="is no store"):
        make_tables(tmp_path)
    store = write_store(tmp_path)
    (store / "linkage" / "run1" / "clusters.parquet").unlink()
    with pytest.raises(InputRefused, match="is missing"):
        make_tables(store)
    (store / "current.json").unlink()
    with pytest.raises(InputRefused, match="no linkage run"):
        make_tables(store)
    with pytest.raises(InputRefused, match="has no tables"):
        read_tables(store)
    assert not (store / "tables").exists()
