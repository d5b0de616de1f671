"""What is due: by the law's own engine, by declared practice, before the eighteenth birthday."""

from datetime import date

import pytest

from tutela.law import Event, Facts, deadlines, load_law
from tutela.site.cases.duties import EIGHTEENTH, duties, pending, practice
from tutela.site.cases.happenings import LANGUAGES, happenings
from tutela.site.cases.tracks import Happened

TODAY = date(2026, 11, 25)


def due(*happened, born=None, today=TODAY):
    facts = [Happened(event, date.fromisoformat(on)) for event, on in happened]
    return {one.id: one for one in duties(facts, born=born, today=today)}


def test_the_45_days_end_as_the_law_engine_says():
    found = due(("detection", "2026-11-02"), ("reflection_document", "2026-11-05"))
    asked = deadlines(
        Facts.of(
            events=(Event("reflection_document", date(2026, 11, 5)),),
            judged_on=TODAY.isoformat(),
        )
    )
    (answer,) = asked.answers
    assert found[answer.row].day == answer.more["due"] == date(2026, 12, 20)
    assert found[answer.row].article == answer.article
    assert found[answer.row].basis == "law"


def test_a_missing_child_is_told_to_police_and_116_000_on_the_same_day():
    found = due(("missing", "2026-11-24"), ("police_alerted", "2026-11-24"))
    assert found["pd-police"].state == "done"
    assert found["pd-116"].overdue
    assert found["pd-116"].day == date(2026, 11, 24)


def test_a_detained_child_is_looked_after_every_day():
    found = duties(
        [Happened("deprived_of_liberty", date(2026, 11, 23)),
         Happened("liberty_checked", date(2026, 11, 24))],
        born=None, today=TODAY,
    )  # fmt: skip
    assert [(one.id, one.state) for one in found] == [
        ("pd-liberty", "done"), ("pd-liberty-again", "open"),
    ]  # fmt: skip


def test_a_review_is_not_done_by_the_assessment_that_starts_it():
    found = due(("file_opened", "2026-08-03"), ("risk_assessed", "2026-08-03"))
    assert found["pd-safety-first"].state == "done"
    assert found["pd-safety-review"].overdue


@pytest.mark.parametrize(
    ("today", "open_ones"),
    [
        (date(2026, 3, 2), {"pd-18-12", "pd-18-6", "pd-18-3"}),
        (date(2026, 12, 31), {"pd-18-12", "pd-18-6", "pd-18-3"}),
    ],
)
def test_turning_eighteen_is_announced_three_times(today, open_ones):
    found = due(born=date(2009, 3, 3), today=today)
    assert {one.id for one in pending(list(found.values()))} == open_ones
    assert found["pd-18-12"].day == date(2026, 3, 3)
    assert found["pd-18-6"].day == date(2026, 9, 3)
    assert found["pd-18-3"].day == date(2026, 12, 3)


def test_support_agreed_ends_the_warnings():
    found = due(("successor_named", "2026-11-01"), born=date(2009, 3, 3))
    assert pending(list(found.values())) == []


def test_no_birth_date_no_warning():
    assert due(born=None) == {}


def test_practice_never_takes_a_name_of_the_law_and_knows_its_events():
    known = set(happenings()) | {EIGHTEENTH}
    assert not {one.id for one in practice()} & {one.id for one in load_law().time_limits}
    for one in practice():
        assert one.event in known
        assert one.done_by <= known
        assert set(one.label) == set(LANGUAGES)
