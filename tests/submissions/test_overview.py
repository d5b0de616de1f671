"""What the store says of itself."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tutela.submissions.overview import last_due_year, overview
from tutela.submissions.profiles import load_profile
from tutela.submissions.receive import receive_package
from tutela.submissions.withdraw import withdraw_submission

from .conftest import Nation
from .sample import sample_row
from .test_crash import computed_runs

LOCAL = load_profile("local_police")


@pytest.mark.parametrize(
    ("today", "year"),
    [(date(2018, 4, 30), 2016), (date(2018, 5, 1), 2017), (date(2018, 12, 31), 2017)],
)
def test_a_year_is_due_some_time_after_its_end(today: date, year: int) -> None:
    assert last_due_year(LOCAL, today) == year


def test_who_is_late_depends_on_the_period_and_the_day(nation: Nation) -> None:
    package, _ = nation.package()  # events of 2017
    receive_package(package, nation.store, nation.centre)
    late = {entry["profile"] for entry in overview(nation.store, date(2018, 12, 1))["late"]}
    assert "local_police" not in late
    assert "courts" in late
    later = overview(nation.store, date(2019, 12, 1))["late"]
    (entry,) = [entry for entry in later if entry["profile"] == "local_police"]
    assert entry == {
        "profile": "local_police", "year": 2018, "due": "2019-04-30", "covered_to": "2017-12-31",
    }  # fmt: skip


def test_revisions_tombstones_and_outdated_runs_are_told(nation: Nation) -> None:
    old, first = nation.package("old")
    receive_package(old, nation.store, nation.centre)
    computed_runs(nation.store)
    assert not overview(nation.store, date(2019, 1, 1))["runs"]["linkage"]["outdated"]
    new, second = nation.package("new", [sample_row(LOCAL, 1)], supersedes=first.submission)
    receive_package(new, nation.store, nation.centre)
    other, third = nation.package("other", profile="courts")
    receive_package(other, nation.store, nation.centre)
    withdraw_submission(third.submission, nation.store)
    found = overview(nation.store, date(2019, 1, 1))
    assert [entry["submission"] for entry in found["submissions"]] == [second.submission]
    assert found["totals"]["records"] == 1
    assert found["revised"] == [{"submission": first.submission, "replaced_by": second.submission}]
    assert [gone["submission"] for gone in found["withdrawn"]] == [third.submission]
    assert found["runs"]["linkage"]["outdated"]
    json.dumps(found)
