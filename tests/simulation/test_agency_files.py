"""Files of the agencies: each in its own ways, all valid, all saying what they are."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tutela.errors import InputRefused, Misuse
from tutela.simulation import nation as nation_module
from tutela.simulation.habits import load_habits
from tutela.simulation.nation import SHEETS, simulate
from tutela.submissions.profiles import load_profile, profile_names
from tutela.submissions.validate import validate_file

Nation = tuple[Path, dict[str, Any]]


def file_of(out: Path, agency: str) -> Path:
    (found,) = (out / "agencies" / agency).iterdir()
    return found


def read(path: Path, agency: str) -> pl.DataFrame:
    habits = load_habits()[0][agency]
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".xlsx":
        return pl.read_excel(path, infer_schema_length=0)
    text = path.read_bytes().decode(habits.encoding)
    return pl.read_csv(text.encode(), separator=habits.delimiter, infer_schema_length=0)


def hashes(out: Path) -> dict[str, str]:
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_each_profile_has_one_agency() -> None:
    assert sorted(SHEETS) == sorted(profile_names()) == sorted(load_habits()[0])


@pytest.mark.parametrize("agency", sorted(SHEETS))
def test_every_file_is_valid_by_its_profile(nation: Nation, agency: str) -> None:
    report = validate_file(file_of(nation[0], agency), load_profile(agency), today=date(2026, 1, 1))
    assert report.rows == nation[1]["agencies"][agency]["rows"] > 0
    assert report.errors == 0, report.groups
    assert report.warnings <= report.rows / 100
    assert report.synthetic


@pytest.mark.parametrize("agency", sorted(SHEETS))
def test_every_row_says_synthetic(nation: Nation, agency: str) -> None:
    rows = read(file_of(nation[0], agency), agency)
    assert rows["synthetic"].unique().to_list() == ["SYNTHETIC"]


def test_agencies_differ_in_format_language_and_letters(nation: Nation) -> None:
    endings = {file_of(nation[0], agency).suffix for agency in SHEETS}
    assert endings == {".csv", ".xlsx", ".parquet"}
    local = read(file_of(nation[0], "local_police"), "local_police")
    assert {"Voornaam", "Familienaam"} <= set(local.columns)
    assert local["Geboren op"].drop_nulls().str.contains(r"^\d\d/\d\d/\d{4}$|^\d{4}$").all()
    federal = read(file_of(nation[0], "federal_police"), "federal_police")
    names = "".join(federal["Noms de famille"].drop_nulls().to_list())
    assert names.isascii()
    assert names == names.upper()
    youth = read(file_of(nation[0], "youth_care"), "youth_care")
    assert not "".join(youth["Familienamen"].drop_nulls().to_list()).isascii()


def test_most_reports_of_the_hotline_name_nobody(nation: Nation) -> None:
    rows = read(file_of(nation[0], "hotline"), "hotline")
    nobody = rows["Nom de famille"].is_null() & rows["Prénom"].is_null()
    assert 0.7 < nobody.mean() < 0.98  # type: ignore[operator]


def test_same_seed_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        simulate(tmp_path / name, 300, seed)
    first, again, other = (hashes(tmp_path / name) for name in "abc")
    assert len(first) == 13
    assert first == again
    assert not set(first.values()) & set(other.values())


def test_systems_that_export_to_excel_fall_back_to_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nation_module, "load_habits", lambda country: (load_habits()[0], 10))
    simulate(tmp_path, 300, 1)
    path = file_of(tmp_path, "guardianship_service")
    assert path.suffix == ".csv"
    assert validate_file(path, load_profile("guardianship_service")).errors == 0


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    with pytest.raises(InputRefused, match="there already"):
        simulate(tmp_path, 50, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["truth"]


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(nation_module, "write_file", full)
    with pytest.raises(OSError, match="No space"):
        simulate(tmp_path, 50, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("children", "seed"), [(0, 1), (-5, 1), (5_000_001, 1), (10, -1)])
def test_impossible_numbers_are_misuse(tmp_path: Path, children: int, seed: int) -> None:
    with pytest.raises(Misuse):
        simulate(tmp_path, children, seed)


@pytest.mark.parametrize("children", [1, 7])
def test_a_handful_of_children_is_a_nation(tmp_path: Path, children: int) -> None:
    summary = simulate(tmp_path, children, 4)
    assert summary["children_seen"] + summary["children_unseen"] == children
    for agency, entry in summary["agencies"].items():
        assert (entry["path"] is None) == (entry["rows"] == 0)
        if entry["rows"]:
            assert validate_file(Path(entry["path"]), load_profile(agency)).errors == 0
