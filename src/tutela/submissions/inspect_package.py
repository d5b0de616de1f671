"""Looks closely at what a package holds before the store takes it: the agency may be mistaken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tutela.submissions.content import TABLES, ContentHash
from tutela.submissions.package import FORMAT, TableEntry, refusal
from tutela.submissions.profiles import load_profile, profile_names
from tutela.submissions.reading import CHUNK_ROWS
from tutela.submissions.seal import content_hash
from tutela.submissions.tables import FILTER_BYTES, stray_values, table_schemas

_TYPES: dict[str, type | tuple[type, ...]] = {
    "agency": str,
    "profile": str,
    "profile_version": int,
    "key_epoch": int,
    "key_check": int,
    "synthetic": bool,
    "created": str,
    "counts": dict,
    "content_hash": str,
    "tables": list,
    "period": (dict, type(None)),
    "supersedes": (str, type(None)),
}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LABEL = r"-[0-9a-f]{16}"


def parsed_manifest(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[TableEntry]]:
    """The manifest with nothing in it but what is known, and its tables; refuses any other."""
    if given.get("format") != FORMAT:
        raise refusal(
            "malformed",
            f"The package has format {given.get('format')}; the centre reads format {FORMAT}.",
            "Encode the file with the centre's version of Tutela.",
        )
    for key, kind in _TYPES.items():
        if not isinstance(given.get(key), kind):
            raise _malformed(f"its manifest has no proper {key}")
    if given["profile"] not in profile_names():
        raise refusal(
            "wrong-profile", f"There is no profile {given['profile']}.", "Encode with a known one."
        )
    try:
        entries = [TableEntry(**entry) for entry in given["tables"]]
        when = datetime.fromisoformat(given["created"])
        period = given["period"] and {
            end: date.fromisoformat(given["period"][end]).isoformat() for end in ("from", "to")
        }
    except (TypeError, KeyError, ValueError) as error:
        raise _malformed("its manifest is not well formed") from error
    if when.tzinfo is None or [entry.name for entry in entries] != list(TABLES):
        raise _malformed("its manifest is not well formed")
    manifest = {key: given[key] for key in ("format", *_TYPES)}
    manifest |= {"period": period, "tutela": str(given.get("tutela", ""))[:40]}
    if not _SHA256.fullmatch(given["content_hash"]) or content_hash(given) != given["content_hash"]:
        raise refusal(
            "tampered", "The content hash is not that of the tables.", "Encode the file again."
        )
    return manifest, entries


def inspect_tables(folder: Path, manifest: Mapping[str, Any], entries: list[TableEntry]) -> None:
    """Refuse tables whose columns, rows, codes or labels are not what the manifest says."""
    for entry in entries:
        path = folder / f"{entry.name}.parquet"
        _check_schema(path, entry.name)
        content = ContentHash()
        content.update(pl.DataFrame(schema=table_schemas()[entry.name]))
        rows = 0
        for chunk in _chunks(path, entry.name):
            content.update(chunk)
            rows += chunk.height
            _check_rows(chunk, entry.name, manifest)
        if rows != entry.rows or content.hexdigest() != entry.content:
            raise refusal(
                "tampered",
                f"The rows of {entry.name} are not those of its content hash.",
                "Encode the file again.",
            )
    _check_references(folder)


def _chunks(path: Path, name: str) -> Any:
    from pyarrow import parquet

    schema = table_schemas()[name]
    for batch in parquet.ParquetFile(path).iter_batches(batch_size=CHUNK_ROWS):
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a batch is never a column
        yield frame.select(pl.col(column).cast(dtype) for column, dtype in schema.items())


def _check_schema(path: Path, name: str) -> None:
    expected = table_schemas()[name]
    try:
        found = pl.read_parquet_schema(path)
    except pl.exceptions.PolarsError as error:
        raise _malformed(f"its table {name} is no Parquet file") from error
    if dict(found) != expected:
        odd = sorted(set(found.items()) ^ set(expected.items()), key=lambda column: column[0])
        raise _malformed(f"its table {name} has other columns: {odd[0][0] if odd else 'order'}")


def _check_rows(chunk: pl.DataFrame, name: str, manifest: Mapping[str, Any]) -> None:
    if name == "filters":
        if (chunk["bits"].bin.size() != FILTER_BYTES).any():
            raise _malformed(f"a filter is not {FILTER_BYTES} bytes long")
        return
    stray = stray_values(chunk, load_profile(manifest["profile"]).country)
    if stray is not None:
        raise refusal(
            "stray-value",
            f"Column {stray[0]} of {name} holds something that is no code of {stray[1]}.",
            "Encode the file with the centre's version of Tutela.",
        )
    for key in ("agency", "profile"):
        if (chunk[key] != manifest[key]).any():
            raise refusal(
                "not-yours", f"Rows of {name} name another {key}.", "Hand in your own rows only."
            )
    label = re.escape(manifest["agency"]) + _LABEL
    shapes = {"record_id": label, "event_id": label + r"-\d{1,3}", "matter": label}
    for column, shape in shapes.items():
        if column not in chunk.columns:
            continue
        values = chunk[column].drop_nulls()
        if not values.str.contains(f"^{shape}$").all():
            raise _malformed(f"column {column} of {name} holds something that is no label")
    _check_keys(chunk, name, manifest)


def _check_keys(chunk: pl.DataFrame, name: str, manifest: Mapping[str, Any]) -> None:
    if name != "records":
        return
    keyed = (chunk["key_epoch"] == manifest["key_epoch"]) & (
        chunk["key_check"] == manifest["key_check"]
    )
    if not keyed.all():
        raise refusal(
            "wrong-epoch", "Records were encoded under another key.", "Encode the file again."
        )


def _check_references(folder: Path) -> None:
    """Labels are unique, and every event and filter number leads somewhere."""
    records = pl.scan_parquet(folder / "records.parquet")
    events = pl.scan_parquet(folder / "events.parquet")
    filters = pl.scan_parquet(folder / "filters.parquet")
    for frame, key in ((records, "record_id"), (events, "event_id"), (filters, "filter_id")):
        counts = frame.select(
            pl.len().alias("rows"), pl.col(key).drop_nulls().n_unique().alias("distinct")
        )
        rows, distinct = counts.collect().row(0)
        if rows != distinct:
            raise _malformed(f"a {key} is missing or stands twice")
    lost = events.drop_nulls("record_id").join(records, on="record_id", how="anti")
    if lost.select(pl.len()).collect().item():
        raise _malformed("an event speaks of a record that is not there")
    numbers = filters.select("filter_id").collect()["filter_id"]
    for column in table_schemas()["records"]:
        if column.endswith("_filter"):
            used = records.select(pl.col(column).drop_nulls().unique()).collect()[column]
            if not used.is_in(numbers.implode()).all():
                raise _malformed(f"{column} holds a number that the dictionary lacks")


def _malformed(what: str) -> Exception:
    return refusal(
        "malformed",
        f"The package is not well formed: {what}.",
        "Encode the file again with the centre's version of Tutela.",
    )
