"""State machines of a child's file: each allowed step, each forbidden one, facts told late."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.law.words import read_words
from tutela.site.cases.happenings import LANGUAGES, happenings
from tutela.site.cases.tracks import (
    Happened,
    NotAllowed,
    misplaced,
    require_allowed,
    situations,
    states,
    tracks,
)

FIRST = date(2026, 1, 5)


def happened(*events, first=FIRST):
    return [Happened(one, first + timedelta(days=day)) for day, one in enumerate(events)]


def way_to(track, wanted):
    """The shortest list of events that leads a track to a state."""
    ways, seen = [((), "")], {""}
    while ways:
        events, state = ways.pop(0)
        if state == wanted:
            return events
        for step in track.steps:
            if state in step.allowed_in and step.to not in seen:
                seen.add(step.to)
                ways.append(((*events, step.event), step.to))
    raise AssertionError(f"{track.id}: no way to {wanted}")


CASES = [
    (track, state, event)
    for track in tracks().values()
    for state in track.states
    for event in sorted(track.events())
]


@pytest.mark.parametrize(
    ("track", "state", "event"), CASES, ids=lambda one: getattr(one, "id", one) or "begin"
)
def test_every_step_is_allowed_or_refused_as_declared(track, state, event):
    before = happened(*way_to(track, state))
    situation = track.id if track.person else ""
    on = FIRST + timedelta(days=60)
    declared = any(step.event == event and state in step.allowed_in for step in track.steps)
    if declared:
        require_allowed(event, on, before, situation)
    else:
        with pytest.raises(NotAllowed) as refused:
            require_allowed(event, on, before, situation)
        assert refused.value.state.state == state


def test_words_are_complete_in_four_languages():
    for track in tracks().values():
        for words in (track.label, *track.states.values()):
            assert set(words) == set(LANGUAGES)
            assert all(words.values())
    assert all(set(one.label) == set(LANGUAGES) for one in happenings().values())


def test_every_situation_is_one_that_the_law_knows():
    assert {one.person for one in situations()} <= set(read_words("codes")["person"])
    assert len({one.person for one in situations()}) == len(situations())


def test_a_fact_told_late_is_judged_by_its_own_day():
    known = happened("detection", "reflection_document", "statement_made")
    require_allowed("referral", FIRST, known, "accompanied")
    with pytest.raises(NotAllowed):
        require_allowed("referral", FIRST + timedelta(days=9), known, "accompanied")


def test_a_late_fact_may_not_make_a_later_one_impossible():
    known = happened("missing", "child_returned", "return_interview")
    with pytest.raises(NotAllowed):
        require_allowed("child_returned", FIRST - timedelta(days=1), known, "")


def test_a_change_of_situation_keeps_what_happened_and_marks_what_does_not_fit():
    known = happened("detection", "reflection_document")
    assert misplaced(known, "accompanied") == []
    # An unaccompanied child has no reflection document: that track does not know it at all.
    own = states(known, "unaccompanied")[0]
    assert own.state == "detected"
    assert misplaced(happened("minor_document"), "unaccompanied") == happened("minor_document")


@given(st.lists(st.sampled_from(sorted(happenings())), max_size=14), st.sampled_from(CASES))
def test_what_is_accepted_one_by_one_is_never_misplaced(events, case):
    track = case[0]
    situation = track.id if track.person else ""
    accepted = []
    for day, event in enumerate(events):
        on = FIRST + timedelta(days=day)
        try:
            require_allowed(event, on, accepted, situation)
        except NotAllowed:
            continue
        accepted.append(Happened(event, on))
    assert misplaced(accepted, situation) == []


@pytest.mark.parametrize(
    ("events", "track", "alarm"),
    [
        (("missing",), "missing", True),
        (("missing", "child_returned"), "missing", False),
        (("deprived_of_liberty", "liberty_checked"), "liberty", True),
        (("representative_conflict",), "ad_hoc", True),
        (("representative_conflict", "ad_hoc_guardian_assigned"), "ad_hoc", False),
        (("proceedings_against_child",), "against", True),
    ],
)
def test_what_must_be_seen_at_once(events, track, alarm):
    found = {one.track.id: one for one in states(happened(*events), "")}
    assert found[track].alarm is alarm
