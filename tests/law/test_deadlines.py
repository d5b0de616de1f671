"""Counting of days: calendar and working days, months of different lengths, holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.countries.be.working_days import (
    add_working_days,
    is_working_day,
    next_working_day,
    public_holidays,
)
from tutela.law import Facts, Outcome, deadlines, load_law
from tutela.law.deadlines import due_day

LAW = load_law()
days = st.dates(date(2005, 1, 1), date(2035, 12, 31))


def test_the_legal_holidays_of_a_year():
    """The ten legal holidays of Belgium (Royal Decree of 18 April 1974), in 2024."""
    legal = {
        (1, 1), (4, 1), (5, 1), (5, 9), (5, 20), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25),
    }  # fmt: skip
    assert {date(2024, month, day) for month, day in legal} <= public_holidays(2024)


@pytest.mark.parametrize(
    ("start", "count", "unit", "due"),
    [
        ("2024-01-31", 1, "months", "2024-02-29"),
        ("2023-01-31", 1, "months", "2023-02-28"),
        ("2024-02-29", 1, "years", "2025-02-28"),
        ("2024-11-30", 3, "months", "2025-02-28"),
        ("2024-12-31", 2, "months", "2025-02-28"),
        ("2024-01-01", 45, "days", "2024-02-15"),
        ("2024-01-01", 48, "hours", "2024-01-03"),
        ("2024-01-01", 25, "hours", "2024-01-03"),
        ("2024-01-01", 0, "days", "2024-01-01"),
        # From Friday before Easter: Monday is a holiday.
        ("2024-03-29", 2, "working_days", "2024-04-03"),
        ("2024-12-24", 1, "working_days", "2024-12-26"),
    ],
)
def test_the_last_day(start, count, unit, due):
    assert due_day(LAW, date.fromisoformat(start), count, unit).day == date.fromisoformat(due)


@given(days, st.integers(0, 40))
def test_working_days_are_counted_one_by_one(start, count):
    end = add_working_days(start, count)
    between = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    assert sum(is_working_day(day) for day in between) == count


@given(days, st.integers(0, 60), st.sampled_from(["days", "hours", "months", "years"]))
def test_a_longer_time_never_ends_sooner(start, count, unit):
    due, longer = (due_day(LAW, start, n, unit) for n in (count, count + 1))
    assert start <= due.day <= longer.day
    assert due.day <= due.working == next_working_day(due.day)


@pytest.mark.parametrize(
    ("today", "state", "left"),
    [("2024-03-01", "open", 2), ("2024-03-04", "open", -1), ("2024-03-05", "overdue", -2)],
)
def test_a_limit_that_ends_on_sunday_is_overdue_after_monday(today, state, left):
    facts = {"events": [{"event": "reflection_document", "day": "2024-01-18"}], "judged_on": today}
    answer = deadlines(Facts.of(**facts)).answers[0]
    assert (answer.more["state"], answer.more["days"]) == (state, left)
    assert answer.more["due_if_next_working_day"] == date(2024, 3, 4)
    assert "convention of this software" in {c.source for c in answer.citations}


def test_what_comes_next_and_what_is_late():
    events = [
        {"event": "residence_permit", "day": "2024-01-10"},
        {"event": "temporary_document", "day": "2023-10-10"},
        {"event": "complaint", "day": "2024-01-10"},
    ]
    reply = deadlines(Facts.of(events=events, judged_on="2024-03-01"))
    assert reply.more["next"] == "dl-permit"
    # The permit that followed fulfils the duty of the document.
    assert reply.more["overdue"] == []
    late = deadlines(Facts.of(events=events[1:], judged_on="2024-03-01"))
    assert late.more["overdue"] == ["dl-document"]


def test_events_without_a_limit_in_force_are_not_encoded():
    events = [{"event": "recorded_hearing", "day": "1999-01-10"}]
    reply = deadlines(Facts.of(events=events, judged_on="1999-03-01"))
    assert reply.outcome is Outcome.NOT_ENCODED
    assert reply.answers == ()


@pytest.mark.parametrize(("facts", "asked"), [({}, {"events", "judged_on"})])
def test_events_and_today_are_asked_for(facts, asked):
    assert set(deadlines(Facts.of(**facts)).missing) == asked
