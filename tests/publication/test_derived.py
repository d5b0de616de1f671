"""Whatever a release derives can be computed again from the cells that it shows alone."""

from __future__ import annotations

import re

import polars as pl
import pytest

from tests.publication.small_store import INDICATORS, write_small_store
from tutela.publication.publish import publish
from tutela.publication.release import LANGUAGES, Release


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("derived")
    store = write_small_store(folder / "store")
    publish(store, folder / "release", time="2026-01-31T12:00:00+01:00")
    return Release.open(folder / "release")


def shown(release: Release, name: str) -> pl.DataFrame:
    return release.table(name).filter(pl.col("status") == "shown")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_headline_is_a_shown_cell(release: Release, language: str) -> None:
    for entry in release.indicators():
        counts = set(shown(release, entry["id"])["count"])
        labels = " ".join(
            code["label"][language] for d in entry["dimensions"] for code in d["codes"]
        )
        for text in re.findall(r"\d[\d.,\u202f]*", entry["headline"][language]):
            number = re.sub(r"\D", "", text)
            assert int(number) in counts or text.strip(".,") in labels, (entry["id"], text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_in_a_chart_is_a_shown_cell(release: Release, language: str) -> None:
    for name in INDICATORS:
        counts = set(shown(release, name)["count"])
        svg = release.chart_path(name, language).read_text(encoding="utf-8")
        # Labels of cells stand in marks; those of axes name codes and ticks.
        marks = re.findall(r'<g class="mark-text role-mark[^"]*"[^>]*>(.*?)</g>', svg, re.DOTALL)
        texts = re.findall(r">([^<>]+)</text>", " ".join(marks))
        numbers = [re.sub(r"[.,\u202f]", "", text) for text in texts]
        drawn = {int(text) for text in numbers if text.isdigit() and text != "0"}
        assert drawn <= counts
        assert drawn or not counts or name == "reports_received", name


def test_life_tables_follow_from_the_shown_cells(release: Release) -> None:
    life = release.life_table("suspects_decision")
    assert life is not None
    [entry] = [e for e in release.indicators() if e["id"] == "suspects_decision"]
    cohort = entry["dimensions"][0]["name"]
    cells = release.table("suspects_decision")
    totals = {
        row[cohort]: row["count"]
        for row in cells.filter(pl.col("decision") == "_T", pl.col("status") == "shown").to_dicts()
    }
    told = life.filter(pl.col("status") == "shown")
    for row in told.to_dicts():
        assert row["people"] == totals[row[cohort]]
        assert row["share"] == pytest.approx(row["happened"] / row["people"], abs=0.0006)
        assert row["happened"] <= row["people"]
    rest = life.filter(pl.col("status") != "shown")
    assert rest.select("people", "happened", "share").null_count().row(0) == (rest.height,) * 3


def test_a_hidden_cell_leaves_no_trace_in_any_file(release: Release) -> None:
    """Every table that is written anywhere in a release has no value where the cell is hidden."""
    for name in INDICATORS:
        hidden = release.table(name).filter(pl.col("status") == "hidden").height
        sdmx = pl.read_csv(release.file(f"sdmx/{name}.csv"), infer_schema=False)
        withheld = sdmx.filter(pl.col("OBS_STATUS") == "Q")
        assert withheld.height == hidden
        assert withheld["OBS_VALUE"].null_count() == hidden
