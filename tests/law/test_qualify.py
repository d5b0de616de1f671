"""Qualification: eras, ages, aggravation, attempt, fines, consent, and what is asked for."""

from datetime import date

import pytest

from tutela.errors import InputRefused
from tutela.law import Facts, Outcome, qualify

RAPE = {"facts_on": "2023-05-01", "conduct": "rape", "offender_age": 40, "nothing_else": True}


def asked(**facts):
    return qualify(Facts.of(**facts))


def test_the_gravest_offence_that_holds_comes_first():
    reply = asked(**RAPE, victim_age=15, group=True)
    assert reply.principal.article == "417/16 e"
    assert [a.article for a in reply.holding()] == ["417/16 e", "417/22 e"]


def test_an_aggravated_form_absorbs_the_base():
    reply = asked(**RAPE, victim_age=17, consent=False)
    assert "417/11" not in {a.article for a in reply.answers}


@pytest.mark.parametrize(
    ("victim", "offender", "outcome"),
    [
        (13, 14, "Holds"),
        (14, 16, "Fails"),
        (15, 18, "Unknown"),
        (15, 19, "Holds"),
        (16, 60, "Fails"),
    ],
)
def test_free_agreement_counts_by_age_and_gap(victim, offender, outcome):
    facts = {**RAPE, "offender_age": offender, "victim_age": victim, "consent": True}
    assert asked(**facts).outcome == outcome


def test_dates_of_birth_settle_a_gap_that_ages_leave_open():
    facts = {**RAPE, "offender_age": None, "consent": True}
    near = asked(**facts, victim_born="2007-06-01", offender_born="2004-06-01")
    far = asked(**facts, victim_born="2007-06-01", offender_born="2004-05-31")
    assert (near.outcome, far.outcome) == (Outcome.FAILS, Outcome.HOLDS)


def test_a_position_of_trust_makes_agreement_void():
    facts = {**RAPE, "victim_age": 17, "consent": True, "authority": True}
    assert {a.article for a in asked(**facts).holding()} == {"417/17 e", "417/21 e"}


def test_a_young_person_is_asked_about_before_being_accused():
    facts = {"facts_on": "2023-05-01", "conduct": "csam_possession", "victim_age": 17}
    reply = asked(**facts)
    assert reply.outcome is Outcome.UNKNOWN
    assert {"offender_age", "own_content", "consent"} <= set(reply.missing)
    excused = {
        "offender_age": 17, "own_content": True, "consent": True, "kept_private": True,
        "family": "none", "authority": False, "paid": False,
    }  # fmt: skip
    reply = asked(**facts, **excused)
    assert reply.outcome is Outcome.FAILS
    assert "417/49" in {c.article for a in reply.answers for c in a.citations}
    assert asked(**facts, **{**excused, "kept_private": False}).outcome is Outcome.HOLDS


def test_fines_are_multiplied_only_where_the_article_says_so():
    facts = {"facts_on": "2023-05-01", "victim_age": 15, "conduct": "exploitation", "victims": 3}
    single = asked(**facts, association=False).principal
    assert (single.article, single.penalty.fine_max) == ("417/34", 300_000)
    organised = asked(**facts, association=True).principal
    assert (organised.article, organised.penalty.fine_max) == ("417/37", 100_000)


def test_the_number_of_victims_is_asked_for_and_never_taken_as_one():
    found = asked(facts_on="2023-05-01", victim_age=15, conduct="brothel", association=False)
    assert found.principal.penalty.fine_max is None
    assert "victims" in found.principal.missing
    assert found.principal.more["fine_per_victim_eur"] == [1000, 100_000]


