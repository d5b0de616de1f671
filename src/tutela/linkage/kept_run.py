"""A run of the stand-alone engine in a folder, so that later records can join it.

The folder holds the index of the full run, the records that joined since, and the clusters of all.
It holds encodings: whoever has it and the secret can test a guess about any person in it.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import polars as pl

from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.linkage.dictionary import merge_dictionaries
from tutela.linkage.encode import Encoder
from tutela.linkage.index import Index, keep_index
from tutela.linkage.join import join
from tutela.linkage.link import LinkageResult, LinkOptions
from tutela.linkage.run import Run, peak_mb
from tutela.linkage.schema import Schema
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.writing import write_parquet

INDEX, SINCE, FILTERS = "index", "since.parquet", "since_filters.parquet"
CLUSTERS, EVENTS = "clusters.parquet", "events.parquet"


def refuse_secret_inside(folder: Path, secret: Path) -> None:
    """Raise SafetyBlock where the secret's file lies in the folder of encodings."""
    if folder.resolve() in secret.resolve().parents:
        raise SafetyBlock(
            f"{secret} lies in {folder}, which holds encodings made with it.",
            remedy="Keep the secret apart from what it encoded.",
        )


def refuse_held(folder: Path) -> None:
    """Raise Misuse where a new run would be kept over something else."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Misuse(f"{folder} is not empty.", remedy="Name a new folder with --keep.")


def keep_run(folder: Path, result: LinkageResult) -> None:
    """Keep a full run in a new or empty folder, whole or not at all; `result` was linked with
    `keep`."""
    refuse_held(folder)
    if result.linked is None:
        raise Misuse("This run was not linked to be kept.")
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    keep_index(beside / INDEX, result.linked)
    write_parquet(beside / CLUSTERS, result.clusters)
    write_parquet(beside / EVENTS, result.events)
    if folder.exists():
        folder.rmdir()
    beside.rename(folder)


def join_run(
    folder: Path, frame: pl.DataFrame, schema: Schema, secret: LinkageSecret, options: LinkOptions
) -> tuple[Run, tuple[pl.DataFrame, pl.DataFrame]]:
    """Encode `frame` and join it to the run kept in `folder`; nothing is written.

    Records of labels that are there already replace them. Returns the run, and records and filters
    of all that joined since the full run, for `keep_joined`. Raises InputRefused on another secret,
    schema or threshold.
    """
    began = time.perf_counter()
    index = Index.open(folder / INDEX, schema)
    try:
        previous = pl.read_parquet(folder / CLUSTERS)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputRefused(
            f"{folder} keeps no run: {error}", remedy="Keep one with --keep."
        ) from error
    encoder = Encoder(schema, secret)
    encoded = encoder.encode(frame)
    parts = [(encoded, encoder.filters())]
    if (folder / SINCE).is_file():
        since = pl.read_parquet(folder / SINCE)
        newer = encoded["record_id"].implode()
        kept = since.filter(~pl.col("record_id").is_in(newer))
        if kept.height:
            parts.insert(0, (kept, pl.read_parquet(folder / FILTERS)))
    encoding = time.perf_counter() - began
    records, filters = merge_dictionaries(parts)
    result = join(index, records, filters, None, options, previous)
    report = {
        **result.report,
        "seconds": round(time.perf_counter() - began, 3),
        "seconds_by_part": {"encode": round(encoding, 3), **result.report["seconds"]},
        "unread_dates": encoder.unread,
        "peak_mb": peak_mb(),
    }
    return Run(replace(result, linked=None), report), (records, filters)


def keep_joined(
    folder: Path, base: Path, result: LinkageResult, since: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    """Keep a joined run: in the folder of its base, or in a new one with a copy of the index."""
    if folder.resolve() != base.resolve():
        refuse_held(folder)
        shutil.copytree(base / INDEX, folder / INDEX)
    # The filters first: records whose filters are not there yet would be refused.
    write_parquet(folder / FILTERS, since[1])
    write_parquet(folder / SINCE, since[0])
    write_parquet(folder / EVENTS, result.events)
    write_parquet(folder / CLUSTERS, result.clusters)
