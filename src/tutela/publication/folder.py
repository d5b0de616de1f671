"""A release folder on disk: written whole or not at all, every file by hash."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tutela.errors import Misuse, SafetyBlock
from tutela.indicators.internal import WATERMARK

MANIFEST = "manifest.json"
#: A path inside a release: plain parts, forward slashes, nothing that climbs out.
_INSIDE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


def sha256(content: bytes) -> str:
    """The lower-case hexadecimal SHA-256 of `content`."""
    return hashlib.sha256(content).hexdigest()


def is_inside(relative: str) -> bool:
    """Whether `relative` is a plain path that stays inside the release folder."""
    return _INSIDE.fullmatch(relative) is not None and ".." not in relative


def json_bytes(value: Any) -> bytes:
    """`value` as indented UTF-8 JSON in the order given; the same value gives the same bytes."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode()


def describe_files(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Path → {sha256, bytes} for the manifest, in the order of paths."""
    return {
        path: {"sha256": sha256(files[path]), "bytes": len(files[path])} for path in sorted(files)
    }


def write_folder(destination: Path, manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """Write a release folder and return its fingerprint, the SHA-256 of its manifest.

    The folder is built beside `destination` and renamed when whole; an earlier release in that
    place is replaced, anything else there is refused. `files` maps paths inside the release to
    their bytes; the manifest gets their hashes under `files`.
    """
    destination = destination.absolute()
    previous = destination.with_name(f".{destination.name}.previous")
    # A run that was killed between the two renames left the earlier release aside.
    if previous.exists() and not destination.exists():
        previous.rename(destination)
    _refuse_foreign(destination)
    for path in files:
        if not is_inside(path) or path == MANIFEST:
            raise Misuse(f"{path!r} cannot be a file of a release")
        if WATERMARK.encode() in files[path]:
            raise SafetyBlock(
                f"{path} holds unprotected counts ({WATERMARK}); nothing was written",
                remedy="Publish protected tables only.",
            )
    destination.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{destination.name}.partial-"
    staging = Path(tempfile.mkdtemp(prefix=prefix, dir=destination.parent))
    try:
        staging.chmod(0o755)
        for path in sorted(files):
            _write(staging / path, files[path])
        content = json_bytes({**manifest, "files": describe_files(files)})
        _write(staging / MANIFEST, content)
        if destination.exists():
            shutil.rmtree(previous, ignore_errors=True)
            destination.rename(previous)
        try:
            staging.rename(destination)
        except OSError:
            if previous.exists():
                previous.rename(destination)
            raise
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    shutil.rmtree(previous, ignore_errors=True)
    return sha256(content)


def _refuse_foreign(destination: Path) -> None:
    """Raise unless `destination` is free, an empty folder, or an earlier release."""
    if not destination.exists():
        return
    is_folder = destination.is_dir() and not destination.is_symlink()
    if is_folder and ((destination / MANIFEST).is_file() or not any(destination.iterdir())):
        return
    raise Misuse(
        f"{destination} exists and is not a release",
        remedy="Choose another folder, or empty this one yourself.",
    )


def _write(path: Path, content: bytes) -> None:
    """Write one file and push it to the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
