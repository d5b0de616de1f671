"""Unprotected tables: possible at the centre, logged, marked, and never part of a release."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.publication.small_store import write_small_store
from tutela.cli.main import main
from tutela.errors import Misuse, SafetyBlock
from tutela.indicators.internal import LOG, WATERMARK, read_log, write_internal
from tutela.publication.folder import write_folder
from tutela.publication.tables import check_cells

REASON = "Checks the totals against the agency's own"
FORM = "victims_by_form"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store = write_small_store(tmp_path / "store")
    (store / "incoming").mkdir()
    return store


def test_each_look_is_logged_and_marked(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "form.INTERNAL.csv"
    with pytest.raises(SystemExit) as stop:
        main(["tables", "--store", str(store), "internal", FORM, "--actor", "an analyst",
              "--reason", REASON, "--out", str(out)])  # fmt: skip
    assert not stop.value.code
    assert set(pl.read_csv(out)["data"]) == {WATERMARK}
    write_internal(store, FORM, out, actor="another", reason=REASON)
    assert [(e["actor"], e["indicator"]) for e in read_log(store)] == [
        ("an analyst", FORM),
        ("another", FORM),
    ]
    assert all(entry["time"] and entry["reason"] == REASON for entry in read_log(store))
    assert out.stat().st_mode & 0o077 == 0


def test_a_changed_log_gives_nothing_more(store: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_internal(store, FORM, tmp_path / f"{name}.INTERNAL.csv", actor=name, reason=REASON)
    log = store / LOG
    whole = log.read_text(encoding="utf-8")
    for changed in (whole.replace('"one"', '"eve"'), whole.splitlines(keepends=True)[1]):
        log.write_text(changed, encoding="utf-8")
        with pytest.raises(SafetyBlock, match="not as it was written"):
            write_internal(store, FORM, tmp_path / "x.INTERNAL.csv", actor="x", reason=REASON)
    assert not (tmp_path / "x.INTERNAL.csv").exists()


@pytest.mark.parametrize(
    ("name", "actor", "reason"),
    [("t.csv", "a", REASON), ("t.INTERNAL.csv", " ", REASON), ("t.INTERNAL.csv", "a", "because")],
)
def test_who_and_why_and_what_it_is_must_be_said(
    store: Path, tmp_path: Path, name: str, actor: str, reason: str
) -> None:
    with pytest.raises(Misuse):
        write_internal(store, FORM, tmp_path / name, actor=actor, reason=reason)
    assert not (store / LOG).exists()


def test_no_release_takes_it(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "form.INTERNAL.csv"
    write_internal(store, FORM, out, actor="a", reason=REASON)
    with pytest.raises(SafetyBlock, match="unprotected counts"):
        write_folder(tmp_path / "release", {"id": "r"}, {"tables/form.csv": out.read_bytes()})
    assert not (tmp_path / "release").exists()
    with pytest.raises(SafetyBlock):
        check_cells(FORM, pl.read_csv(out).with_columns(status=pl.lit("internal")))
    release = tmp_path / "published"
    release.mkdir()
    (release / "manifest.json").write_text(json.dumps({}))
    with pytest.raises(SafetyBlock, match="in a release"):
        write_internal(store, FORM, release / "t.INTERNAL.csv", actor="a", reason=REASON)
