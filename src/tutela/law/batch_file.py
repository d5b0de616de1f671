"""Qualifies a Parquet file chunk by chunk into another, written whole or not at all."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tutela.errors import InputRefused
from tutela.law.batch import qualify_frame
from tutela.law.load import load_law
from tutela.law.refusals import at_row, refused
from tutela.law.tables import Law

#: Rows taken at a time, so that memory does not grow with the file.
CHUNK = 1_000_000


def qualify_file(
    cases: Path,
    out: Path,
    *,
    country: str = "be",
    law_of: str = "facts_on",
    new_code_from: date | None = None,
) -> dict[str, Any]:
    """Qualify every row of the Parquet file `cases` into `out`, under the law of a column's day.

    Returns the number of cases, seconds and outcomes. Raises InputRefused for a file that is no
    Parquet file or holds a value that cannot be; then nothing is written.
    """
    law = load_law(country, new_code_from=new_code_from)
    started = time.perf_counter()
    try:
        rows = pq.read_metadata(cases).num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise refused("batch_no_file", "", cases.name) from error
    if rows == 0:
        raise refused("batch_empty", "", cases.name)
    half = out.with_name(out.name + ".part")
    counts: dict[str, int] = {}
    writer = None
    try:
        for start in range(0, rows, CHUNK):
            frame = pl.scan_parquet(cases).slice(start, CHUNK).collect()
            answers = _qualified(frame, law, law_of, start)
            for outcome, count in answers["outcome"].value_counts().rows():
                counts[outcome] = counts.get(outcome, 0) + count
            table = answers.to_arrow()
            writer = writer or pq.ParquetWriter(half, table.schema)
            writer.write_table(table)
        if writer is not None:
            writer.close()
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)
    return {
        "cases": rows,
        "seconds": round(time.perf_counter() - started, 3),
        "outcomes": dict(sorted(counts.items(), key=lambda pair: -pair[1])),
    }


def _qualified(frame: pl.DataFrame, law: Law, law_of: str, before: int) -> pl.DataFrame:
    """The answers of a chunk; a refusal names the row of the file, not of the chunk."""
    try:
        return qualify_frame(frame, law, law_of=law_of)
    except InputRefused as error:
        row = error.details.get("row")
        if row is None or before == 0:
            raise
        raise at_row(error, row, row + before) from error
