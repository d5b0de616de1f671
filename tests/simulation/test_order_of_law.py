"""What happens to children obeys the law's order and delays."""

from __future__ import annotations

import numpy as np
import pytest

from tutela.simulation.accounts import written_dates, written_facts
from tutela.simulation.care_sheets import compensation_commission, immigration_office
from tutela.simulation.chance import Dates, year_of
from tutela.simulation.children import LAST_DAY
from tutela.simulation.justice_sheets import courts, federal_police, local_police, prosecution
from tutela.simulation.nation import SHEETS
from tutela.simulation.suspects import CONVICTED, KINDS
from tutela.simulation.world import World

DAYS = np.timedelta64(1, "D")
IN_ORDER = [
    ("complaint_on", "missing_on", False),
    ("referred_on", "admitted_on", True),
    ("admitted_on", "left_on", True),
    ("guardianship_service.signalled_on", "assigned_on", True),
    ("presumed_on", "reflection_on", True),
    ("reflection_on", "temporary_on", True),
    ("temporary_on", "status_granted_on", True),
    ("status_granted_on", "unlimited_on", True),
    ("opened_on", "dismissed_on", True),
    ("opened_on", "prosecuted_on", True),
    ("prosecuted_on", "judgment_on", True),
    ("judgment_on", "victim_recognised_on", True),
    ("claimed_on", "awarded_on", True),
    ("awarded_on", "paid_on", True),
    ("missing_on", "found_on", True),
]


def gap(first: Dates, second: Dates) -> np.ndarray:  # type: ignore[type-arg]
    both = ~np.isnat(first) & ~np.isnat(second)
    return (second[both] - first[both]) / DAYS


@pytest.mark.parametrize(("first", "second", "strict"), IN_ORDER)
def test_steps_come_in_order(world: World, first: str, second: str, strict: bool) -> None:
    dates = world.journeys.dates
    between = gap(dates[first], dates[second])
    assert len(between) > 0
    assert not strict or between.min() >= 0


def test_no_step_lies_after_the_last_day(world: World) -> None:
    for step, dates in world.journeys.dates.items():
        known = dates[~np.isnat(dates)]
        assert len(known), step
        assert known.max() <= LAST_DAY, step


def test_every_child_is_a_child_at_the_facts(world: World) -> None:
    age = world.children.facts - world.children.people.birth
    assert (age >= np.timedelta64(0, "D")).all()
    assert (age < np.timedelta64(6574, "D")).all()


def test_reflection_is_not_for_children_who_are_alone(world: World) -> None:
    assert not (world.children.alone & world.journeys.happened("reflection_on")).any()
    assert (world.children.alone & world.journeys.happened("temporary_on")).any()


def test_the_document_comes_within_the_days_of_reflection(world: World) -> None:
    dates = world.journeys.dates
    assert gap(dates["reflection_on"], dates["temporary_on"]).max() <= 45


def test_the_status_comes_within_the_document_and_its_one_extension(world: World) -> None:
    dates = world.journeys.dates
    assert gap(dates["temporary_on"], dates["status_granted_on"]).max() <= 180


def test_unlimited_stay_needs_a_conviction(world: World) -> None:
    given = world.journeys.happened("unlimited_on")
    assert (world.journeys.codes["judgment"][given] == "convicted").all()
    assert (
        gap(world.journeys.dates["judgment_on"], world.journeys.dates["unlimited_on"]) > 0
    ).all()


def test_the_register_knows_no_belgians(world: World) -> None:
    rows = immigration_office(world)
    assert len(rows)
    assert not (world.people.citizenship[rows.who] == "BE").any()


def test_only_children_alone_have_guardians(world: World) -> None:
    guarded = world.journeys.happened("assigned_on")
    assert guarded.any()
    assert world.children.alone[guarded].all()


def test_aid_is_asked_in_time_and_stays_under_the_ceiling(world: World) -> None:
    rows = compensation_commission(world)
    dates = world.journeys.dates
    decided = np.fmax(dates["victim_recognised_on"], dates["dismissed_on"])
    asked = gap(np.fmin(dates["victim_recognised_on"], decided), dates["claimed_on"])
    assert asked.max() <= 3 * 365
    awarded, on = rows.columns["awarded_eur"], rows.columns["awarded_on"]
    before = on < np.datetime64("2016-06-17", "D")
    assert np.nanmax(awarded[before]) <= 62_000
    assert np.nanmax(awarded) <= 125_000


def test_no_parents_are_convicted_of_forced_marriage_before_2014(world: World) -> None:
    justice = world.proceedings
    marriage = justice.kind == KINDS.index("forced_marriage")
    judged = justice.judged[marriage & (justice.end == CONVICTED)]
    years = year_of(judged)
    assert years.min() == 2014
    assert (years == 2014).sum() == 2


def test_an_offence_is_never_older_than_its_law(world: World) -> None:
    starts = {
        "be22-": np.datetime64("2022-06-01", "D"),
        "be18-433bis_1": np.datetime64("2014-05-10", "D"),
    }
    for draw in (federal_police, local_police, prosecution, courts):
        rows = draw(world)
        written, _ = written_dates(world, rows)
        offences = written_facts(world, rows, written)["offence"].astype(np.str_)
        day = np.where(np.isnat(written), world.facts.date[rows.who], written)
        for code, start in starts.items():
            under = np.char.startswith(offences, code)
            assert under.any()
            assert (day[under] >= start).all()


def test_an_old_law_is_not_applied_to_new_facts(world: World) -> None:
    rows = courts(world)
    written, _ = written_dates(world, rows)
    offences = written_facts(world, rows, written)["offence"].astype(np.str_)
    day = np.where(np.isnat(written), world.facts.date[rows.who], written)
    old = np.char.startswith(offences, "be18-")
    assert (day[old] < np.datetime64("2022-06-01", "D")).all()


def test_interviews_are_recorded_more_since_it_is_mandatory(world: World) -> None:
    rows = local_police(world)
    number, recorded = rows.columns["interviews"], rows.columns["interviews_recorded"]
    known = number > 0
    assert (recorded[known] <= number[known]).all()
    early = known & (year_of(rows.columns["complaint_on"]) < 2013)
    late = known & ~early
    share = [recorded[part].sum() / number[part].sum() for part in (early, late)]
    assert share[0] < 0.5 < 0.75 < share[1]


def test_suspects_stand_only_with_police_and_justice(world: World) -> None:
    with_suspects = {
        agency for agency, draw in SHEETS.items() if not world.is_child(draw(world).who).all()
    }
    assert with_suspects == {"federal_police", "local_police", "prosecution", "courts"}


def test_known_suspects_come_after_the_police_knew_the_child(world: World) -> None:
    justice = world.proceedings
    attached = justice.child >= 0
    dates = world.journeys.dates
    known = np.fmin(dates["complaint_on"], dates["identified_on"])[justice.child[attached]]
    assert attached.sum() > 500
    assert (gap(known, justice.suspected[attached]) >= 0).all()
