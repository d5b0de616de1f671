"""Mappings: geography from its package, dated membership, offences to groups and ICCS."""

import re
from datetime import date, timedelta

import pytest

from tutela.vocabulary import load

V = load("be")


def test_every_municipality_has_a_region_an_arrondissement_and_a_language() -> None:
    codes = set(V.codelist("municipalities").codes())
    for name in ("region", "arrondissement", "language_region"):
        links = V.mapping(f"{name}_of_municipality").links
        assert sorted(link.code for link in links) == sorted(codes)


def test_only_the_nineteen_of_brussels_have_no_province() -> None:
    province, region = V.mapping("province_of_municipality"), V.mapping("region_of_municipality")
    without = [c for c in V.codelist("municipalities") if province.get(c) is None]
    assert len(without) == 19
    assert {region.get(code) for code in without} == {"04000"}


def test_the_nine_german_speaking_municipalities() -> None:
    language = V.mapping("language_region_of_municipality")
    assert sum(language.get(c) == "de" for c in V.codelist("municipalities")) == 9
    assert language.get("63023") == "de"
    assert language.get("62063") == "fr"
    assert language.get("21004") == "bilingual"
    assert language.get("11002") == "nl"


def test_territory_adds_up() -> None:
    assert len(V.codelist("regions")) == 3
    assert len(V.codelist("provinces")) == 10
    assert len(V.codelist("arrondissements")) == 12
    assert len(V.codelist("municipalities")) == 565
    assert V.codelist("provinces").parent("60000") == "03000"


@pytest.mark.parametrize(
    ("country", "on", "group"),
    [
        ("BE", date(1950, 1, 1), "BE"),
        ("HR", date(2013, 6, 30), "NON_EU"),
        ("HR", date(2013, 7, 1), "EU"),
        ("GB", date(2020, 1, 31), "EU"),
        ("GB", date(2020, 2, 1), "NON_EU"),
        ("RO", date(2006, 12, 31), "NON_EU"),
        ("RO", None, "EU"),
        ("GB", None, "NON_EU"),
        ("MA", None, "NON_EU"),
        ("XX", None, "STATELESS"),
        ("ZZ", None, None),
    ],
)
def test_citizenship_groups_follow_the_treaties(
    country: str, on: date | None, group: str | None
) -> None:
    assert V.mapping("citizenship_group_of_country").get(country, on) == group


def test_every_country_has_a_group_on_every_boundary() -> None:
    groups = V.mapping("citizenship_group_of_country")
    days = {link.valid_from for link in groups.links if link.valid_from}
    for day in sorted(days):
        for on in (day - timedelta(days=1), day):
            members = [c for c in V.codelist("countries") if groups.get(c, on) is None]
            assert members == []


def test_every_offence_has_one_group() -> None:
    group = V.mapping("group_of_offence")
    assert {link.code for link in group.links} == set(V.codelist("offences"))
    assert group.get("be22-417_46") == group.get("ben-173") == "csam"
    assert group.get("be22-417_38") == "live_streaming"


def test_successors_lead_forward_in_time() -> None:
    eras = {e.code: e.extra["era"] for e in V.codelist("offences").entries}
    order = {"2018": 0, "2022-06-01": 1, "new-code": 2}
    links = V.mapping("successor_of_offence").links
    assert all(order[eras[link.code]] < order[eras[link.target]] for link in links)
    assert V.mapping("successor_of_offence").get("be22-417_24") == "ben-151"
    assert V.mapping("successor_of_offence").get("be22-417_25") == "ben-152"


def test_the_official_concordance_is_complete() -> None:
    """417/7-24 became 134-151 and 417/25-48 became 152-175: each number plus 127."""
    successor = V.mapping("successor_of_offence")
    for code in V.codelist("offences"):
        match = re.fullmatch(r"be22-417_(\d+)([a-e]?)", code)
        if match and int(match[1]) <= 48:
            assert successor.get(code) == f"ben-{int(match[1]) + 127}{match[2]}"


def test_every_offence_of_exploitation_has_an_iccs_code() -> None:
    """What stays without one is no exploitation of a child, or sold without exploitation."""
    group, iccs = V.mapping("group_of_offence"), V.mapping("iccs_of_offence")
    without = {code for code in V.codelist("offences") if iccs.get(code) is None}
    outside = {"forced_marriage", "identity_disclosure", "other"}
    assert {code for code in without if group.get(code) not in outside} == {"ben-273"}


def test_a_series_runs_through_all_three_eras() -> None:
    group, iccs = V.mapping("group_of_offence"), V.mapping("iccs_of_offence")
    for chain in (
        ("be18-379-1", "be22-417_25", "ben-152"),
        ("be18-380-4", "be22-417_33", "ben-160"),
        ("be18-383bis-2", "be22-417_46", "ben-173"),
        ("be18-377quater", "be22-417_24", "ben-151"),
        ("be18-433septies-1", "be22-433septies-1", "ben-258"),
        ("be18-380-6", "be22-417_38", "ben-165"),
    ):
        assert len({group.get(code) for code in chain}) == 1, chain
        assert len({iccs.get(code) for code in chain}) == 1, chain


def test_a_successor_keeps_group_and_iccs() -> None:
    group, iccs = V.mapping("group_of_offence"), V.mapping("iccs_of_offence")
    for link in V.mapping("successor_of_offence").links:
        assert group.get(link.code) == group.get(link.target), link
        if link.status == "verified":
            assert iccs.get(link.code) == iccs.get(link.target), link


def test_frame_of_a_mapping() -> None:
    frame = V.mapping("iccs_of_offence").frame()
    assert frame.columns == ["code", "target", "valid_from", "valid_to", "source", "status"]
    assert frame.height == len(V.mapping("iccs_of_offence").links)
