"""A withdrawal removes the rows everywhere and leaves a tombstone."""

from __future__ import annotations

import pytest

from tutela.errors import InputRefused
from tutela.submissions.profiles import load_profile
from tutela.submissions.receive import receive_package
from tutela.submissions.withdraw import withdraw_submission

from .conftest import Nation, tree
from .sample import sample_row
from .test_crash import assert_forgotten, computed_runs

LOCAL = load_profile("local_police")


def test_a_withdrawal_takes_all_versions_and_what_was_computed(nation: Nation) -> None:
    old, first = nation.package("old")
    receive_package(old, nation.store, nation.centre)
    new, second = nation.package("new", [sample_row(LOCAL, 1)], supersedes=first.submission)
    receive_package(new, nation.store, nation.centre)
    other, third = nation.package("other", profile="courts")
    receive_package(other, nation.store, nation.centre)
    computed_runs(nation.store)
    done = withdraw_submission(second.submission, nation.store)
    assert done.removed == (second.submission, first.submission)
    assert done.records == 3
    assert_forgotten(nation.store, [first.submission, second.submission])
    assert [held.name for held in nation.store.submissions()] == [third.submission]
    stone = nation.store.tombstones()[second.submission]
    assert stone["content_hash"] == second.content_hash
    assert stone["withdrawn"] == done.withdrawn


def test_only_the_older_version_can_go(nation: Nation) -> None:
    old, first = nation.package("old")
    receive_package(old, nation.store, nation.centre)
    new, second = nation.package("new", [sample_row(LOCAL, 1)], supersedes=first.submission)
    receive_package(new, nation.store, nation.centre)
    withdraw_submission(first.submission, nation.store)
    assert [held.name for held in nation.store.submissions()] == [second.submission]


def test_what_is_not_there_or_gone_is_refused(nation: Nation) -> None:
    before = tree(nation.store.path)
    with pytest.raises(InputRefused, match="no submission"):
        withdraw_submission("local_police-local_police-000000000000", nation.store)
    assert tree(nation.store.path) == before
    package, summary = nation.package()
    receive_package(package, nation.store, nation.centre)
    withdraw_submission(summary.submission, nation.store)
    with pytest.raises(InputRefused, match="before"):
        withdraw_submission(summary.submission, nation.store)


def test_corrected_rows_may_come_after_a_withdrawal(nation: Nation) -> None:
    package, summary = nation.package()
    receive_package(package, nation.store, nation.centre)
    withdraw_submission(summary.submission, nation.store)
    anew, sealed = nation.package("anew", [sample_row(LOCAL, 1, sex="M")])
    assert receive_package(anew, nation.store, nation.centre).state == "received"
    orphan, _ = nation.package("orphan", [sample_row(LOCAL, 5)], supersedes=summary.submission)
    with pytest.raises(InputRefused, match="was withdrawn"):
        receive_package(orphan, nation.store, nation.centre)
    assert [held.name for held in nation.store.submissions()] == [sealed.submission]
