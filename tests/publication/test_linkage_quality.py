"""A release says how far its linkage can be trusted, and tells no number of persons by it."""

import io
import json
import re

import polars as pl
import pytest

from tests.publication.linkage_report import BINS, REPORT
from tests.publication.small_store import write_small_store
from tutela.publication.charts.reliability import reliability_charts, wilson
from tutela.publication.linkage_quality import interval_of, linkage_quality, quality_files
from tutela.publication.publish import publish
from tutela.publication.release import Release


def test_no_number_of_persons_of_the_store_is_told():
    quality = linkage_quality(REPORT)
    assert set(quality) == {"victim"}
    told = json.dumps(quality) + " ".join(
        content.decode() for content in quality_files(quality, synthetic=True).values()
    )
    for number in ("54321", "98761", "53000", "52500", "4567", "333"):
        assert not re.search(rf"(?<!\d){number}(?!\d)", told)
    assert quality["victim"]["interval"]["lower"] == pytest.approx(0.9665, abs=1e-4)


def test_an_uncalibrated_linkage_claims_nothing():
    quality = linkage_quality({"roles": {"victim": {"clusters": 3}}})
    assert quality == {}
    assert quality_files(quality, synthetic=True) == {}
    assert interval_of({"unit": {"code": "presumed"}}, quality) is None


@pytest.mark.parametrize(
    ("unit", "found"), [("presumed", True), ("court_recognised", True), ("report", False)]
)
def test_the_interval_of_persons_is_no_interval_of_reports(unit, found):
    interval = interval_of({"unit": {"code": unit}}, linkage_quality(REPORT))
    assert (interval is not None) == found


def test_a_release_carries_diagram_tables_and_intervals(tmp_path):
    store = write_small_store(tmp_path / "store")
    (store / "linkage/l1/report.json").write_text(json.dumps(REPORT))
    publish(store, tmp_path / "release", time="2026-01-31T12:00:00+00:00")
    release = Release.open(tmp_path / "release")
    fairness = pl.read_csv(io.BytesIO(release.read("linkage/fairness.csv")))
    assert fairness["value"].to_list() == ["all", "arabic", "dutch"]
    assert set(fairness["data"]) == {"SYNTHETIC"}
    reliability = pl.read_csv(io.BytesIO(release.read("linkage/reliability.csv")))
    assert reliability.columns == ["role", "claimed", "found", "pairs", "data"]
    assert release.manifest["linkage"]["roles"]["victim"]["fairness"]["spread"]["culture"] == 0.03
    words = {"fr": "annoncée", "nl": "opgegeven", "de": "angegebene", "en": "claimed"}
    for language, word in words.items():
        svg = release.read(f"charts/linkage_reliability.{language}.svg").decode()
        assert word in svg
        assert "SYNTHETIC" in svg
    entries = {entry["id"]: entry for entry in release.indicators()}
    entry = entries["victims_by_form"]
    shown = release.table("victims_by_form").filter(
        pl.col("form") == "_T", pl.col("year") == "2025"
    )
    count = shown["count"][0]
    low, high = int(count * 0.9665), -int(-count * 0.9849)
    assert f"between {low}" in entry["headline"]["en"]
    assert "entre" in entry["headline"]["fr"]
    assert high < count
    assert "linkage_interval" not in entries["reports_received"]


def test_wilson_interval_of_a_published_case():
    # 15 of 50: .191 to .438 (Newcombe 1998 gives such values for the score method).
    low, high = wilson(15 / 50, 50)
    assert (low, high) == pytest.approx((0.191, 0.4375), abs=1e-3)
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_one_role_or_two_are_drawn():
    one = reliability_charts({"victim": BINS}, synthetic=False)["en"].decode()
    two = reliability_charts({"victim": BINS, "suspect": BINS}, synthetic=True)["en"].decode()
    assert "Suspects" not in one
    assert "Suspects" in two
    assert "SYNTHETIC" not in one
