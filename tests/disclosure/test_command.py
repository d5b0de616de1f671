"""`tutela disclosure` on files: what it writes, what it answers, when it writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tutela.cli.main import main

SPEC = """
threshold = 5
protection = 5
zeros = "structural"
[[dimension]]
name = "place"
[dimension.parents]
p1 = "A"
p2 = "A"
p3 = "B"
p4 = "B"
[[dimension]]
name = "form"
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    rows = ["place,form,count"]
    for i in range(1, 5):
        rows += [f"p{i},f{j},{2 if (i, j) == (1, 1) else 10 * i + j}" for j in range(3)]
    (tmp_path / "table.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "spec.toml").write_text(SPEC, encoding="utf-8")
    return tmp_path / "table.csv", tmp_path / "spec.toml", tmp_path / "out.csv"


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, dict[str, object]]:
    with pytest.raises(SystemExit) as stop:
        main(["disclosure", *map(str, args), "--json"])
    return int(stop.value.code or 0), json.loads(capsys.readouterr().out)


def test_protect_then_audit(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    table, spec, out = files
    code, answer = run(capsys, "protect", table, "--spec", spec, "-o", out)
    assert code == 0
    keys = "cells primary hidden hidden_share advice seconds peak_mb audit"
    assert set(answer) == set(keys.split())
    written = pl.read_csv(out)
    assert len(written) == 7 * 4 == answer["cells"]
    assert written.filter(pl.col("status") == "hidden").height == answer["hidden"]
    assert written["count"].null_count() == answer["hidden"]
    for extra in ([], ["--original", table]):
        code, report = run(capsys, "audit", out, "--spec", spec, *extra)
        assert code == 0
        assert report["audit"]["passed"] is True  # type: ignore[index]


def test_a_naive_table_fails_the_audit_with_exit_3(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    table, spec, out = files
    run(capsys, "protect", table, "--spec", spec, "-o", out)
    frame = pl.read_csv(out)
    true = pl.read_csv(table).rename({"count": "true"})
    naive = frame.join(true, on=["place", "form"], how="left").with_columns(
        count=pl.when(pl.col("true") == 2)
        .then(None)
        .otherwise(pl.col("count").fill_null(pl.col("true")))
    )
    naive = naive.filter(pl.col("place").is_in(["p1", "p2", "p3", "p4"]))
    rows = naive.with_columns(value=pl.col("count").fill_null(2))
    flat = spec.with_name("flat.toml")
    flat.write_text(
        'zeros = "structural"\n[[dimension]]\nname = "place"\n[[dimension]]\nname = "form"\n',
        encoding="utf-8",
    )
    inner = rows.filter(pl.col("form") != "_T").select("place", "form", "count", "value")
    by_place = inner.group_by("place").agg(pl.col("value").sum()).with_columns(form=pl.lit("_T"))
    by_form = inner.group_by("form").agg(pl.col("value").sum()).with_columns(place=pl.lit("_T"))
    total = pl.DataFrame({"place": "_T", "form": "_T", "value": inner["value"].sum()})
    margins = pl.concat([m.select("place", "form", "value") for m in (by_place, by_form, total)])
    published = pl.concat(
        [inner.select("place", "form", "count"), margins.rename({"value": "count"})],
        how="vertical_relaxed",
    )
    bad = out.with_name("naive.csv")
    published.write_csv(bad)
    code, answer = run(capsys, "audit", bad, "--spec", flat)
    assert code == 3
    assert answer["audit"]["exact"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("p1,f0,10", "p1,f0,1x", 1), ("p1,f0,10", "p1,f0,-1", 1), ("p1,f0,10", "zz,f0,10", 1)],
)
def test_bad_input_writes_nothing(
    files: tuple[Path, Path, Path],
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    code: int,
) -> None:
    table, spec, out = files
    text = table.read_text(encoding="utf-8")
    assert old in text
    table.write_text(text.replace(old, new), encoding="utf-8")
    stopped, answer = run(capsys, "protect", table, "--spec", spec, "-o", out)
    assert stopped == code
    assert "error" in answer
    assert not out.exists()


def test_an_unknown_key_is_misuse(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    table, spec, out = files
    spec.write_text("treshold = 3\n" + SPEC, encoding="utf-8")
    code, _ = run(capsys, "protect", table, "--spec", spec, "-o", out)
    assert code == 2
    assert not out.exists()


def test_certificates_hold_until_one_digit_changes(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    table, spec, out = files
    public, centre = out.with_name("public.json"), out.with_name("centre.json")
    options = ["--certificate", public, "--centre-certificate", centre]
    code, answer = run(capsys, "protect", table, "--spec", spec, "-o", out, *options)
    assert code == 0
    for path, kind in ((public, "public"), (centre, "centre")):
        code, found = run(capsys, "verify", path, "--published", out)
        assert (code, found["kind"], found["hidden"]) == (0, kind, answer["hidden"])
    assert json.loads(centre.read_text())["proofs"] != json.loads(public.read_text())["proofs"]
    code, _ = run(capsys, "verify", public, "--published", table)
    assert code == 3
    text = public.read_text(encoding="utf-8")
    digits = [i for i, sign in enumerate(text) if sign.isdigit()]
    for i in digits[:: max(1, len(digits) // 25)]:
        other = str((int(text[i]) + 1) % 10)
        public.write_text(text[:i] + other + text[i + 1 :], encoding="utf-8")
        code, answer = run(capsys, "verify", public)
        assert code in (1, 3)
        assert "error" in answer
