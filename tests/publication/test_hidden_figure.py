"""The hidden figure of a release follows from shown cells, and tells nobody more than they do."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.publication.small_store import write_small_store
from tutela.publication.hidden_figure import Linkage, one_year, shown_margins
from tutela.publication.hidden_figure_words import headline
from tutela.publication.publish import publish
from tutela.publication.release import Release

LISTS = ["federal_police", "local_police", "victim_support", "youth_care"]
SURE = Linkage(carried=True, draws=20, shift_percent=0, spread_percent=0)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of one indicator, in which every year knows enough children."""
    folder = tmp_path_factory.mktemp("hidden")
    store = write_small_store(folder / "store", indicators=["victims_by_form"], even_years=True)
    publish(store, folder / "release", time="2026-01-31T12:00:00Z")
    return Release.open(folder / "release")


def test_every_year_has_an_interval_above_what_is_known(release: Release) -> None:
    told = release.hidden_figure()
    assert told is not None
    assert [year["year"] for year in told["years"]] == [str(year) for year in range(2014, 2026)]
    given = [year for year in told["years"] if year["lower"] is not None]
    assert len(given) >= 8
    for year in given:
        assert year["observed"] <= year["lower"] < year["estimate"] < year["upper"]
        assert year["upper"] % 10 == 0
    assert told["years"][-1]["verdict"] != "estimated"
    assert "still-rising" in told["years"][-1]["warnings"]


def test_anybody_makes_the_same_estimate_from_the_published_cells(release: Release) -> None:
    told = release.hidden_figure()
    assert told is not None
    cells = pl.read_csv(io.BytesIO(release.read("hidden_figure/lists.csv")), infer_schema=False)
    cells = cells.with_columns(pl.col("count").cast(pl.Int64))
    linkage = Linkage(**told["linkage"])
    for year in told["years"][:2]:
        rising = "still-rising" in year["warnings"]
        again = one_year(cells, year["year"], LISTS, told["fewest_per_year"], linkage, rising)
        assert again == year


def test_no_small_overlap_is_shown_and_no_history_is_said(release: Release) -> None:
    cells = pl.read_csv(io.BytesIO(release.read("hidden_figure/lists.csv")), infer_schema=False)
    shown = cells.filter(pl.col("status") == "shown")["count"].cast(pl.Int64)
    assert shown.min() >= 5  # type: ignore[operator]
    assert (cells["status"] == "hidden").any()
    text = json.dumps(release.hidden_figure())
    assert "by_method" not in text
    assert "diagnostics" not in text
    assert set(cells["data"]) == {"SYNTHETIC"}


def protected(year: str, counts: np.ndarray) -> pl.DataFrame:
    """A table of one year with all margins, nothing hidden; `counts` by history."""
    leaves = pl.DataFrame(
        {"year": [year] * 16}
        | {
            name: np.where((np.arange(16) >> i) & 1 == 1, "yes", "no").astype(str)
            for i, name in enumerate(LISTS)
        }
        | {"count": counts}
    )
    frames = [leaves]
    for name in LISTS:
        frames += [
            frame.with_columns(pl.lit("_T").alias(name))
            .group_by("year", *LISTS)
            .agg(pl.col("count").sum())
            for frame in list(frames)
        ]
    return pl.concat(frames).with_columns(status=pl.lit("shown"))


COUNTS = np.array([0, 300, 250, 30, 100, 20, 20, 10, 200, 20, 30, 6, 60, 15, 9, 5])


def hide(table: pl.DataFrame, **cell: str) -> pl.DataFrame:
    here = pl.all_horizontal(
        *(pl.col(name) == cell.get(name, "_T") for name in LISTS), pl.lit(value=True)
    )
    return table.with_columns(
        pl.when(here).then(None).otherwise(pl.col("count")).alias("count"),
        pl.when(here).then(pl.lit("hidden")).otherwise(pl.col("status")).alias("status"),
    )


def test_hidden_histories_do_not_move_the_estimate() -> None:
    whole = protected("2020", COUNTS)
    thin = hide(whole, federal_police="yes", local_police="yes", victim_support="yes")
    assert one_year(thin, "2020", LISTS, 300, SURE) == one_year(whole, "2020", LISTS, 300, SURE)


@pytest.mark.parametrize(
    ("hidden", "reason", "observed"),
    [
        ({}, "margins-hidden", None),
        ({"youth_care": "yes"}, "margins-hidden", 1075),
        ({"youth_care": "yes", "local_police": "yes"}, "margins-hidden", 1075),
    ],
)
def test_a_hidden_margin_refuses_the_year(
    hidden: dict[str, str], reason: str, observed: int | None
) -> None:
    answer = one_year(hide(protected("2020", COUNTS), **hidden), "2020", LISTS, 300, SURE)
    assert (answer["reason"], answer["observed"]) == (reason, observed)
    assert answer["lower"] is answer["upper"] is answer["estimate"] is None


def test_too_few_children_and_lists_that_never_meet_are_refused() -> None:
    few = one_year(protected("2020", COUNTS // 5), "2020", LISTS, 300, SURE)
    assert few["reason"] == "too-few-children"
    apart = np.zeros(16, dtype=np.int64)
    apart[[1, 2, 4, 8]] = 200
    assert shown_margins(protected("2020", apart), "2020", LISTS) is not None
    assert one_year(protected("2020", apart), "2020", LISTS, 300, SURE)["lower"] is None


def test_doubt_about_the_linkage_widens_and_its_absence_is_said() -> None:
    table = protected("2020", COUNTS)
    sure = one_year(table, "2020", LISTS, 300, SURE)
    doubtful = one_year(table, "2020", LISTS, 300, Linkage(True, 20, 0, 30))
    assert doubtful["lower"] < sure["lower"]
    assert doubtful["upper"] > sure["upper"]
    undrawn = one_year(table, "2020", LISTS, 300, Linkage(False, 0, 0, 0))
    assert "linkage-not-carried" in undrawn["warnings"]
    assert undrawn["verdict"] != "estimated"


def test_the_headline_prefers_a_settled_year_and_says_when_there_is_none() -> None:
    year = {"year": "2024", "observed": 1200, "lower": 1300, "upper": 1500, "warnings": []}
    rising = {**year, "year": "2025", "warnings": ["still-rising"]}
    assert "2024" in headline([year, rising])["en"]
    assert "1,300 and 1,500" in headline([year, rising])["en"]
    refused = {**year, "lower": None, "upper": None}
    assert "not mean zero" in headline([refused])["en"]


def test_a_store_with_few_children_says_so(tmp_path: Path) -> None:
    store = write_small_store(tmp_path / "store", indicators=["victims_by_form"])
    publish(store, tmp_path / "release", time="2026-01-31T12:00:00Z")
    opened = Release.open(tmp_path / "release")
    told = opened.hidden_figure()
    assert told is not None
    assert {year["reason"] for year in told["years"]} == {"too-few-children"}
    assert "hidden_figure/lists.csv" not in opened.manifest["files"]
