"""The reader refuses every release that is not exactly the one published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.publication.sample_release import write_sample_release
from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.publication.release import LANGUAGES, Release


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "release"
    write_sample_release(path)
    return path


@pytest.fixture
def folder(sample: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample, tmp_path / "release"))


def test_reads_what_was_written(folder: Path) -> None:
    release = Release.open(folder)
    entries = release.indicators()
    assert [entry["id"] for entry in entries][:1] == ["victims_by_form"]
    table = release.table("victims_by_form")
    assert table.columns == ["year", "form", "count", "status", "data"]
    assert table.schema["count"] == pl.Int64
    assert table.filter(pl.col("status") != "shown")["count"].null_count() > 0
    assert table.filter(pl.col("status") == "shown")["count"].null_count() == 0
    assert release.chart_path("victims_by_form", "de").read_text("utf-8").startswith("<svg")
    assert release.codes("territory").filter(code="VAN")["parent"].to_list() == ["VLG"]
    assert release.codes("territory").columns == ["code", *LANGUAGES, "parent"]
    assert set(release.published_figures().filter(topic="csam")["value"]) >= {"769", "789"}


def test_fingerprint_names_the_release(folder: Path) -> None:
    release = Release.open(folder)
    assert Release.open(folder, fingerprint=release.fingerprint).manifest == release.manifest
    with pytest.raises(InputRefused, match="is not the release"):
        Release.open(folder, fingerprint="0" * 64)


@pytest.mark.parametrize("name", ["tables/victims_by_form.csv", "indicators.json"])
def test_a_changed_file_is_refused(folder: Path, name: str) -> None:
    file = folder / name
    file.write_bytes(file.read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(InputRefused, match=f"{name} .* was changed"):
        Release.open(folder)


def test_a_file_changed_after_opening_is_refused(folder: Path) -> None:
    release = Release.open(folder)
    (folder / "tables/victims_by_form.csv").write_text("year,form,count,status\n")
    with pytest.raises(InputRefused, match="was changed"):
        release.table("victims_by_form")


def test_missing_added_and_linked_files_are_refused(folder: Path) -> None:
    chart = folder / "charts/victims_by_form.en.svg"
    content = chart.read_bytes()
    chart.unlink()
    with pytest.raises(InputRefused, match="is missing"):
        Release.open(folder)
    outside = folder.parent / "outside.svg"
    outside.write_bytes(content)
    chart.symlink_to(outside)
    with pytest.raises(InputRefused, match="is missing"):
        Release.open(folder)
    chart.unlink()
    chart.write_bytes(content)
    Release.open(folder)
    (folder / "extra.csv").write_text("x\n")
    with pytest.raises(InputRefused, match=r"extra\.csv .* is not part"):
        Release.open(folder)


def rewrite(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps(manifest | changes))


@pytest.mark.parametrize("audit", [{"passed": False}, {"passed": "true"}, {}, None])
def test_an_audit_that_has_not_passed_blocks(folder: Path, audit: object) -> None:
    rewrite(folder, audit=audit)
    with pytest.raises(SafetyBlock, match="has not passed its audit"):
        Release.open(folder)


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "a//b", "a/../b", ""])
def test_paths_that_leave_the_folder_are_refused(folder: Path, path: str) -> None:
    rewrite(folder, files={path: {"sha256": "0" * 64, "bytes": 1}})
    with pytest.raises(InputRefused, match="which no release holds"):
        Release.open(folder)


def test_not_a_release(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="holds no release"):
        Release.open(tmp_path)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(InputRefused, match="is not JSON"):
        Release.open(folder)
    (folder / "manifest.json").write_text("[]")
    with pytest.raises(InputRefused, match="is not a manifest"):
        Release.open(folder)
    (folder / "manifest.json").write_text('{"id": "x"}')
    with pytest.raises(InputRefused, match="lacks title"):
        Release.open(folder)


def test_unknown_names_are_misuse(folder: Path) -> None:
    release = Release.open(folder)
    with pytest.raises(Misuse, match="has no file"):
        release.table("../../etc/passwd")
    with pytest.raises(Misuse, match="has no file"):
        release.chart_path("victims_by_form", "it")
