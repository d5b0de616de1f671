"""The stand-alone engine: a file of persons in, clusters out."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tutela.errors import InputRefused
from tutela.linkage.encode import Encoder
from tutela.linkage.evaluate import evaluate
from tutela.linkage.link import LinkageResult, LinkOptions, link
from tutela.linkage.schema import Schema
from tutela.linkage.secret import LinkageSecret


@dataclass(frozen=True)
class Run:
    """Clusters and what was measured on the way."""

    result: LinkageResult
    report: dict[str, Any]


def read_persons(path: Path) -> pl.DataFrame:
    """A CSV or Parquet file with every column as text; raises InputRefused where it is neither."""
    try:
        if path.suffix.lower() == ".parquet":
            frame = pl.read_parquet(path).with_columns(pl.all().cast(pl.String))
        else:
            frame = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputRefused(
            f"{path} cannot be read as a table: {error}", remedy="Give a CSV or Parquet file."
        ) from error
    if frame.height == 0:
        raise InputRefused(f"{path} holds no record.", remedy="Give a table with rows.")
    return frame


def run(
    frame: pl.DataFrame,
    schema: Schema,
    secret: LinkageSecret,
    options: LinkOptions,
    *,
    truth: str | None = None,
    by: list[str] | None = None,
    clear: bool = False,
    engine: str = "embedded",
) -> Run:
    """Encode, link, and where a column `truth` is named measure; `by` names columns to split by.

    The `engine` is embedded or spark. With `clear` names are compared in clear text, for tests and
    evaluation only. Raises InputRefused for a column that is not there.
    """
    by = by or []
    for column in [*([truth] if truth else []), *by]:
        if column not in frame.columns:
            raise InputRefused(
                f"The table has no column {column}.",
                remedy=f"Its columns are {', '.join(frame.columns)}.",
            )
    began = time.perf_counter()
    encoder = Encoder(schema, secret, clear=clear)
    encoded = encoder.encode(frame)
    encoding = time.perf_counter() - began
    if engine == "spark":
        result = _on_spark(encoded, encoder.filters(), schema, options)
    else:
        result = link(encoded, encoder.filters(), schema, options)
    seconds = time.perf_counter() - began
    report: dict[str, Any] = {
        **result.report,
        "seconds": round(seconds, 3),
        "seconds_by_part": {"encode": round(encoding, 3), **result.report["seconds"]},
        "unread_dates": encoder.unread,
        "clear": clear,
    }
    if truth is not None:
        labels = frame.select(
            pl.col(schema.record_id).alias("record_id"), pl.col(truth).alias("truth"), *by
        )
        report |= evaluate(result.clusters, result.pairs, labels, by)
    report["peak_mb"] = peak_mb()
    return Run(result, report)


def _on_spark(
    records: pl.DataFrame, filters: pl.DataFrame, schema: Schema, options: LinkOptions
) -> LinkageResult:
    """Link encoded records on Spark, which reads them from Parquet as it would from a store."""
    from tutela.linkage.spark.choice import link_with_spark

    with tempfile.TemporaryDirectory(prefix="tutela-") as scratch:
        files = Path(scratch) / "records.parquet", Path(scratch) / "filters.parquet"
        records.write_parquet(files[0])
        filters.write_parquet(files[1])
        return link_with_spark(records, filters, [files], schema, options)


def peak_mb() -> float:
    """The most memory this process and its children have held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak += resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round(peak / 1024, 1)
