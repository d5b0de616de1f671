"""Urgency and receivers follow from declared rules, and the reasons shown are all there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.site.reports.declared_rules import (
    AT_ONCE,
    NOW,
    THIS_WEEK,
    TODAY,
    assess,
    facts,
    risk_rules,
    routes,
    suggest,
)
from tutela.site.reports.doors import DOORS
from tutela.vocabulary import load


def _reasons(door, **answers):
    risk = assess(facts(door, answers))
    return risk.level, [rule.id for rule in risk.reasons]


def test_present_danger_comes_first_and_says_why():
    assert _reasons("worried", danger=["yes"]) == (AT_ONCE, ["present_danger"])


def test_a_child_that_writes_is_read_at_once():
    assert _reasons("child")[0] == NOW


@pytest.mark.parametrize(
    "situation", ["disability", "street", "runaway", "migration", "care", "poverty",
                  "conflict_with_law"],
)  # fmt: skip
def test_each_situation_of_risk_is_a_reason(situation):
    level, reasons = _reasons("worried", danger=["no"], situations=[situation])
    assert reasons == [situation]
    assert level in (TODAY, THIS_WEEK)


@given(st.sets(st.sampled_from(sorted(code for code in ("care", "street", "runaway", "poverty")))),
       st.sampled_from(["care", "street", "runaway", "poverty", "disability"]))  # fmt: skip
def test_one_more_reason_never_makes_a_report_wait_longer(situations, more):
    before = assess(facts("worried", {"situations": sorted(situations)}))
    after = assess(facts("worried", {"situations": sorted(situations | {more})}))
    assert after.level <= before.level
    assert {r.id for r in before.reasons} <= {r.id for r in after.reasons}


@pytest.mark.parametrize("door", sorted(DOORS))
def test_somebody_always_receives(door):
    assert suggest(facts(door, {}))


def test_acts_abroad_go_to_the_federal_police_and_never_to_europol_directly():
    found = [route.to for route in suggest(facts("travel", {"country": ["TH"], "danger": ["yes"]}))]
    assert found[0] == "federal_police"
    every = {route.to for route in routes()}
    assert not every & {"europol", "interpol"}


def test_danger_in_belgium_is_for_the_local_police():
    assert suggest(facts("worried", {"danger": ["yes"]}))[0].to == "local_police"
    abroad = suggest(facts("travel", {"danger": ["yes"], "country": ["FR"]}))
    assert abroad[0].id == "danger_abroad"


def test_rules_name_only_questions_options_and_receivers_that_exist():
    options = {}
    for door in DOORS.values():
        for question in door.questions:
            options.setdefault(question.name, set()).update(o.code for o in question.options)
    options |= {"door": set(DOORS), "abroad": {"yes", "no"}, "country": {"BE"}}
    agencies = set(load("be").codelist("agencies"))
    for rule in (*risk_rules(), *routes()):
        for name, codes in rule.condition.items():
            assert set(codes) - {""} <= options[name], (rule.id, name)
        assert all(rule.words.values())
    assert {route.to for route in routes()} <= agencies
