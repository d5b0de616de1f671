"""The process is killed before every change on disk: nothing is lost, nothing half there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from tutela.errors import InputRefused
from tutela.submissions.profiles import load_profile
from tutela.submissions.receive import receive_package
from tutela.submissions.store import Store
from tutela.submissions.withdraw import withdraw_submission

from .conftest import Nation, tree
from .sample import sample_row

SCRIPT = Path(__file__).with_name("killed_at_step.py")
LOCAL = load_profile("local_police")


def run(limit: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(limit), *arguments],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "POLARS_MAX_THREADS": "1"},
    )  # fmt: skip


def killed_at_every_step(
    nation: Nation, step: str, what: str, rest: list[str], check: Callable[[Store], None]
) -> int:
    """Run the step on copies of the store, killing each at another change; returns how many."""

    def attempt(limit: int) -> int:
        store = nation.folder / f"store-{limit}"
        shutil.copytree(nation.store.path, store)
        done = run(limit, step, what, str(store), *rest)
        if limit == 0:
            assert done.returncode == 0, done.stderr
            return int(done.stdout)
        assert done.returncode == -signal.SIGKILL, done.stderr
        check(Store.open(store))
        shutil.rmtree(store)
        return 0

    changes = attempt(0)
    assert changes > 5
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(attempt, range(1, changes + 1)))
    return changes


def whole(store: Store) -> list[str]:
    """The names of the current submissions, each read to the last byte."""
    for held in store.submissions():
        counts = held.manifest["counts"]
        assert held.records().collect().height == counts["records"]
        assert held.events().collect().height == counts["events"]
        assert held.filters().collect().height == counts["filters"]
    return [held.name for held in store.submissions()]


@pytest.mark.slow
def test_receive_killed_at_every_change(nation: Nation) -> None:
    old, first = nation.package("old")
    receive_package(old, nation.store, nation.centre)
    rows = [sample_row(LOCAL, 1), sample_row(LOCAL, 2), sample_row(LOCAL, 7)]
    new, second = nation.package("new", rows, supersedes=first.submission)

    def check(store: Store) -> None:
        assert whole(store) in ([first.submission], [second.submission])
        state = "received" if whole(store) == [first.submission] else "unchanged"
        assert receive_package(new, store, nation.centre).state == state
        assert whole(store) == [second.submission]
        assert not list((store.path / "incoming").iterdir())

    killed_at_every_step(nation, "receive", str(new), [str(nation.centre)], check)


@pytest.mark.slow
def test_withdraw_killed_at_every_change(nation: Nation) -> None:
    old, first = nation.package("old")
    receive_package(old, nation.store, nation.centre)
    new, second = nation.package("new", [sample_row(LOCAL, 1)], supersedes=first.submission)
    receive_package(new, nation.store, nation.centre)
    other, third = nation.package("other", profile="courts")
    receive_package(other, nation.store, nation.centre)
    computed_runs(nation.store)

    def check(store: Store) -> None:
        if second.submission in store.tombstones():
            assert whole(store) == [third.submission]
        else:
            # An older version may be gone already; it did not count.
            assert whole(store) == sorted([second.submission, third.submission])
            withdraw_submission(second.submission, store)
        with store.writing():
            pass
        assert_forgotten(store, [first.submission, second.submission])
        with pytest.raises(InputRefused, match="withdrawn"):
            receive_package(new, store, nation.centre)

    killed_at_every_step(nation, "withdraw", second.submission, [], check)


def computed_runs(store: Store) -> None:
    """A linkage run and a tables run over everything that is held."""
    records = pl.concat([held.records().select("record_id") for held in store.submissions()])
    labels = records.collect()["record_id"]
    run_folder = store.path / "linkage" / "run1"
    run_folder.mkdir(parents=True)
    clusters = pl.DataFrame({"record_id": labels, "cluster_id": range(len(labels))})
    clusters.write_parquet(run_folder / "clusters.parquet")
    pairs = pl.DataFrame({"left": labels[1:], "right": labels[:-1], "probability": 0.5})
    pairs.write_parquet(run_folder / "pairs.parquet")
    tables = store.path / "tables" / "run1"
    tables.mkdir(parents=True)
    pl.DataFrame({"count": [3]}).write_parquet(tables / "victims.parquet")
    names = [held.name for held in store.submissions()]
    pointers = {kind: {"run": "run1", "submissions": names} for kind in ("linkage", "tables")}
    (store.path / "current.json").write_text(json.dumps(pointers))


def assert_forgotten(store: Store, names: list[str]) -> None:
    """Nothing of these submissions is left but tombstones."""
    assert set(names) <= store.tombstones().keys()
    assert not list((store.path / "incoming").iterdir())
    left = {held.name for held in store.held()}
    assert not left & set(names)
    known = {
        label
        for held in store.held()
        for label in held.records().select("record_id").collect()["record_id"]
    }
    clusters = pl.read_parquet(store.path / "linkage" / "run1" / "clusters.parquet")
    assert set(clusters["record_id"]) == known
    pairs = pl.read_parquet(store.path / "linkage" / "run1" / "pairs.parquet")
    assert set(pairs["left"]) | set(pairs["right"]) <= known
    assert not list((store.path / "tables").iterdir())
    assert "tables" not in store.current()
    assert "linkage" in store.current()
    assert not any(name in path for name in names for path in tree(store.path / "submissions"))
