"""Totals of 20,000 children are the published ones."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tutela.simulation.care_sheets import immigration_office
from tutela.simulation.chance import year_of
from tutela.simulation.children import BIT
from tutela.simulation.habits import load_habits
from tutela.simulation.hotline_sheet import hotline
from tutela.simulation.justice_sheets import courts, federal_police
from tutela.simulation.nation import agency_rows
from tutela.simulation.sheet import register_twice
from tutela.simulation.world import World, make_world
from tutela.vocabulary import published_figures


def published(figure: str) -> tuple[int, int]:
    """Year and value of a published figure."""
    row = published_figures("be").row(by_predicate=pl.col("id") == figure, named=True)
    return int(row["period"]), int(float(row["value"]))


def convictions(world: World, year: int, codes: tuple[str, ...]) -> int:
    habits, _ = load_habits()
    rows = agency_rows(world, habits["courts"], courts(world))
    return rows.filter(
        (pl.col("role") == "suspect")
        & (pl.col("judgment") == "convicted")
        & (pl.col("judgment_on").dt.year() == year)
        & pl.col("offence").is_in(codes)
    ).height


def csam_cases(world: World) -> dict[int, int]:
    habits, _ = load_habits()
    sheet = register_twice(world, federal_police(world))
    rows = agency_rows(world, habits["federal_police"], sheet)
    cases = (
        rows.filter(pl.col("forms").str.split(";").list.contains("csam"))
        .group_by("case_number")
        .agg(pl.col("registered_on").min().dt.year().alias("year"))
    )
    return dict(cases.group_by("year").len().rows())


@pytest.mark.parametrize("figure", ["F05", "F06"])
def test_csam_cases_of_the_federal_police_are_the_published_ones(world: World, figure: str) -> None:
    year, value = published(figure)
    assert csam_cases(world)[year] == value


@pytest.mark.parametrize(
    ("figure", "codes"),
    [
        ("F07", ("be18-379-1", "be18-379-2", "be18-379-3")),
        ("F08", ("be18-379-1", "be18-379-2", "be18-379-3")),
        ("F09", ("be18-383bis-1",)),
        ("F10", ("be18-383bis-2",)),
    ],
)
def test_convictions_are_the_published_ones(
    world: World, figure: str, codes: tuple[str, ...]
) -> None:
    year, value = published(figure)
    assert convictions(world, year, codes) == value


def test_statuses_granted_to_minors_are_the_published_ones(world: World) -> None:
    year, value = published("F12")
    granted = immigration_office(world).columns["status_granted_on"]
    assert int((year_of(granted) == year).sum()) == value


def test_reports_of_travel_and_tourism_are_the_published_ones(world: World) -> None:
    year, value = published("F17")
    rows = hotline(world)
    travel = (rows.columns["facts.forms"] & BIT["sectt"]) > 0
    assert int((year_of(rows.columns["received_on"][travel]) == year).sum()) == value


def test_totals_grow_with_the_number_of_children() -> None:
    small = make_world(4_000, 3)
    assert csam_cases(small)[2015] == round(789 / 5)
    assert convictions(small, 2015, ("be18-383bis-2",)) == round(182 / 5)


def test_a_child_is_seen_by_two_agencies_on_average_and_some_by_none(world: World) -> None:
    steps = (
        "complaint_on",
        "identified_on",
        "referred_on",
        "guardianship_service.signalled_on",
        "youth_care.signalled_on",
        "presumed_on",
        "received_on",
        "opened_on",
        "judgment_on",
    )
    agencies = np.sum([world.journeys.happened(step) for step in steps], axis=0)
    assert agencies[agencies > 0].mean() == pytest.approx(2.3, abs=0.3)
    assert 0.08 < (agencies == 0).mean() < 0.25


def test_suspects_are_about_half_as_many_as_children(world: World) -> None:
    assert len(world.proceedings) / 20_000 == pytest.approx(0.47, abs=0.06)
