"""`tutela publish` on a store: what comes out is protected, complete and repeatable."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.publication.small_store import INDICATORS, write_small_store
from tutela.errors import InputRefused, Misuse
from tutela.indicators.run import read_tables
from tutela.publication.publish import publish
from tutela.publication.release import LANGUAGES, Release

TIME = "2026-01-31T12:00:00+01:00"


def run_publish(store: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tutela.cli.main", "publish", "--store", str(store)]
    return subprocess.run(
        [*command, "--out", str(out), *options], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def published(store: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    out = tmp_path_factory.mktemp("out") / "release"
    run = run_publish(store, out, "--time", TIME, "--json")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout), out


@pytest.fixture(scope="module")
def release(published: tuple[dict, Path]) -> Release:
    return Release.open(published[1], fingerprint=published[0]["fingerprint"])


def test_the_result_says_what_was_published(published: tuple[dict, Path]) -> None:
    result, _ = published
    assert result["indicators"] == len(INDICATORS)
    assert result["audit"]["passed"] is True
    assert result["audit"]["unsafe"] == result["audit"]["exact"] == 0
    assert result["audit"]["attacked"] > 0
    assert 0 < result["hidden"] < result["cells"]
    assert result["synthetic"] is True
    assert all(text.startswith("Publish ") for text in result["advice"].values())


def test_the_manifest_names_time_inputs_methods(release: Release) -> None:
    manifest = release.manifest
    assert manifest["time"] == TIME
    assert re.fullmatch(r"2026-01-31-[0-9a-f]{8}", manifest["id"])
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{12}", manifest["code_version"])
    assert manifest["disclosure"]["parameters"]["threshold"] == 5
    assert manifest["linkage"]["method"] == "Fellegi-Sunter"
    assert len(manifest["inputs"]["submissions"]) == 2
    assert manifest["audit"]["attackers"]
    text = json.dumps({key: value for key, value in manifest.items() if key != "files"})
    assert "seed" not in text
    assert "seconds" not in text


def test_the_same_inputs_give_the_same_bytes(
    store: Path, published: tuple[dict, Path], tmp_path: Path
) -> None:
    copy = shutil.copytree(store, tmp_path / "elsewhere/store")
    again = run_publish(copy, tmp_path / "again", "--time", TIME, "--json")
    assert again.returncode == 0, again.stderr
    result, out = published
    assert json.loads(again.stdout)["fingerprint"] == result["fingerprint"]
    paths = sorted(p.relative_to(out) for p in out.rglob("*") if p.is_file())
    assert len(paths) > 7 * len(INDICATORS)
    for path in paths:
        assert (out / path).read_bytes() == (tmp_path / "again" / path).read_bytes(), path


def test_small_counts_are_hidden_and_shown_ones_are_true(store: Path, release: Release) -> None:
    stored = read_tables(store).tables
    for name in INDICATORS:
        table = release.table(name)
        shown = table.filter(pl.col("status") == "shown")
        assert shown["count"].min() is None or shown["count"].min() >= 5
        assert set(table["status"]) <= {"shown", "hidden", "zero", "unknown"}
        names = [d["name"] for d in stored[name].entry["dimensions"]]
        both = shown.join(stored[name].counts, on=names, suffix="_true")
        assert both.filter(pl.col("count") != pl.col("count_true")).height == 0
        small = table.join(stored[name].counts.filter(pl.col("count") < 5), on=names)
        assert set(small["status"]) <= {"hidden"}


def test_what_nobody_was_asked_is_unknown(release: Release) -> None:
    assert set(release.table("reports_received")["status"]) == {"unknown"}
    early = release.table("victims_by_form").filter(pl.col("year") == "2012")
    assert set(early["status"]) == {"unknown"}
    [entry] = [e for e in release.indicators() if e["id"] == "reports_received"]
    assert "unknown" in entry["headline"]["en"]


def test_synthetic_is_in_every_image_row_and_title(release: Release) -> None:
    for language in LANGUAGES:
        assert release.manifest["title"][language].startswith("SYNTHETIC · ")
    for path in release.manifest["files"]:
        content = release.read(path).decode()
        if path.startswith("charts/"):
            assert content.count("SYNTHETIC") >= 6, path
        elif path.startswith(("tables/", "life_tables/", "sdmx/")) and path.endswith(".csv"):
            assert all("SYNTHETIC" in row for row in content.splitlines()[1:]), path
    package = json.loads(release.read("datapackage.json"))
    assert all(r["title"].startswith("SYNTHETIC · ") for r in package["resources"])
    catalogue = json.loads(release.read("dcat.jsonld"))
    for dataset in catalogue["dcat:dataset"]:
        assert all(t["@value"].startswith("SYNTHETIC · ") for t in dataset["dct:title"])


def test_the_reports_figures_stand_apart(release: Release) -> None:
    figures = release.published_figures()
    assert {"769", "789"} <= set(figures["value"])
    assert b"SYNTHETIC" not in release.read("published_figures.csv")


def test_metadata_describe_the_files_as_they_are(release: Release) -> None:
    package = json.loads(release.read("datapackage.json"))
    assert re.fullmatch(r"[a-z0-9._-]+", package["name"])
    assert [r["name"] for r in package["resources"]] == INDICATORS
    for resource in package["resources"]:
        listed = release.manifest["files"][resource["path"]]
        assert resource["hash"] == f"sha256:{listed['sha256']}"
        assert resource["bytes"] == listed["bytes"]
        table = release.table(resource["name"])
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert list(fields) == table.columns
        for name, field in fields.items():
            if "enum" in field.get("constraints", {}):
                assert set(table[name]) <= set(field["constraints"]["enum"])
    catalogue = json.loads(release.read("dcat.jsonld"))
    for dataset in catalogue["dcat:dataset"]:
        for distribution in dataset["dcat:distribution"]:
            path = distribution["dcat:downloadURL"]["@id"]
            checksum = distribution["spdx:checksum"]["spdx:checksumValue"]["@value"]
            assert checksum == release.manifest["files"][path]["sha256"]


def test_entries_point_to_files_that_exist(release: Release) -> None:
    for entry in release.indicators():
        paths = [*entry["tables"], *entry["charts"].values()]
        paths += [f"codes/{dimension['name']}.csv" for dimension in entry["dimensions"]]
        paths += [f"sdmx/{entry['id']}.csv", *filter(None, [entry.get("life_table")])]
        assert set(paths) <= set(release.manifest["files"])
        assert entry["safety"]["cells"] == release.table(entry["id"]).height
    life = release.life_table("suspects_decision")
    assert life is not None
    assert life.filter(pl.col("status") != "shown")["share"].drop_nulls().is_empty()
    assert release.life_table("victims_by_form") is None


def test_recorded_data_are_not_called_synthetic(tmp_path: Path) -> None:
    store = write_small_store(tmp_path / "store", synthetic=False)
    publish(store, tmp_path / "release", time=TIME, release_id="r1")
    release = Release.open(tmp_path / "release")
    assert release.manifest["synthetic"] is False
    assert release.manifest["id"] == "r1"
    for path in release.manifest["files"]:
        if path not in ("sdmx/structure.xml",):
            assert b"SYNTHETIC" not in release.read(path), path


def test_a_store_without_tables_is_refused(tmp_path: Path, store: Path) -> None:
    copy = shutil.copytree(store, tmp_path / "store")
    (copy / "current.json").write_text("{}")
    run = run_publish(copy, tmp_path / "release", "--time", TIME, "--json")
    assert run.returncode == 1
    assert json.loads(run.stdout)["error"]["kind"] == "input-refused"
    assert not (tmp_path / "release").exists()
    with pytest.raises(InputRefused, match="has no tables"):
        publish(copy, tmp_path / "release", time=TIME)


@pytest.mark.parametrize("bad", [{"time": "soon"}, {"time": TIME, "release_id": "../up"}])
def test_bad_names_and_times_are_misuse(store: Path, tmp_path: Path, bad: dict[str, str]) -> None:
    with pytest.raises(Misuse):
        publish(store, tmp_path / "release", **bad)
    assert not (tmp_path / "release").exists()
