"""A release folder is written whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tutela.errors import Misuse
from tutela.publication.folder import MANIFEST, is_inside, json_bytes, sha256, write_folder

OLD = {"a.csv": b"old\n"}
NEW = {"a.csv": b"new\n", "charts/a.fr.svg": b"<svg/>\n"}


def listing(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_writes_files_and_their_hashes(tmp_path: Path) -> None:
    fingerprint = write_folder(tmp_path / "deep/release", {"id": "x"}, NEW)
    folder = tmp_path / "deep/release"
    assert listing(folder) == NEW
    content = (folder / MANIFEST).read_bytes()
    assert sha256(content) == fingerprint
    manifest = json.loads(content)
    assert manifest["files"]["a.csv"] == {"sha256": sha256(b"new\n"), "bytes": 4}
    assert list(manifest["files"]) == sorted(NEW)
    assert [path.name for path in folder.parent.iterdir()] == ["release"]


def test_replaces_an_earlier_release_whole(tmp_path: Path) -> None:
    write_folder(tmp_path / "release", {}, NEW)
    write_folder(tmp_path / "release", {}, OLD)
    assert listing(tmp_path / "release") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


def test_never_replaces_what_is_no_release(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    for place in ("mine", "mine/thesis.txt"):
        with pytest.raises(Misuse, match="is not a release"):
            write_folder(tmp_path / place, {}, NEW)
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "empty", {}, NEW)
    assert listing(tmp_path / "empty") == NEW


@pytest.mark.parametrize("path", ["../a", "/a", "a/../../b", MANIFEST, "", ".hidden", "a b"])
def test_paths_stay_inside(tmp_path: Path, path: str) -> None:
    with pytest.raises(Misuse, match="cannot be a file of a release"):
        write_folder(tmp_path / "release", {}, {path: b""})
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_earlier_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "release", {}, OLD)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_folder(tmp_path / "release", {}, NEW)
    assert listing(tmp_path / "release") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


def test_a_failed_swap_puts_the_earlier_release_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "release", {}, OLD)
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name.startswith(".release.partial-"):
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="Input/output"):
        write_folder(tmp_path / "release", {}, NEW)
    assert listing(tmp_path / "release") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


KILLED = """
import os, signal, sys
from pathlib import Path
from tutela.publication.folder import write_folder
left = int(sys.argv[2])
def watch(event, args):
    global left
    if event in ("os.rename", "os.mkdir", "shutil.rmtree", "open") and sys.argv[1] in str(args[0]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
new = {"a.csv": b"new\\n", "charts/a.fr.svg": b"<svg/>\\n"}
write_folder(Path(sys.argv[1]) / "release", {}, new)
"""


@pytest.mark.slow
def test_killed_at_any_step_leaves_the_old_or_the_new_release(tmp_path: Path) -> None:
    """A reader finds one of both, at once or after the next run put the old one back."""
    for step in range(40):
        place = tmp_path / f"step{step}"
        write_folder(place / "release", {}, OLD)
        run = subprocess.run([sys.executable, "-c", KILLED, str(place), str(step)], check=False)
        folder = place / "release"
        aside = place / ".release.previous"
        found = listing(folder) if folder.exists() else listing(aside)
        assert found in (OLD, NEW), f"killed at step {step}"
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL
        write_folder(folder, {}, NEW)
        assert listing(folder) == NEW
        assert not aside.exists()
    assert run.returncode == 0, "the run was killed at every step that was tried"
    assert step > 5


def test_paths_of_a_release() -> None:
    assert is_inside("charts/victims_by_form.fr.svg")
    assert not is_inside("charts//x")
    assert not is_inside("a..b/../c")


def test_json_is_stable_and_refuses_not_a_number() -> None:
    assert json_bytes({"b": "é", "a": 1}) == '{\n "b": "é",\n "a": 1\n}\n'.encode()
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_bytes(float("nan"))