def test_attempts():
    facts = {"victim_age": 17, "nothing_else": True, "attempt": True, "victims": 2}
    trafficking = {**facts, "conduct": "trafficking"}
    base = asked(**{**trafficking, "victim_age": 30}, facts_on="2018-05-01").principal
    assert (base.penalty.prison_min, base.penalty.prison_max) == (12, 36)
    assert base.penalty.fine_max == 20_000
    assert asked(**trafficking, facts_on="2018-05-01").outcome is Outcome.NOT_ENCODED
    grooming = {**facts, "conduct": "grooming", "meeting_acts": True}
    assert asked(**grooming, facts_on="2023-05-01").outcome is Outcome.FAILS
    new = asked(**grooming, facts_on="2027-05-01", offender_age=30).principal
    assert (new.penalty.level, new.penalty.prison_max) == (2, 36)
    assert "Book I 9" in {c.article for c in new.citations}


def test_a_minor_offender_is_one_level_lower_under_the_new_code():
    facts = {"facts_on": "2027-05-01", "conduct": "grooming", "meeting_acts": True}
    found = asked(**facts, victim_age=12, offender_age=17).principal
    assert found.penalty.level == 2
    assert "offender_age" in asked(**facts, victim_age=12).missing


def test_silent_is_not_not_encoded():
    facts = {"victim_age": 12, "offender_age": 40}
    silent = asked(**facts, conduct="grooming", facts_on="2013-05-01", ict=True, meeting_acts=True)
    assert silent.outcome is Outcome.SILENT
    assert asked(**facts, conduct="rape", facts_on="2018-05-01").outcome is Outcome.NOT_ENCODED
    assert asked(**facts, conduct="csam_access", facts_on="2010-05-01").outcome is (
        Outcome.NOT_ENCODED
    )
    assert asked(**facts, conduct="travel_arrangement", facts_on="2023-05-01").outcome is (
        Outcome.SILENT
    )


def test_both_ranges_where_the_law_changed():
    facts = {"conduct": "csam_possession", "victim_age": 12, "offender_age": 40}
    reply = asked(**facts, facts_on="2021-05-01", judged_on="2023-05-01")
    assert reply.more["milder"] == "earlier"
    ranges = [entry["reply"].principal.penalty.prison_max for entry in reply.more["laws"]]
    assert ranges == [12, 60]


def test_the_open_commencement_is_shown_and_can_be_replaced():
    facts = Facts.of(conduct="csam_possession", victim_age=12, facts_on="2026-06-01")
    reply = qualify(facts)
    assert reply.principal.article == "417/46"
    assert len(reply.assumptions[0].because) == 2
    assert reply.more["under_other_reading"]["2026-04-08"].principal.article == "173"
    assert qualify(facts, new_code_from=date(2026, 4, 8)).principal.article == "173"
    before = facts.with_(as_known_on="2026-01-15")
    assert qualify(before).principal.article == "173"
    assert qualify(facts.with_(as_known_on="2021-01-15")).principal.article == "383bis §2"


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"facts_on": "2023-02-30"}, "facts_on"),
        ({"facts_on": "2023-05-01", "judged_on": "2022-05-01"}, "judged_on"),
        ({"facts_on": "2023-05-01", "victim_born": "2024-01-01"}, "victim_born"),
        ({"facts_on": "2023-05-01", "victim_born": "2010-01-01", "victim_age": 15}, "victim_age"),
        ({"facts_on": "2023-05-01", "victim_age": 150}, "victim_age"),
        ({"conduct": "theft"}, "conduct"),
        ({"colour": "red"}, "colour"),
        ({"facts_on": "2023-05-01", "offence": "999"}, "999"),
        ({"facts_on": "2023-05-01", "offence": "383bis §2"}, "417/46"),
        ({"facts_on": "2019-05-01", "offence": "417/46"}, "383bis §2"),
        ({"victims": 0}, "victims"),
        ({"consent": "perhaps"}, "consent"),
    ],
)
def test_impossible_facts_are_refused_with_a_remedy(facts, named):
    with pytest.raises(InputRefused) as refused:
        qualify(Facts.of(**facts))
    assert named in refused.value.message + refused.value.remedy
    assert refused.value.remedy
