"""Which body is meant: never guessed, never Europol or INTERPOL directly, never nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.site.hotline.competence import (
    Ask,
    competent,
    complaints,
    municipalities_of,
)
from tutela.site.reports.declared_rules import facts, suggest
from tutela.site.reports.doors import DOORS
from tutela.site.reports.receivers import NOT_DIRECTLY, receivers


@st.composite
def reports(draw):
    """A door and any answers to it."""
    door = draw(st.sampled_from(sorted(DOORS)))
    answers = {}
    for asked in DOORS[door].questions:
        if asked.options:
            codes = [one.code for one in asked.options]
            answers[asked.name] = draw(st.lists(st.sampled_from(codes), max_size=3, unique=True))
    answers["country"] = draw(st.sampled_from([[], ["BE"], ["TH"], ["FR"]]))
    return door, {name: found for name, found in answers.items() if found}


@given(reports(), st.sampled_from(["", "Gent", "Eupen", "1000", "somewhere", "Saint-Nicolas"]))
def test_every_report_has_a_receiver_or_says_what_to_ask(report, place):
    door, answers = report
    routes = suggest(facts(door, answers))
    assert routes
    for route in routes:
        assert route.to in receivers()
        assert route.to not in NOT_DIRECTLY
        country = next(iter(answers.get("country", [])), "")
        body = competent(route.to, place=place, country=country)
        assert bool(body.areas) != bool(body.ask) or body.kind == "kingdom"


@pytest.mark.parametrize(
    ("door", "answers", "first"),
    [
        ("worried", {"danger": ["yes"]}, "local_police"),
        ("travel", {"danger": ["yes"], "country": ["TH"]}, "federal_police"),
        ("travel", {"country": ["TH"], "suspect_ties": ["none"]}, "foreign_mechanism"),
        ("travel", {"country": ["TH"], "suspect_ties": ["unknown"]}, "federal_police"),
        ("travel", {"country": ["TH"]}, "federal_police"),
        ("images", {"hosted": ["abroad"]}, "foreign_mechanism"),
        ("images", {"hosted": ["abroad"], "forms": ["live_streaming"]}, "federal_police"),
        ("images", {"hosted": ["unknown"]}, "federal_police"),
        ("worried", {"forms": ["trafficking"]}, "prosecution"),
        ("worried", {"forms": ["cefm"]}, "prosecution"),
        ("worried", {"relation": ["family"]}, "youth_care"),
        ("worried", {"situations": ["runaway"]}, "youth_care"),
        ("worried", {"situations": ["migration"]}, "guardianship_service"),
        ("child", {}, "specialised_centre"),
    ],
)
def test_the_first_rule_that_applies_is_the_suggestion(door, answers, first):
    found = suggest(facts(door, answers))
    assert found[0].to == first
    assert all(route.condition for route in found)


@given(st.text(max_size=80))
def test_no_place_in_words_breaks_it(place):
    found = municipalities_of(place)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("place", ["9000", "9000 Gent", "à Gand", "GENT (station)", "Ghent, Gent"])
def test_a_place_is_known_by_code_or_by_any_of_its_names(place):
    assert municipalities_of(place) == municipalities_of("Gent")
    body = competent("local_police", place=place)
    assert (body.kind, body.areas, body.ask) == ("municipality", municipalities_of("Gent"), "")


def test_the_federal_police_stand_before_europol_and_interpol():
    assert competent("federal_police").onward == ("europol", "interpol")
    assert all(competent(code).onward == () for code in receivers() if code != "federal_police")


@pytest.mark.parametrize(
    ("to", "place", "country", "ask"),
    [
        ("local_police", "", "", Ask.PLACE),
        ("prosecution", "Atlantis", "", Ask.PLACE),
        ("foreign_mechanism", "Gent", "", Ask.COUNTRY),
        ("foreign_mechanism", "Gent", "BE", Ask.COUNTRY),
        ("local_police", "Gent Eupen", "", Ask.WHICH_PLACE),
    ],
)
def test_what_is_not_known_is_asked(to, place, country, ask):
    body = competent(to, place=place, country=country)
    assert body.ask is ask
    assert body.areas == ()


def test_two_places_of_one_community_have_one_youth_care():
    assert competent("youth_care", place="Gent Antwerpen").areas == ("flemish",)


@pytest.mark.parametrize(
    ("place", "names"),
    [
        ("Gent", ["Kinderrechtencommissariaat"]),
        ("Namur", ["Délégué général aux droits de l’enfant"]),
        ("Eupen", [""]),
        ("1000", ["Kinderrechtencommissariaat", "Délégué général aux droits de l’enfant"]),
        ("nowhere", []),
    ],
)
def test_complaints_go_to_the_communitys_ombudsperson_and_none_is_said(place, names):
    assert [one.name for one in complaints(place)] == names
