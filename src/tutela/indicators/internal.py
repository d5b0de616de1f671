"""Unprotected tables for analysts at the centre: logged before they are given, marked in every row.

The log is a file of JSON lines in the store, only added to; each line holds the hash of the one
before, so that no look can be taken out of it.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tutela.durable import sync_folder, write_whole
from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.indicators.run import read_tables
from tutela.submissions.store import Store

LOG = "internal_tables.jsonl"
#: Stands in every row; no release holds a file with these words.
WATERMARK = "INTERNAL: NOT FOR RELEASE"


def write_internal(store: Path, indicator: str, out: Path, *, actor: str, reason: str) -> int:
    """Write the unprotected leaf counts of `indicator` to `out` (CSV); return how many rows.

    `actor` (who looks) and `reason` are logged first; without either nothing is given (Misuse).
    Raises InputRefused for an unknown indicator, SafetyBlock when the log was changed, or when
    `out` stands where releases are read.
    """
    if not actor.strip() or len(reason.strip()) < 10:
        raise Misuse(
            "Who looks at unprotected counts, and why, must be said.",
            remedy="Give --actor, and --reason in at least ten letters.",
        )
    if not out.name.endswith(".INTERNAL.csv"):
        raise Misuse(
            f"{out.name} does not say what it is.",
            remedy=f"Name it {out.stem}.INTERNAL.csv.",
        )
    if any((folder / "manifest.json").is_file() for folder in out.absolute().parents[:3]):
        raise SafetyBlock(
            f"{out} would stand in a release or a package.",
            remedy="Keep unprotected counts away from what is given out.",
        )
    run = read_tables(store)
    if indicator not in run.tables:
        raise InputRefused(
            f"There is no indicator {indicator!r} in the current tables.",
            remedy=f"Indicators: {', '.join(sorted(run.tables)[:8])} …",
            details={"indicator": indicator},
        )
    counts = run.tables[indicator].counts
    content = counts.with_columns(pl.lit(WATERMARK).alias("data")).write_csv().encode()
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "actor": actor.strip(),
        "reason": reason.strip(),
        "indicator": indicator,
        "run": run.run,
        "file": out.name,
    }
    with Store.open(store).writing():
        _log(store / LOG, line)
    write_whole(out, content, 0o600)
    return counts.height


def read_log(store: Path) -> list[dict[str, str]]:
    """All looks, oldest first; SafetyBlock when a line was changed or taken out."""
    path = store / LOG
    entries: list[dict[str, str]] = []
    previous = ""
    for number, line in enumerate(path.read_bytes().splitlines() if path.is_file() else [], 1):
        try:
            entry = json.loads(line)
            whole = entry["previous"] == previous
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            raise SafetyBlock(
                f"{path}, line {number}: the log of internal tables is not as it was written.",
                remedy="Restore it from the last copy of the store.",
                details={"file": str(path), "line": number},
            )
        entries.append(entry)
        previous = hashlib.sha256(line).hexdigest()
    return entries


def _log(path: Path, entry: dict[str, str]) -> None:
    """Add a line and bring it to disk."""
    read_log(path.parent)
    lines = path.read_bytes().splitlines() if path.is_file() else []
    previous = hashlib.sha256(lines[-1]).hexdigest() if lines else ""
    text = json.dumps({**entry, "previous": previous}, ensure_ascii=False) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
