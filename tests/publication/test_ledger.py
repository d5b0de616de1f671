"""`tutela publish --ledger`: releases know of each other, and what is out is always recorded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.publication.small_store import write_small_store
from tutela.cli.main import main
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.ledger import Ledger
from tutela.disclosure.policy import Policy
from tutela.disclosure.succession import protect_after, record
from tutela.disclosure.table import FrequencyTable
from tutela.errors import InputRefused, SafetyBlock
from tutela.indicators.run import read_tables
from tutela.publication.outside import announce
from tutela.publication.protection import frequency_table
from tutela.publication.publish import publish
from tutela.publication.release import Release

TIME = "2026-01-31T12:00:00+01:00"
FORM = "victims_by_form"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_store(tmp_path_factory.mktemp("store"))


def with_one_more_child(store: Path, place: Path) -> Path:
    """A copy of the store in which one child more is counted, in all tables of its population."""
    copy = shutil.copytree(store, place)
    for name, codes in {
        FORM: {"year": "2020", "form": "csam"},
        "victims_by_territory": {"year": "2020"},
        "victims_by_form_age_sex": {"form": "csam"},
    }.items():
        path = copy / f"tables/t1/{name}.parquet"
        counts = pl.read_parquet(path)
        at = counts.filter([pl.col(key) == code for key, code in codes.items()]).row(0)
        names = counts.columns[:-1]
        chosen = pl.all_horizontal(pl.col(n) == c for n, c in zip(names, at, strict=False))
        counts.with_columns(count=pl.col("count") + chosen.cast(pl.Int64)).write_parquet(path)
    return copy


def test_a_child_added_between_two_releases_is_not_found(store: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    publish(store, tmp_path / "r1", time=TIME, release_id="r1", ledger=ledger)
    more = with_one_more_child(store, tmp_path / "store")
    publish(more, tmp_path / "r2", time=TIME, release_id="r2", ledger=ledger)
    one, two = Release.open(tmp_path / "r1"), Release.open(tmp_path / "r2")
    for entry in two.indicators():
        names = [dimension["name"] for dimension in entry["dimensions"]]
        both = one.table(entry["id"]).join(two.table(entry["id"]), on=names, suffix="_now")
        changed = both.filter((pl.col("count_now") - pl.col("count")).abs().is_between(1, 4))
        assert changed.height == 0, entry["id"]
    assert "earlier" in two.manifest["audit"]["attackers"]
    hidden = two.table(FORM).filter(pl.col("status") == "hidden").height
    assert hidden < two.table(FORM).height * 0.7
    for recorded, release in zip(Ledger(ledger).entries, (one, two), strict=True):
        named = {"entry": recorded.number, "fingerprint": recorded.fingerprint}
        assert release.manifest["ledger"] == named
        assert {t.name for t in recorded.tables} >= {FORM}


def test_published_again_it_is_the_same_bytes_and_no_new_entry(store: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "ledger"
    one = publish(store, tmp_path / "one", time=TIME, ledger=fresh)
    two = publish(store, tmp_path / "two", time=TIME, ledger=fresh)
    assert one.fingerprint == two.fingerprint
    assert len(Ledger(fresh).entries) == 1


def test_a_changed_ledger_stops_every_release(store: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    publish(store, tmp_path / "r1", time=TIME, ledger=ledger)
    cells = ledger / "releases/0001/cells/0.csv"
    cells.write_bytes(cells.read_bytes().replace(b"shown", b"Shown", 1))
    with pytest.raises(SafetyBlock, match="not as it was written"):
        publish(store, tmp_path / "r2", time=TIME, ledger=ledger)
    assert not (tmp_path / "r2").exists()


def test_the_command_checks_and_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = tmp_path / "ledger"
    counts = pl.DataFrame({"form": ["f1", "f2"], "count": [40, 60]})
    table = FrequencyTable("t", [Dimension("form")], counts, population="children")
    opened = Ledger.open(ledger)
    for name in ("r1", "r2"):
        with opened.writing():
            made = protect_after([table], Policy(), opened)
            record(opened, name, [table], Policy(), made.tables)

    def run(*words: str) -> tuple[int, dict]:
        with pytest.raises(SystemExit) as stop:
            main(["disclosure", "ledger", *words, "--json"])
        return int(stop.value.code or 0), json.loads(capsys.readouterr().out)

    first = opened.entries[0].fingerprint
    assert run("verify", str(ledger), "--fingerprint", first)[1]["entries"] == 2
    assert run("verify", str(ledger), "--fingerprint", "0" * 64)[0] == 3
    code, shown = run("show", str(ledger))
    assert code == 0
    assert [entry["release"] for entry in shown["releases"]] == ["r1", "r2"]
    assert "40" not in json.dumps([entry["cells"] for entry in shown["releases"]])
    assert run("show", str(ledger.parent))[0] == 2


OUTSIDE = """
source = "Police yearbook 2024"
population = "{population}"
file = "yearbook.csv"
date = 2025-06-01
[dimensions]
jaar = "year"
"""


def declared(folder: Path, population: str, rows: str = "2020,40\n2021,\n") -> Path:
    folder.mkdir()
    (folder / "police.toml").write_text(OUTSIDE.format(population=population), encoding="utf-8")
    (folder / "yearbook.csv").write_text("jaar,count\n" + rows, encoding="utf-8")
    return folder


def test_what_an_agency_publishes_itself_reaches_the_audit(store: Path, tmp_path: Path) -> None:
    table = frequency_table(read_tables(store).tables[FORM])
    true = int(table.values[table.trees[0].index["2020"], 0])
    rows = f"2020,{true - 2}\n2021,\n"
    outside = declared(tmp_path / "outside", table.population, rows)
    assert announce([table], outside) == {"police": 1}
    done = publish(store, tmp_path / "r", time=TIME, outside=outside)
    assert "publications" in done.manifest["audit"]["attackers"]
    shown = Release.open(tmp_path / "r").table(FORM)
    [total] = shown.filter((pl.col("year") == "2020") & (pl.col("form") == "_T")).to_dicts()
    assert total["status"] == "hidden", "two children stand behind the rest"


@pytest.mark.parametrize(
    ("population", "rows", "word"),
    [
        ("nobody", "2020,4\n", "no table counts 'nobody'"),
        ("", "1850,4\n", "'1850' is no code"),
        ("", "2020,4\n2020,5\n", "more than one row"),
        ("", "2020,some\n", "'some' is no whole number"),
    ],
)
def test_an_outside_publication_that_is_not_understood_stops_the_release(
    store: Path, tmp_path: Path, population: str, rows: str, word: str
) -> None:
    table = frequency_table(read_tables(store).tables[FORM])
    outside = declared(tmp_path / "outside", population or table.population, rows)
    with pytest.raises(InputRefused, match=word):
        publish(store, tmp_path / "r", time=TIME, outside=outside)
    (outside / "police.toml").write_text("source = 1", encoding="utf-8")
    with pytest.raises(InputRefused, match="lacks date"):
        announce([table], outside)
