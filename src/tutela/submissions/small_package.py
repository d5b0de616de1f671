"""Sealed packages that are no submissions: planted records, and answers of a review.

They travel as submissions do (signed by an enrolled agency, encrypted to the centre) under a kind
of their own, so that neither door takes what belongs to the other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from tutela import __version__
from tutela.durable import json_bytes
from tutela.errors import InputRefused, Misuse
from tutela.submissions.content import ContentHash
from tutela.submissions.keys import AgencyKeys, CentreKeys
from tutela.submissions.package import (
    FORMAT,
    TableEntry,
    decrypt_package,
    describe_table,
    read_head,
    refusal,
    unpack_tables,
    verify_signature,
    write_package,
)

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class SmallPackage:
    """A package that was opened: its manifest, as far as it is known to be true, and tables."""

    manifest: dict[str, Any]
    tables: dict[str, pl.DataFrame]

    @property
    def name(self) -> str:
        """`<agency>-<kind>-<first 12 of the content hash>`."""
        made = self.manifest
        return f"{made['agency']}-{made['kind']}-{made['content_hash'][:12]}"


def seal_small(
    kind: str, tables: Tables, agency: AgencyKeys, out: Path, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Seal `tables` for the centre under `kind`; returns the manifest. `more` is added to it."""
    if not out.parent.is_dir():
        raise Misuse(f"There is no folder {out.parent} to write the package in.")
    with tempfile.TemporaryDirectory(prefix=".tutela-", dir=out.parent) as scratch:
        folder = Path(scratch)
        entries = []
        for name, frame in tables.items():
            path = folder / f"{name}.parquet"
            frame.write_parquet(path, compression="zstd")
            entries.append(describe_table(name, path, frame.height, _content(frame)))
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "kind": kind,
            "tutela": __version__,
            "agency": agency.agency,
            "key_epoch": agency.secret.epoch,
            "key_check": agency.secret.check(),
            "counts": {entry.name: entry.rows for entry in entries},
            "tables": [entry.as_dict() for entry in entries],
            **(more or {}),
        }
        manifest["content_hash"] = sha256(json_bytes(manifest)).hexdigest()
        manifest["created"] = datetime.now(UTC).isoformat(timespec="seconds")
        write_package(
            manifest, folder, agency.signing_key, agency.recipient, out, tables=list(tables)
        )
    return manifest


def open_small(
    path: Path, kind: str, schemas: Mapping[str, Mapping[str, pl.DataType]], centre: CentreKeys
) -> SmallPackage:
    """Open a package of `kind` whose tables have exactly `schemas`.

    Raises InputRefused, with `details["reason"]`, for what is unreadable, of another kind, not
    signed by an enrolled agency, altered, or of other columns. What the values say is for the
    caller to check.
    """
    with tempfile.TemporaryDirectory(prefix=".tutela-", dir=centre.folder) as scratch:
        folder = Path(scratch)
        plain = folder / "payload"
        decrypt_package(path, centre.identity, plain)
        with plain.open("rb") as file:
            manifest, signed, signature = read_head(file, path.name)
            if manifest.get("kind") != kind or manifest.get("format") != FORMAT:
                raise refusal(
                    "wrong-kind",
                    f"{path.name} is no package of the kind “{kind}”.",
                    "Submissions go through `tutela receive`.",
                )
            signer = centre.signer(str(manifest.get("agency")))
            if signer is None:
                raise refusal(
                    "unknown-signer",
                    f"“{manifest.get('agency')}” is not enrolled at this centre.",
                    "Check who it is, then put its agency.verify into signers/.",
                )
            verify_signature(signer.key(), signed, signature, signer.agency)
            entries = _entries(manifest, list(schemas))
            unpack_tables(file, entries, folder)
        tables = {e.name: _table(folder, e, dict(schemas[e.name])) for e in entries}
    return SmallPackage(manifest, tables)


def _entries(manifest: dict[str, Any], names: list[str]) -> list[TableEntry]:
    try:
        entries = [TableEntry(**entry) for entry in manifest["tables"]]
        epoch, check, hash_ = (manifest[k] for k in ("key_epoch", "key_check", "content_hash"))
    except (KeyError, TypeError) as error:
        raise _malformed("its manifest is not well formed") from error
    known = {key: value for key, value in manifest.items() if key not in _LATER}
    if [entry.name for entry in entries] != names or not isinstance(epoch, int):
        raise _malformed("its manifest is not well formed")
    if not isinstance(check, int) or hash_ != sha256(json_bytes(known)).hexdigest():
        raise _malformed("its content hash is not that of its manifest")
    return entries


#: What the content hash does not cover.
_LATER = ("content_hash", "created")


def _table(folder: Path, entry: TableEntry, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(folder / f"{entry.name}.parquet")
    except pl.exceptions.PolarsError as error:
        raise _malformed(f"its table {entry.name} is no Parquet file") from error
    if dict(frame.schema) != schema:
        odd = sorted(set(frame.schema.items()) ^ set(schema.items()), key=lambda c: c[0])
        raise _malformed(f"its table {entry.name} has other columns: {odd[0][0] if odd else '?'}")
    if frame.height != entry.rows or _content(frame) != entry.content:
        raise _malformed(f"the rows of {entry.name} are not those of its content hash")
    return frame


def _content(frame: pl.DataFrame) -> str:
    content = ContentHash()
    content.update(frame)
    return content.hexdigest()


def _malformed(what: str) -> InputRefused:
    return refusal("malformed", f"The package is not well formed: {what}.", "Seal it again.")
