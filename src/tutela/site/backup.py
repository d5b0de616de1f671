"""Copies of a site's database, checked by hash, and their way back.

A copy holds what the database holds: records closed by the vault, and no key that opens them. Keys
lie in files of their own (TUTELA_KEYS, `secret.key`, the recovery key) and are kept apart, on
another medium; the manifest names them by fingerprint, so that a restore says which are missing.

    BACKUP/
      manifest.json    engine, time, size and SHA-256 of the copy, fingerprints of the keys
      database.sqlite3 or database.dump
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from tutela.durable import json_bytes, write_whole
from tutela.errors import InputRefused, Misuse, SafetyBlock

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE, POSTGRESQL = "database.sqlite3", "database.dump"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Checked:
    """A backup whose bytes are those that were written."""

    folder: Path
    engine: str
    made_at: str
    keys: dict[str, str]

    @property
    def file(self) -> Path:
        """The copy of the database."""
        return self.folder / (SQLITE if self.engine == "sqlite" else POSTGRESQL)


def create(out: Path) -> Checked:
    """Copy the database of the running site into the new folder `out`, without stopping it.

    SQLite is copied by its own backup, PostgreSQL by `pg_dump`: both see one moment. Misuse where
    `out` exists, or `pg_dump` is not installed; InputRefused where it fails. Nothing half stays.
    """
    if out.exists():
        raise Misuse(f"{out} exists.", remedy="Name a new folder: no backup is written over.")
    half = out.with_name(f".{out.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    try:
        file = half / (SQLITE if connection.vendor == "sqlite" else POSTGRESQL)
        if connection.vendor == "sqlite":
            _copy_sqlite(Path(str(settings.DATABASES["default"]["NAME"])), file)
        else:
            _run("pg_dump", ["--format=custom", "--no-owner", f"--file={file}"])
        manifest = {
            "format": FORMAT,
            "engine": connection.vendor,
            "made_at": timezone.now().isoformat(),
            "bytes": file.stat().st_size,
            "sha256": _hash(file),
            "keys": _keys(),
        }
        write_whole(half / MANIFEST, json_bytes(manifest))
        half.rename(out)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    return check(out)


def check(folder: Path) -> Checked:
    """Read every byte of a backup again. SafetyBlock where one was changed or a file is missing."""
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        found = Checked(folder, told["engine"], told["made_at"], dict(told["keys"]))
        whole = told["format"] == FORMAT and _hash(found.file) == told["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise SafetyBlock(
            f"{folder} is no whole backup: {error}.", remedy="Take another copy."
        ) from error
    if not whole:
        raise SafetyBlock(
            f"{folder} was changed since it was made.",
            remedy="Take another copy, and find out who changed this one.",
        )
    return found


def missing_keys(backup: Checked) -> list[str]:
    """The keys that the site had then and has not now: without them nothing opens."""
    here = _keys()
    return sorted(name for name, mark in backup.keys.items() if here.get(name) != mark)


def restore(folder: Path) -> Checked:
    """Put a backup into the site's database, which must be empty.

    SafetyBlock where the copy is not whole or keys of then are missing here; Misuse where the
    database holds accounts already, or the engine is another: nothing is written over.
    """
    found = check(folder)
    if missing := missing_keys(found):
        raise SafetyBlock(
            f"Keys of then are not here: {', '.join(missing)}.",
            remedy="Put them back from where they are kept apart; without them no record opens.",
            details={"keys": missing},
        )
    if found.engine != connection.vendor:
        raise Misuse(
            f"The backup is of {found.engine}, and this site stands on {connection.vendor}.",
            remedy="Set TUTELA_DATABASE_URL as it was then.",
        )
    if _holds_something():
        raise Misuse(
            "The site's database holds accounts.", remedy="Restore into a new, empty site."
        )
    connection.close()
    if found.engine == "sqlite":
        target = Path(str(settings.DATABASES["default"]["NAME"]))
        for leftover in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
            leftover.unlink(missing_ok=True)
        _copy_sqlite(found.file, target)
        target.chmod(0o600)
    else:
        options = ["--clean", "--if-exists", "--no-owner", "--exit-on-error"]
        name = f"--dbname={settings.DATABASES['default']['NAME']}"
        _run("pg_restore", [*options, name, str(found.file)])
    return found


def _holds_something() -> bool:
    from tutela.site.accounts.access import anybody

    return anybody()


def _copy_sqlite(source: Path, target: Path) -> None:
    """One moment of a live database, checked for integrity."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        (answer,) = copy.execute("PRAGMA integrity_check").fetchone()
    if answer != "ok":
        raise SafetyBlock(f"{source} is damaged: {answer}.", remedy="Restore the last backup.")


def _run(program: str, arguments: list[str]) -> None:
    """A program of PostgreSQL, told where the database is by its environment, not its arguments."""
    given = settings.DATABASES["default"]
    path = shutil.which(program) or next(
        (str(one) for one in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))), None
    )
    if path is None:
        raise Misuse(f"{program} is not installed.", remedy="Install postgresql-client.")
    environment = {
        "PGHOST": given["HOST"], "PGPORT": given["PORT"], "PGUSER": given["USER"],
        "PGPASSWORD": given["PASSWORD"], "PGDATABASE": given["NAME"],
    }  # fmt: skip
    told = {**os.environ, **{name: str(value) for name, value in environment.items() if value}}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [path, *arguments], env=told, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise InputRefused(
            f"{program} failed: {done.stderr.strip().splitlines()[-1:]}",
            remedy="Look at the database's own log; nothing was kept of the attempt.",
        )


def _keys() -> dict[str, str]:
    """Fingerprints of the site's key files, by name; never a byte of a key."""
    files = [*sorted(Path(settings.KEYS).glob("*.key")), Path(settings.DATA) / "secret.key"]
    return {
        one.name: hashlib.sha256(b"fingerprint\0" + one.read_bytes()).hexdigest()[:16]
        for one in files
        if one.is_file()
    }


def _hash(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while part := stream.read(_CHUNK):
            digest.update(part)
    return digest.hexdigest()
