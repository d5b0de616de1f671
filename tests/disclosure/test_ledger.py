"""The ledger of releases: what it refuses, what survives a crash, what a reader of all learns."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tutela.cli.main import main
from tutela.disclosure.audit import audit_published
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.earlier import EarlierTable
from tutela.disclosure.ledger import Ledger
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import protect
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.succession import as_published, protect_after, record
from tutela.disclosure.table import FrequencyTable
from tutela.errors import Misuse, SafetyBlock

POLICY = Policy(zeros="structural", seed=11)
DIMENSIONS = [
    Dimension("place", parents={f"p{i}": "north" if i < 2 else "south" for i in range(4)}),
    Dimension("form", codes=("f0", "f1", "f2", "f3")),
]


def children(rows: int, seed: int = 3) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "place": [f"p{i}" for i in random.choice(4, rows, p=[0.5, 0.3, 0.15, 0.05])],
            "form": [f"f{i}" for i in random.choice(4, rows, p=[0.6, 0.2, 0.15, 0.05])],
        }
    )


def counted(people: pl.DataFrame) -> FrequencyTable:
    counts = people.group_by("place", "form").len("count")
    return FrequencyTable("t", DIMENSIONS, counts, population="children")


def release(ledger: Ledger, name: str, people: pl.DataFrame) -> pl.DataFrame:
    """Protect against the ledger and record, as the commands do."""
    table = counted(people)
    with ledger.writing():
        made = protect_after([table], POLICY, ledger)
        record(ledger, name, [table], POLICY, made.tables)
    return made.tables["t"]


def alone(people: pl.DataFrame) -> pl.DataFrame:
    return protect([counted(people)], POLICY).tables["t"]


def read(people: pl.DataFrame, cells: pl.DataFrame) -> PublishedTable:
    table = counted(people)
    return PublishedTable("t", table.dimensions, cells, "children")


def differences(one: pl.DataFrame, two: pl.DataFrame) -> list[int]:
    """Changes of cells that plain subtraction of two publications gives."""
    both = one.join(two, on=["place", "form"], suffix="_then")
    changes = (both["count"] - both["count_then"]).drop_nulls().to_list()
    return [change for change in changes if 0 < abs(change) < POLICY.threshold]


def one_more(people: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([people, pl.DataFrame({"place": ["p1"], "form": ["f1"]})])


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_child_added_or_withdrawn_between_releases_is_not_found(
    tmp_path: Path, withdrawn: bool
) -> None:
    before, after = children(150), one_more(children(150))
    if withdrawn:
        before, after = after, before
    assert differences(alone(after), alone(before)), "each protected alone, the child is plain"
    ledger = Ledger.open(tmp_path / "ledger")
    one, two = release(ledger, "r1", before), release(ledger, "r2", after)
    assert differences(two, one) == []
    then = EarlierTable(
        "r1", read(before, one), counted(before), "revised" if withdrawn else "grown"
    )
    report = audit_published([read(after, two)], POLICY, [counted(after)], [then])
    assert (report.passed, report.exact) == (True, 0)
    assert "earlier" in report.attackers


def test_an_unchanged_release_repeats_itself(tmp_path: Path) -> None:
    people = children(150)
    ledger = Ledger.open(tmp_path / "ledger")
    one = release(ledger, "r1", people)
    assert release(ledger, "r2", people).equals(one)
    assert release(ledger, "r1", people).equals(one)
    assert [entry.release for entry in ledger.entries] == ["r1", "r2"]
    with pytest.raises(SafetyBlock, match="with other cells"):
        release(ledger, "r1", one_more(people))


def test_every_byte_that_is_changed_is_found(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    release(ledger, "r1", children(150))
    release(ledger, "r2", children(150))
    files = [p for p in (tmp_path / "ledger").rglob("*") if p.is_file() and p.name != "lock"]
    assert len(files) == 3 + 2 * 4
    random = np.random.default_rng(1)
    for path in files:
        content = path.read_bytes()
        for at in {0, len(content) - 1, *random.integers(0, len(content), 3).tolist()}:
            changed = bytearray(content)
            changed[at] ^= 1
            path.write_bytes(bytes(changed))
            with pytest.raises(SafetyBlock):
                Ledger(tmp_path / "ledger")
        path.write_bytes(content)
    assert len(Ledger(tmp_path / "ledger").entries) == 2


def test_a_release_that_is_taken_out_is_missed(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    release(ledger, "r1", children(150))
    release(ledger, "r2", children(150))
    for name in ("0001", "0002"):
        copy = shutil.copytree(tmp_path / "ledger", tmp_path / f"without-{name}")
        shutil.rmtree(copy / "releases" / name)
        with pytest.raises(SafetyBlock, match="not as it was written"):
            Ledger(copy)


class Stopped(BaseException):
    """The machine stops here."""


@pytest.mark.parametrize("step", range(1, 14))
def test_a_crash_leaves_the_old_or_the_new_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    people = children(150)
    ledger = Ledger.open(tmp_path / "ledger")
    release(ledger, "r1", people)
    steps = 0

    def stop_at(original):  # type: ignore[no-untyped-def]
        def run(*args, **options):  # type: ignore[no-untyped-def]
            nonlocal steps
            steps += 1
            if steps == step:
                raise Stopped
            return original(*args, **options)

        return run

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", stop_at(os.fsync))
        patch.setattr(Path, "rename", stop_at(Path.rename))
        patch.setattr(Path, "replace", stop_at(Path.replace))
        try:
            release(ledger, "r2", people)
        except Stopped:
            pass
        else:
            assert steps < step
    again = Ledger(tmp_path / "ledger")
    assert [entry.release for entry in again.entries] in (["r1"], ["r1", "r2"])
    release(again, "r2", people)
    assert len(Ledger(tmp_path / "ledger").entries) == 2


def test_two_releases_are_not_made_at_once(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    with (
        ledger.writing(),
        pytest.raises(SafetyBlock, match="in use"),
        Ledger(tmp_path / "ledger").writing(),
    ):
        pass


def test_another_folder_is_not_turned_into_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(Misuse, match="is no ledger"):
        Ledger.open(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_what_may_be_published_of_it_does_not_tell_the_counts(tmp_path: Path) -> None:
    """The same release in two ledgers: hashes of true counts differ, for their salts do."""
    Ledger.open(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")  # the same seed: both hide the same cells
    entries = []
    for name in ("a", "b"):
        release(Ledger(tmp_path / name), "r1", children(150))
        entries.append((tmp_path / name / "releases/0001/entry.json").read_text())
    one, two = (line for line in entries)
    assert one != two
    assert [x for x in one.splitlines() if '"cells"' in x] == [
        x for x in two.splitlines() if '"cells"' in x
    ]


def test_a_rounded_population_is_not_hidden_later(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    table = counted(children(150))
    with ledger.writing():
        rounded = as_published(table, alone(children(150)))
        ledger.append("r1", Policy(method="round3"), [rounded])
    with pytest.raises(SafetyBlock, match="would undo both"):
        release(ledger, "r2", children(150))


def test_the_command_protects_against_its_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "spec.toml"
    spec.write_text(
        'zeros = "structural"\npopulation = "children"\n[[dimension]]\nname = "place"\n'
        '[[dimension]]\nname = "form"\n',
        encoding="utf-8",
    )
    outs = []
    for name, people in (("r1", children(150)), ("r2", one_more(children(150)))):
        people.write_csv(tmp_path / f"{name}-people.csv")
        words = [tmp_path / f"{name}-people.csv", "--spec", spec, "-o", tmp_path / f"{name}.csv"]
        with pytest.raises(SystemExit) as stop:
            main(["disclosure", "protect", *map(str, words), "--json", "--ledger",
                  str(tmp_path / "ledger")])  # fmt: skip
        answer = json.loads(capsys.readouterr().out)
        assert not stop.value.code, answer
        assert answer["ledger"]["entry"] == len(outs) + 1
        outs.append(pl.read_csv(tmp_path / f"{name}.csv").filter(pl.col("status") == "shown"))
    assert differences(outs[1], outs[0]) == []
