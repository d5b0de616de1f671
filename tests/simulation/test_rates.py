"""Every rate says where it comes from, and those that are published are the published ones."""

from __future__ import annotations

import re

import polars as pl
import pytest

from tutela.errors import Misuse
from tutela.simulation.rates import Rates, load_rates
from tutela.vocabulary import load, published_figures


def test_every_rate_has_a_source_and_a_reason() -> None:
    entries = load_rates().entries()
    assert len(entries) > 90
    for path, entry in entries.items():
        assert set(entry) == {"value", "source", "reason"}, path
        assert entry["source"].strip(), path
        assert entry["reason"].strip(), path


def test_figures_named_as_sources_are_published() -> None:
    known = set(published_figures("be")["id"])
    named = {
        figure
        for entry in load_rates().entries().values()
        for figure in re.findall(r"F\d\d", entry["source"] + entry["reason"])
    }
    assert {"F05", "F06", "F07", "F08", "F09", "F10", "F12", "F17"} <= named
    assert named <= known


def test_series_hold_the_published_values() -> None:
    figures = published_figures("be")
    for entry in load_rates().entries().values():
        for figure, year in re.findall(r"(F\d\d) \((\d{4})\)", entry["source"]):
            published = figures.row(by_predicate=pl.col("id") == figure, named=True)["value"]
            if figure == "F23":  # one case, two parents
                published = 2
            assert entry["value"][year] == float(published), figure


def test_series_cover_every_year() -> None:
    for path, entry in load_rates().entries().items():
        value = entry["value"]
        if isinstance(value, dict) and "2015" in value:
            assert list(value) == [str(year) for year in range(2010, 2026)], path


def test_codes_in_rates_are_in_the_code_lists() -> None:
    vocabulary = load()
    rates = load_rates()
    for path, codelist in {
        "forms.belgian": "forms",
        "hotline.channel": "channels",
        "hotline.forwarded_to": "agencies",
        "referral.referred_by": "agencies",
        "referral.left_to": "outcomes",
        "protection.age_result": "outcomes",
        "protection.deprived_place": "outcomes",
        "compensation.kind": "outcomes",
        "justice.dismissal_reason": "outcomes",
        "children.abroad": "countries",
        "children.big_cities": "municipalities",
    }.items():
        codes = vocabulary.codelist(codelist)
        assert all(code in codes for code in rates.table(path)), path


def test_a_rate_that_is_not_declared_is_a_mistake() -> None:
    with pytest.raises(Misuse, match="not declared"):
        Rates({"a": {"value": 1, "source": "s", "reason": "r"}}).number("b.c")
