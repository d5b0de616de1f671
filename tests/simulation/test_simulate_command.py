"""`tutela simulate` from the outside."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tutela.cli.main", "simulate", *args],
        capture_output=True,
        text=True,
        check=False,
    )


def test_json_is_one_object_and_words_go_elsewhere(tmp_path: Path) -> None:
    done = run("--out", str(tmp_path), "--children", "40", "--seed", "3", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["synthetic"] is True
    assert summary["children"] == 40
    assert all(Path(e["path"]).is_file() for e in summary["agencies"].values() if e["rows"])
    assert "federal_police" in done.stderr
    again = run("--out", str(tmp_path), "--json")
    assert again.returncode == 1
    assert json.loads(again.stdout)["error"]["kind"] == "input-refused"


def test_a_wrong_number_is_misuse(tmp_path: Path) -> None:
    assert run("--out", str(tmp_path), "--children", "0").returncode == 2
    assert run("--children", "5").returncode == 2
