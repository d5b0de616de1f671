"""Claimed, assessed and legal age are three facts; doubt counts for the child."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.site.cases.age import AgeDecision, Assessment, birthday, legal_age

TODAY = date(2026, 11, 25)
CHILD, ADULT = date(2010, 1, 1), date(2007, 1, 1)


def test_nothing_known_is_a_child_of_unknown_age():
    found = legal_age(claimed_birth=None, on=TODAY)
    assert (found.minor, found.years, found.rests_on) == (True, None, "presumed")


def test_a_claim_counts_until_a_decision_however_a_test_reads():
    test = Assessment(TODAY, "triple test", 20.1, 23.0)
    found = legal_age(claimed_birth=CHILD, assessments=[test], on=TODAY)
    assert (found.minor, found.years, found.rests_on) == (True, 16, "claimed")


def test_the_lowest_age_of_all_margins_counts_and_grows():
    tests = [
        Assessment(date(2024, 11, 25), "wrist", 14.5, 17.0),
        Assessment(date(2026, 11, 1), "teeth", 17.2, 20.0),
    ]
    assert legal_age(claimed_birth=None, assessments=tests, on=TODAY).years == 16


@given(st.floats(0, 40), st.floats(0, 40))
def test_a_test_alone_never_makes_an_adult(one, other):
    lowest, highest = sorted((one, other))
    test = Assessment(date(2020, 1, 1), "wrist", lowest, highest)
    assert legal_age(claimed_birth=None, assessments=[test], on=TODAY).minor


def test_a_decision_counts_and_an_appeal_brings_the_presumption_back():
    decided = AgeDecision(TODAY, adult=True, birth_date=ADULT)
    assert not legal_age(claimed_birth=CHILD, decision=decided, on=TODAY).minor
    appealed = AgeDecision(TODAY, adult=True, birth_date=ADULT, appealed=True)
    assert legal_age(claimed_birth=CHILD, decision=appealed, on=TODAY).minor


def test_a_child_by_decision_turns_eighteen_all_the_same():
    decided = AgeDecision(date(2024, 1, 1), adult=False, birth_date=ADULT)
    assert not legal_age(claimed_birth=None, decision=decided, on=TODAY).minor


@pytest.mark.parametrize(("on", "minor"), [(date(2026, 11, 24), True), (date(2026, 11, 25), False)])
def test_the_day_of_the_eighteenth_birthday(on, minor):
    assert legal_age(claimed_birth=date(2008, 11, 25), on=on).minor is minor


def test_born_on_a_leap_day():
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)


def test_a_margin_upside_down_is_refused():
    with pytest.raises(ValueError, match="lowest"):
        Assessment(TODAY, "wrist", 19, 17)
