"""What is counted, on nations small enough to count by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.indicators.nation import Nation
from tutela.indicators import load
from tutela.indicators.count import IndicatorTable, count, prepared
from tutela.indicators.queries import population_query

POPULATIONS = sorted({indicator.population.name for indicator in load()})


def counted(nation: Nation, folder: Path, **options: object) -> dict[str, IndicatorTable]:
    return count(*nation.write(folder), load(), **options)  # type: ignore[arg-type]


def rows(table: IndicatorTable) -> dict[tuple[str, ...], int]:
    return {tuple(row[:-1]): row[-1] for row in table.counts.iter_rows()}


def a_child(nation: Nation, name: str = "child") -> str:
    """A Belgian girl of 14 of whom the local police has a complaint."""
    record = nation.record(
        name, sex="F", citizenship="BE", age_at_facts=14, age_at_identification=15,
        facts_date=date(2014, 5, 1), risk_street="no",
    )  # fmt: skip
    nation.event(record, "complaint", date(2015, 3, 1), forms=["csam"], place="11002")
    return record


def test_a_child_known_to_three_bodies_counts_once(tmp_path: Path) -> None:
    nation = Nation()
    a_child(nation)
    centre = nation.record("child", "specialised_centre", sex="F", risk_street="yes")
    nation.event(centre, "referral", date(2015, 3, 9), forms=["csam"])
    court = nation.record("child", "courts", sex="M", age_at_facts=13)
    nation.event(court, "victim_recognised", date(2018, 1, 9))
    tables = counted(nation, tmp_path)
    assert rows(tables["victims_by_form"]) == {("2015", "csam"): 1}
    assert rows(tables["victims_by_age"]) == {("2015", "14-15"): 1}
    assert rows(tables["victims_by_sex"]) == {("2015", "F"): 1}
    assert rows(tables["victims_by_form_age_sex"]) == {("csam", "14-15", "F"): 1}
    assert rows(tables["victims_by_age_at_identification"]) == {("2015", "14-15"): 1}
    assert rows(tables["victims_by_citizenship"]) == {("2015", "BE"): 1}
    assert rows(tables["victims_by_territory"]) == {("2015", "10000"): 1}
    assert rows(tables["victims_by_identifying_body"]) == {("2015", "local_police"): 1}
    assert rows(tables["victims_by_year_of_facts"]) == {("2014",): 1}
    assert rows(tables["risk_street"]) == {("2015", "yes"): 1}
    assert rows(tables["risk_poverty"]) == {("2015", "unknown"): 1}
    assert rows(tables["court_recognised"]) == {("2018", "F"): 1}


def test_several_forms_are_one_category(tmp_path: Path) -> None:
    nation = Nation()
    a_child(nation)
    other = nation.record("child", "federal_police")
    nation.event(other, "identification", date(2016, 1, 1), forms=["grooming"])
    two = nation.record("second", "federal_police")
    nation.event(two, "identification", date(2016, 1, 1), forms=["grooming", "csam"])
    third = nation.record("third", "federal_police")
    nation.event(third, "identification", date(2016, 1, 1))
    assert rows(counted(nation, tmp_path)["victims_by_form"]) == {
        ("2015", "several"): 1,
        ("2016", "several"): 1,
        ("2016", "unknown"): 1,
    }


def test_citizenship_follows_the_membership_of_its_date(tmp_path: Path) -> None:
    nation = Nation()
    for name, country, year in (
        ("a", "HR", 2012), ("b", "HR", 2014), ("c", "GB", 2019), ("d", "GB", 2021),
        ("e", "XX", 2014),
    ):  # fmt: skip
        record = nation.record(name, citizenship=country)
        nation.event(record, "complaint", date(year, 6, 1))
    nation.event(nation.record("f"), "complaint", date(2014, 6, 1))
    assert rows(counted(nation, tmp_path)["victims_by_citizenship"]) == {
        ("2012", "NON_EU"): 1,
        ("2014", "EU"): 1,
        ("2019", "EU"): 1,
        ("2021", "NON_EU"): 1,
        ("2014", "STATELESS"): 1,
        ("2014", "UNKNOWN"): 1,
    }


def test_a_person_whom_all_sources_call_an_adult_is_no_child(tmp_path: Path) -> None:
    nation = Nation()
    adult = nation.record("adult", age_at_facts=19)
    nation.event(adult, "complaint", date(2015, 1, 1))
    for age in (18, 17):
        doubtful = nation.record("doubtful", age_at_facts=age)
        nation.event(doubtful, "complaint", date(2015, 1, 1))
    unknown = nation.record("unknown")
    nation.event(unknown, "complaint", date(2015, 1, 1))
    assert counted(nation, tmp_path)["victims_by_form"].counts["count"].sum() == 2


def test_what_has_no_date_is_unknown_and_what_is_old_is_earlier(tmp_path: Path) -> None:
    nation = Nation()
    nation.event(nation.record("a"), "complaint", date(2001, 1, 1))
    nation.event(nation.record("b"), "complaint")
    nation.event(nation.record("c"), "complaint", date(2012, 1, 1), date_precision="unknown")
    nation.event(nation.record("d"), "complaint", date(2012, 1, 1), date_precision="year")
    nation.record("e")
    table = counted(nation, tmp_path)["victims_by_form"]
    assert rows(table) == {
        ("2012", "unknown"): 1,
        ("earlier", "unknown"): 1,
        ("unknown", "unknown"): 3,
    }
    assert [code.code for code in table.dimensions[0].codes][-2:] == ["earlier", "unknown"]


def test_a_residual_code_without_anybody_is_left_out(tmp_path: Path) -> None:
    nation = Nation()
    a_child(nation)
    tables = counted(nation, tmp_path)
    year, form = tables["victims_by_form"].dimensions
    assert "unknown" not in {code.code for code in year.codes}
    assert [code.code for code in form.codes] == ["csam"]
    age = tables["victims_by_age"].dimensions[1]
    assert [code.code for code in age.codes] == ["0-5", "6-9", "10-13", "14-15", "16-17"]
    # All tables of a population have the same codes, so that their margins are the same cells.
    assert tables["victims_online"].dimensions[1].codes[-1].code == "unknown"


def test_reports_are_tied_by_their_matter(tmp_path: Path) -> None:
    nation = Nation()
    cases = {
        "m1": (date(2016, 1, 2), date(2016, 1, 3)),
        "m2": (date(2016, 1, 2), date(2016, 1, 9)),
        "m3": (date(2016, 1, 2), date(2016, 2, 1)),
        "m4": (date(2016, 1, 2), date(2016, 3, 1)),
        "m5": (date(2016, 1, 2), None),
        "m6": (None, None),
    }
    for matter, (forwarded, acknowledged) in cases.items():
        nation.event(None, "report", date(2016, 1, 1), matter=matter, channel="web")
        if forwarded:
            nation.event(None, "forwarded", forwarded, matter=matter)
        if acknowledged:
            nation.event(None, "acknowledged", acknowledged, matter=matter)
    nation.event(None, "report", date(2016, 1, 1), matter="m7", channel="web")
    nation.event(None, "forwarded", date(2016, 1, 1), matter="m7", date_precision="month")
    nation.event(None, "acknowledged", date(2016, 1, 5), matter="m7")
    nation.record("nobody")
    tables = counted(nation, tmp_path)
    handling = ("ack_1", "ack_7", "ack_30", "ack_late", "not_acknowledged", "not_forwarded")
    assert rows(tables["reports_handling"]) == {
        ("2016", code): 1 for code in (*handling, "ack_unknown")
    }
    assert rows(tables["reports_received"]) == {("2016", "web"): 7}


def test_travel_and_tourism_reports_have_their_own_table(tmp_path: Path) -> None:
    nation = Nation()
    for matter, forms, country in (
        ("m1", ["sectt"], "KH"), ("m2", ["sectt", "csam"], "BE"), ("m3", ["sectt"], None),
        ("m4", ["csam"], "BE"),
    ):  # fmt: skip
        nation.event(None, "report", date(2016, 1, 1), matter=matter, forms=forms, country=country)
    nation.record("nobody")
    tables = counted(nation, tmp_path)
    assert rows(tables["sectt_reports"]) == {
        ("2014-2016", "abroad"): 1,
        ("2014-2016", "belgium"): 1,
        ("2014-2016", "unknown"): 1,
    }
    assert rows(tables["reports_by_form"]) == {
        ("2016", "other"): 2,
        ("2016", "several"): 1,
        ("2016", "csam"): 1,
    }


def test_the_referral_path_and_its_delays(tmp_path: Path) -> None:
    nation = Nation()
    police = nation.record("a", sex="F", age_at_facts=15)
    nation.event(police, "complaint", date(2015, 1, 1))
    centre = nation.record("a", "specialised_centre")
    nation.event(centre, "referral", date(2015, 1, 6))
    nation.event(centre, "admission", date(2015, 1, 20))
    office = nation.record("a", "immigration_office", citizenship="NG")
    nation.event(office, "temporary_document", date(2015, 2, 1))
    nation.event(office, "status_granted", date(2015, 6, 1))
    nation.event(nation.record("b", "specialised_centre"), "referral", date(2015, 1, 6))
    tables = counted(nation, tmp_path)
    assert rows(tables["referral_path"]) == {("2015", "status"): 1, ("2015", "referral"): 1}
    assert rows(tables["referral_delay"]) == {("2015", "days_7"): 1, ("2015", "same_day"): 1}
    assert rows(tables["admission_delay"]) == {("2015", "days_30"): 1, ("2015", "not_admitted"): 1}
    assert rows(tables["referred_by_age_sex"]) == {("14-15", "F"): 1, ("unknown", "unknown"): 1}
    assert rows(tables["referred_by_citizenship"]) == {
        ("2015", "NON_EU"): 1,
        ("2015", "UNKNOWN"): 1,
    }
    assert rows(tables["status_delay"]) == {("2014-2015", "days_180"): 1}


def test_interviews_are_added_over_bodies(tmp_path: Path) -> None:
    nation = Nation()
    for name, parts in {
        "a": [(1, 1)], "b": [(1, 1), (1, 0)], "c": [(2, 0), (2, 0)], "d": [(None, None)],
        "e": [(6, None)],
    }.items():  # fmt: skip
        for held, recorded in parts:
            record = nation.record(name)
            nation.event(
                record, "interview", date(2015, 1, 1), quantity=held, quantity_recorded=recorded
            )
    tables = counted(nation, tmp_path)
    assert rows(tables["victims_interviews"]) == {
        ("2015", held): 1 for held in ("1", "2", "3-4", "5+", "unknown")
    }
    assert rows(tables["interviews_recorded"]) == {
        ("2015", "all"): 1,
        ("2015", "some"): 1,
        ("2015", "none"): 1,
        ("2015", "unknown"): 2,
    }


def test_guardians_missing_children_and_liberty(tmp_path: Path) -> None:
    nation = Nation()
    for name, days in {"a": 3, "b": 20, "c": 60, "d": 200, "e": None}.items():
        record = nation.record(name, "guardianship_service")
        nation.event(record, "guardian_signalled", date(2015, 1, 1))
        if days:
            assigned = date.fromordinal(date(2015, 1, 1).toordinal() + days)
            nation.event(record, "guardian_assigned", assigned)
    record = nation.record("a", "youth_care")
    nation.event(record, "missing", date(2015, 5, 1))
    nation.event(record, "found", date(2015, 4, 1))
    nation.event(record, "found", date(2015, 5, 12))
    nation.event(nation.record("b", "youth_care"), "missing", date(2015, 5, 1))
    for place in ("prison", "closed_centre"):
        nation.event(record, "deprivation_of_liberty", date(2015, 6, 1), outcome=place)
    tables = counted(nation, tmp_path)
    bands = ("assigned_7", "assigned_30", "assigned_90", "assigned_late", "not_assigned")
    assert rows(tables["guardians"]) == {("2015", band): 1 for band in bands}
    assert rows(tables["victims_missing"]) == {("2015", "found_30"): 1, ("2015", "not_recorded"): 1}
    assert rows(tables["victims_deprived_of_liberty"]) == {("2014-2015", "several"): 1}


def test_from_suspicion_to_decision(tmp_path: Path) -> None:
    nation = Nation()
    for name, (event, outcome, on) in {
        "a": ("judgment", "convicted", date(2011, 6, 1)),
        "b": ("judgment", "acquitted", date(2014, 6, 1)),
        "c": ("dismissal", "other", date(2010, 6, 1)),
        "d": ("prosecution", None, date(2010, 6, 1)),
    }.items():
        record = nation.record(name, "prosecution", "suspect", sex="M", age_at_facts=40)
        nation.event(record, "investigation_opened", date(2010, 1, 1), offence="be18-379-1")
        nation.event(record, event, on, outcome=outcome, offence="be18-379-1")
    freeze = nation.record("a", "federal_police", "suspect")
    nation.event(freeze, "asset_freeze", date(2010, 3, 1))
    nation.event(freeze, "confiscation", date(2011, 6, 1), amount_eur=20000.0)
    tables = counted(nation, tmp_path)
    assert rows(tables["suspects_decision"]) == {
        ("2010", "convicted_2"): 1,
        ("2010", "acquitted_late"): 1,
        ("2010", "dismissed_1"): 1,
        ("2010", "open"): 1,
    }
    assert rows(tables["suspects_by_offence"]) == {("2010", "prostitution"): 4}
    assert rows(tables["persons_convicted"]) == {("2011", "prostitution"): 1}
    assert rows(tables["persons_prosecuted"]) == {
        ("2010", "prostitution"): 1,
        ("2011", "prostitution"): 1,
        ("2014", "prostitution"): 1,
    }
    assert rows(tables["suspects_by_age_sex"]) == {("40-59", "M"): 4}
    assert rows(tables["asset_freezing"]) == {("2010", "early"): 1, ("2010", "none"): 3}
    assert rows(tables["confiscations"]) == {("2011", "under_50000"): 1, ("2014", "none"): 1}


def test_bands_beyond_the_last_day_observed_are_impossible(tmp_path: Path) -> None:
    nation = Nation()
    for year in (2010, 2014):
        record = nation.record(f"s{year}", "prosecution", "suspect")
        nation.event(record, "investigation_opened", date(year, 3, 1))
    structural = counted(nation, tmp_path, until=date(2014, 12, 31))["suspects_decision"].structural
    of_2014 = set(structural.filter(pl.col("year") == "2014")["decision"])
    assert of_2014 == {
        f"{o}_{b}" for o in ("convicted", "acquitted", "dismissed") for b in ("2", "4", "late")
    }
    assert "2010" not in set(structural["year"])


def test_money_is_counted_in_bands(tmp_path: Path) -> None:
    nation = Nation()
    for name, amount, paid in (("a", 62000.0, True), ("b", 500.0, False), ("c", None, False)):
        record = nation.record(name, "compensation_commission")
        nation.event(record, "aid_claimed", date(2015, 1, 1))
        nation.event(record, "aid_awarded", date(2016, 1, 1), amount_eur=amount)
        if paid:
            nation.event(record, "aid_paid", date(2017, 1, 1), amount_eur=amount)
    nation.event(nation.record("d", "compensation_commission"), "aid_claimed", date(2015, 1, 1))
    court = nation.record("a", "courts")
    nation.event(court, "compensation_awarded", date(2015, 1, 1), amount_eur=3000.0)
    tables = counted(nation, tmp_path)
    codes = ("from_15000", "under_5000", "awarded_unknown", "not_awarded")
    assert rows(tables["aid_awarded"]) == {("2014-2017", code): 1 for code in codes}
    assert rows(tables["aid_paid"]) == {("2014-2017", "paid"): 1, ("2014-2017", "not_paid"): 3}
    assert rows(tables["court_compensation"]) == {("2014-2017", "under_5000"): 1}


def test_justice_reaches_its_furthest_step(tmp_path: Path) -> None:
    nation = Nation()
    a_child(nation)
    case = nation.record("child", "courts")
    nation.event(case, "judgment", date(2017, 1, 1), outcome="convicted")
    nation.event(nation.record("other"), "referral", date(2015, 1, 1))
    assert rows(counted(nation, tmp_path)["victims_justice_stage"]) == {
        ("2015", "convicted"): 1,
        ("2015", "none"): 1,
    }


def test_a_year_that_no_source_was_asked_about_is_not_collected(tmp_path: Path) -> None:
    nation = Nation()
    a_child(nation)
    asked = {"local_police": {2014, 2015}}
    tables = counted(nation, tmp_path, asked=asked, until=date(2016, 12, 31))
    victims, guardians = tables["victims_by_form"], tables["guardians"]
    assert victims.not_collected == ("2010", "2011", "2012", "2013", "2016")
    assert [code.code for code in victims.dimensions[0].codes] == ["2014", "2015"]
    assert victims.collected
    assert not guardians.collected
    assert guardians.counts.height == 0


@pytest.mark.parametrize("population", POPULATIONS)
def test_a_population_has_each_unit_once(population: str, tmp_path: Path) -> None:
    nation = Nation()
    for step in range(3):
        for role in ("victim", "suspect"):
            record = nation.record(f"p-{role}", f"agency{step}", role, age_at_facts=12)
            for event_type in (
                "report", "referral", "admission", "interview", "missing", "found",
                "status_granted",
                "guardian_signalled", "age_assessment", "left_centre", "return", "follow_up",
                "deprivation_of_liberty", "victim_recognised", "aid_claimed", "prosecution",
                "compensation_awarded",
            ):  # fmt: skip
                nation.event(record, event_type, date(2015, 1, 1 + step), forms=["sectt"])
            nation.event(record, "judgment", date(2016, 1, 1), outcome="convicted")
    with prepared(*nation.write(tmp_path)) as (connection, _):
        units = connection.sql(population_query(population)).fetchall()
    names = [row[0] for row in units]
    assert names
    assert len(set(names)) == len(names)
    assert len(names) == (6 if "reports" in population else 1)


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    nation = Nation()
    for number in range(40):
        record = nation.record(f"p{number % 7}", sex="FM"[number % 2], age_at_facts=10 + number % 8)
        nation.event(record, "complaint", date(2015, 1, 1 + number % 28), place="11002")
    there = counted(nation, tmp_path / "a")
    nation.records.reverse()
    nation.events.reverse()
    nation.clusters.reverse()
    back = counted(nation, tmp_path / "b")
    assert all(there[name].counts.equals(back[name].counts) for name in there)


def test_articles_of_two_eras_come_to_one_international_class(tmp_path):
    """Grooming under the Code of 1867 and under the reform of 2022 is one class of ICCS."""
    nation = Nation()
    for name, on, offence in (
        ("a", date(2016, 6, 1), "be18-377quater"),
        ("b", date(2023, 6, 1), "be22-417_24"),
    ):
        record = nation.record(name, "prosecution", "suspect", sex="M", age_at_facts=40)
        nation.event(record, "prosecution", on, offence=offence)
    assert rows(counted(nation, tmp_path)["persons_prosecuted_by_iccs"]) == {("030223",): 2}
