"""Keeps the linkage secret away from the centre: what holds one may not hold the other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tutela.errors import SafetyBlock
from tutela.linkage.secret import FORMAT

LINKAGE_SECRET = "linkage.secret"  # noqa: S105 - the name of a file
CENTRE_IDENTITY = "centre.identity"
#: No key file is longer; larger files are not opened.
_LONGEST = 4096


def holds_linkage_secret(folder: Path) -> Path | None:
    """The first file in or under `folder` that is a linkage secret, by name or by content."""
    for path in _small_files(folder):
        if path.name == LINKAGE_SECRET or FORMAT.encode() in path.read_bytes():
            return path
    return None


def holds_centre_identity(folder: Path) -> Path | None:
    """The first file in or under `folder` that is the centre's private key."""
    for path in _small_files(folder):
        if path.name == CENTRE_IDENTITY or b"AGE-SECRET-KEY-" in path.read_bytes():
            return path
    return None


def holds_store(folder: Path) -> Path | None:
    """The national store in, under or above `folder`, if there is one."""
    for above in (folder.absolute(), *folder.absolute().parents):
        if _is_store(above):
            return above
    found = sorted(folder.rglob("store.json")) if folder.is_dir() else []
    return next((path.parent for path in found if _is_store(path.parent)), None)


def _is_store(folder: Path) -> bool:
    return (folder / "store.json").is_file() and (folder / "submissions").is_dir()


def refuse_store_beside_secret(folder: Path) -> None:
    """Raise SafetyBlock if `folder`, which holds or will hold a linkage secret, meets a store."""
    found = holds_store(folder)
    if found is not None:
        raise SafetyBlock(
            f"{found} is a national store; a linkage secret may never lie in, under or above it.",
            remedy="Keep the secret with the agencies, on other machines than the store.",
            details={"store": str(found)},
        )


def refuse_linkage_secret(folders: Iterable[Path]) -> None:
    """Raise SafetyBlock if the centre could read a linkage secret in one of its folders."""
    for folder in folders:
        found = holds_linkage_secret(folder)
        if found is not None:
            raise SafetyBlock(
                f"{found} is a linkage secret; the centre may never hold one.",
                remedy="Whoever holds the encodings and the secret can recognise every person."
                " Move the secret to the agencies, remove it here, and rotate it"
                " (`tutela keys linkage DIR --epoch N`).",
                details={"file": str(found)},
            )


def _small_files(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".parquet" and path.stat().st_size <= _LONGEST:
            yield path
