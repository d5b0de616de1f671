"""The ledger: every cell that was ever published, in a folder that is only added to.

    LEDGER/
      ledger.json                      format, and the hash of the secret
      secret                           32 random bytes: which of equally good cells to hide
      head.json                        number and fingerprint of the last entry
      releases/0001/entry.json         id, previous fingerprint, rules, tables, hash of every file
      releases/0001/cells/0.csv        the published cells of a table: codes, status, count
      releases/0001/counts/0.parquet   its true counts; never published
      releases/0001/salt               32 random bytes, mixed into the hashes of the true counts

Each entry holds the fingerprint of the one before, so that nothing in it can change unseen. A
small table has so few possible contents that a plain hash of its true counts would tell them to
whoever tries them all; the salt prevents it, and fingerprints may be published. The folder stays at
the centre: it holds what was hidden.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from tutela.disclosure.dimension import Dimension
from tutela.disclosure.policy import Policy
from tutela.durable import json_bytes, sync_folder, write_synced, write_whole
from tutela.errors import Misuse, SafetyBlock

FORMAT = 1
_SECRET = 32


@dataclass(frozen=True)
class PublishedCells:
    """One table as it was published, and as it was counted.

    `cells`: the dimensions, `count` (null unless shown) and `status`, with all margins. `counts`:
    the dimensions and `count`, one row per leaf that is not zero.
    """

    name: str
    population: str
    dimensions: tuple[Dimension, ...]
    cells: pl.DataFrame
    counts: pl.DataFrame


@dataclass(frozen=True)
class Entry:
    """A release as the ledger holds it."""

    number: int
    release: str
    policy: Policy
    fingerprint: str
    """SHA-256 of entry.json; the next entry holds it."""
    tables: tuple[PublishedCells, ...]


class Ledger:
    """A ledger that was checked when it was opened: `entries` are whole and in order.

    Raises SafetyBlock when a byte was changed, an entry is missing or the order is broken: no
    release may be made against a record that is not the one that was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: list[Entry] = []
        self._verify()

    @classmethod
    def open(cls, path: Path) -> Ledger:
        """Open the ledger in folder `path`; a free or empty folder becomes a new one."""
        if not (path / "ledger.json").is_file():
            _create(path)
        return cls(path)

    @property
    def seed(self) -> int:
        """Decides between equally good cells; secret, and the same for all releases."""
        digest = hashlib.sha256(b"seed\0" + (self.path / "secret").read_bytes()).digest()
        return int.from_bytes(digest[:8], "big") >> 1

    @property
    def head(self) -> str:
        """The fingerprint of the whole ledger; it may be published."""
        return self.entries[-1].fingerprint if self.entries else self._beginning()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other processes from adding a release while one is protected against this ledger."""
        with (self.path / "lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise SafetyBlock(
                    f"{self.path} is in use: another release is being made against it.",
                    remedy="Wait until it has ended, then run the command again.",
                ) from error
            # Another process may have added to it since it was opened.
            self._verify()
            yield

    def append(self, release: str, policy: Policy, tables: Sequence[PublishedCells]) -> Entry:
        """Add a release; the same release with the same cells again changes nothing.

        Call it inside `writing`, before the release is given out. Raises SafetyBlock when the name
        stands for other cells already.
        """
        for entry in self.entries:
            if entry.release == release:
                if same_release(entry, policy, tables):
                    return entry
                raise SafetyBlock(
                    f"The ledger holds a release {release!r} with other cells.",
                    remedy="Give the new release a name of its own.",
                    details={"release": release},
                )
        number = len(self.entries) + 1
        staging = self.path / "releases" / f".{number:04}.partial"
        shutil.rmtree(staging, ignore_errors=True)
        for folder in (staging, staging / "cells", staging / "counts"):
            folder.mkdir(parents=True, mode=0o700)
        content = _write_tables(staging, release, policy, tables, number, self.head)
        for folder in (staging / "cells", staging / "counts", staging):
            sync_folder(folder)
        place = self.path / "releases" / f"{number:04}"
        staging.rename(place)
        sync_folder(place.parent)
        _write_head(self.path, number, hashlib.sha256(content).hexdigest())
        self._verify()
        return self.entries[-1]

    def _beginning(self) -> str:
        return hashlib.sha256((self.path / "ledger.json").read_bytes()).hexdigest()

    def _verify(self) -> None:
        """Read everything again and compare every hash."""
        described = _json(self.path / "ledger.json")
        if described.get("format") != FORMAT:
            _broken(self.path / "ledger.json", "is of another format")
        secret = self.path / "secret"
        if not secret.is_file() or _digest(secret.read_bytes()) != described.get("secret"):
            _broken(secret, "is missing or was changed")
        self.entries = []
        folders = self.path / "releases"
        names = sorted(p.name for p in folders.iterdir() if not p.name.startswith("."))
        if names != [f"{i:04}" for i in range(1, len(names) + 1)]:
            _broken(folders, f"does not hold releases 1 to {len(names)}")
        previous = self._beginning()
        for number, name in enumerate(names, start=1):
            try:
                entry = _read_entry(folders / name, number, previous)
            except (KeyError, TypeError, AttributeError, Misuse):
                _broken(folders / name / "entry.json", "was changed")
            self.entries.append(entry)
            previous = entry.fingerprint
        self._check_head()

    def _check_head(self) -> None:
        path = self.path / "head.json"
        number = len(self.entries)
        if path.is_file() and path.read_bytes() == _head(number, self.head):
            return
        # A run that stopped after its entry was whole and before the head was: go on from there.
        before = self.entries[-1:] and _head(number - 1, _json_previous(self.path, number))
        if before and path.is_file() and path.read_bytes() == before:
            _write_head(self.path, number, self.head)
            return
        _broken(path, f"does not name the last of {number} entries: releases are missing or added")


def _create(path: Path) -> None:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise Misuse(
            f"{path} is no ledger, and not an empty folder.",
            remedy="Name the folder of a ledger, or a new one.",
        )
    beside = path.with_name(f".{path.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    (beside / "releases").mkdir(parents=True, mode=0o700)
    beside.chmod(0o700)
    secret = secrets.token_bytes(_SECRET)
    write_synced(beside / "secret", secret, 0o600)
    described = json_bytes({"format": FORMAT, "secret": _digest(secret)})
    write_synced(beside / "ledger.json", described, 0o600)
    write_synced(beside / "head.json", _head(0, hashlib.sha256(described).hexdigest()), 0o600)
    sync_folder(beside)
    if path.exists():
        path.rmdir()
    beside.rename(path)
    sync_folder(path.absolute().parent)


def _write_tables(
    staging: Path,
    release: str,
    policy: Policy,
    tables: Sequence[PublishedCells],
    number: int,
    previous: str,
) -> bytes:
    """Write the files of an entry and return the bytes of its entry.json."""
    salt = secrets.token_bytes(_SECRET)
    write_synced(staging / "salt", salt, 0o600)
    described = []
    for i, table in enumerate(tables):
        cells, counts = _cells_csv(table), _counts_parquet(table)
        write_synced(staging / f"cells/{i}.csv", cells, 0o600)
        write_synced(staging / f"counts/{i}.parquet", counts, 0o600)
        described.append(
            {
                "name": table.name,
                "population": table.population,
                "dimensions": [_described(dimension) for dimension in table.dimensions],
                "cells": _digest(cells),
                "counts": _digest(salt + counts),
            }
        )
    content = json_bytes(
        {
            "number": number,
            "release": release,
            "previous": previous,
            "policy": _rules(policy),
            "salt": _digest(salt),
            "tables": described,
        }
    )
    write_synced(staging / "entry.json", content, 0o600)
    return content


def _read_entry(folder: Path, number: int, previous: str) -> Entry:
    path = folder / "entry.json"
    raw = _json(path)
    content = path.read_bytes()
    if content != json_bytes(raw) or raw.get("number") != number:
        _broken(path, "was changed")
    if raw.get("previous") != previous:
        _broken(path, "does not follow the entry before it")
    salt = _read(folder / "salt")
    if _digest(salt) != raw["salt"]:
        _broken(folder / "salt", "was changed")
    tables = []
    for i, table in enumerate(raw["tables"]):
        cells, counts = _read(folder / f"cells/{i}.csv"), _read(folder / f"counts/{i}.parquet")
        if _digest(cells) != table["cells"]:
            _broken(folder / f"cells/{i}.csv", "was changed")
        if _digest(salt + counts) != table["counts"]:
            _broken(folder / f"counts/{i}.parquet", "was changed")
        tables.append(
            PublishedCells(
                name=table["name"],
                population=table["population"],
                dimensions=tuple(_dimension(d) for d in table["dimensions"]),
                cells=pl.read_csv(io.BytesIO(cells), infer_schema=False).with_columns(
                    pl.col("count").cast(pl.Int64)
                ),
                counts=pl.read_parquet(io.BytesIO(counts)),
            )
        )
    return Entry(
        number=number,
        release=raw["release"],
        policy=Policy(**{**raw["policy"], "attackers": tuple(raw["policy"]["attackers"])}),
        fingerprint=hashlib.sha256(content).hexdigest(),
        tables=tuple(tables),
    )


def same_release(entry: Entry, policy: Policy, tables: Sequence[PublishedCells]) -> bool:
    """Whether these tables, so protected, are what `entry` holds."""
    return (
        _rules(policy) == _rules(entry.policy)
        and [t.name for t in entry.tables] == [t.name for t in tables]
        and all(
            one.population == two.population
            and [_described(d) for d in one.dimensions] == [_described(d) for d in two.dimensions]
            and _cells_csv(one) == _cells_csv(two)
            for one, two in zip(entry.tables, tables, strict=True)
        )
    )


def _rules(policy: Policy) -> dict[str, Any]:
    """The rules of a release as JSON has them; the seed is no rule, and secret."""
    rules = {key: value for key, value in asdict(policy).items() if key != "seed"}
    return {**rules, "attackers": list(policy.attackers)}


def _cells_csv(table: PublishedCells) -> bytes:
    names = [dimension.name for dimension in table.dimensions]
    columns = [pl.col(name).cast(pl.String) for name in names]
    return table.cells.select(*columns, "status", "count").sort(names).write_csv().encode()


def _counts_parquet(table: PublishedCells) -> bytes:
    names = [dimension.name for dimension in table.dimensions]
    file = io.BytesIO()
    table.counts.select(*names, "count").sort(names).write_parquet(file)
    return file.getvalue()


def _described(dimension: Dimension) -> dict[str, Any]:
    return {
        "name": dimension.name,
        "total": dimension.total,
        "parents": dict(sorted(dimension.parents.items())),
        "codes": sorted(dimension.codes),
    }


def _dimension(raw: dict[str, Any]) -> Dimension:
    return Dimension(raw["name"], raw["total"], raw["parents"], codes=tuple(raw["codes"]))


def _head(number: int, fingerprint: str) -> bytes:
    return json_bytes({"entries": number, "fingerprint": fingerprint})


def _write_head(path: Path, number: int, fingerprint: str) -> None:
    write_whole(path / "head.json", _head(number, fingerprint), 0o600)


def _json_previous(path: Path, number: int) -> str:
    previous: str = _json(path / "releases" / f"{number:04}" / "entry.json")["previous"]
    return previous


def _json(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(_read(path))
    except ValueError:
        _broken(path, "was changed")
    if not isinstance(raw, dict):
        _broken(path, "was changed")
    return raw


def _read(path: Path) -> bytes:
    if not path.is_file() or path.is_symlink():
        _broken(path, "is missing")
    return path.read_bytes()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _broken(path: Path, what: str) -> NoReturn:
    raise SafetyBlock(
        f"The ledger is not as it was written: {path} {what}.",
        remedy="Restore the ledger from its last copy; publish nothing before it is whole.",
        details={"file": os.fspath(path)},
    )
