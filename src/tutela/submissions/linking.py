"""Link what the store holds: victims and suspects apart, over all current submissions."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tutela import __version__
from tutela.durable import json_bytes, sync_folder, write_whole
from tutela.errors import InputRefused
from tutela.linkage.dictionary import merge_dictionaries
from tutela.linkage.draws import count_interval, draw_clusterings
from tutela.linkage.link import LinkageResult, LinkOptions, link
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.submissions.evidence import evidence_of
from tutela.submissions.store import Store

#: Clusterings drawn for the interval of persons counted: its width is known to an eighth.
DRAWS = 30
#: Why these two are never compared: a victim who is also a suspect is counted as either.
ROLES = ("victim", "suspect")


def link_store(
    path: Path, options: LinkOptions | None = None, *, draws: int = DRAWS
) -> dict[str, Any]:
    """Link the current submissions and name the run in `current.json`; returns the report.

    Writes `linkage/<run>/` with clusters.parquet, pairs.parquet (scored candidates),
    besides.parquet (other pairs that decide about clusters), model.json and report.json, whole or
    not at all. The same submissions and options give the same run name.
    Where planted records calibrate the run, `draws` clusterings tell how far persons counted can be
    trusted (`count_interval` in the report; 0 leaves it out).
    Raises InputRefused when the store holds no submission or mixed key epochs.
    """
    options = options or LinkOptions()
    store = Store.open(path)
    submissions = store.submissions()
    if not submissions:
        raise InputRefused(f"{path} holds no submission", remedy="Receive packages first.")
    names = sorted(each.name for each in submissions)
    packages = [(each.records().collect(), each.filters().collect()) for each in submissions]
    evidence = evidence_of(store, [records for records, _ in packages])
    merged, filters = merge_dictionaries([*packages, *evidence.packages])
    records, planted = evidence.apart(merged)
    records = records.with_columns(pl.col("agency").alias("source"))
    results = {
        role: link(part, filters, DEFAULT_SCHEMA, evidence.options(options, planted, role))
        for role in ROLES
        if (part := records.filter(pl.col("role") == role)).height
    }
    for result in results.values():
        _add_interval(result, draws, options)
    run = _run_name([*names, *evidence.names], options)
    report = _report(run, names, options, results)
    with store.writing():
        _write(store.path, run, report, results)
        current = store.current()
        current["linkage"] = {"run": run, "submissions": names}
        write_whole(store.path / "current.json", json_bytes(current))
    return report


def _add_interval(result: LinkageResult, draws: int, options: LinkOptions) -> None:
    """Put the interval of persons counted into the report of a calibrated result."""
    ratios = result.report.get("count_correction")
    if ratios is None or draws < 2:
        return
    pairs = pl.concat([result.pairs, result.besides])
    drawn = draw_clusterings(
        result.clusters, pairs, draws, options.seed, threshold=options.threshold
    )
    planted = result.report["planted"]["all"]["persons"]
    counted = result.report["clusters"]
    interval = count_interval(counted, drawn.counts(), np.array(ratios), planted)
    result.report["count_interval"] = interval.as_dict()


def _run_name(submissions: list[str], options: LinkOptions) -> str:
    basis = json.dumps([__version__, submissions, options.threshold, options.seed])
    return hashlib.sha256(basis.encode()).hexdigest()[:12]


def _report(
    run: str, submissions: list[str], options: LinkOptions, results: dict[str, LinkageResult]
) -> dict[str, Any]:
    return {
        "run": run,
        "method": "Fellegi-Sunter on encodings, EM on patterns, correlation clustering",
        "threshold": options.threshold,
        "code_version": __version__,
        "submissions": submissions,
        "roles": {role: result.report for role, result in results.items()},
    }


def _write(
    store: Path, run: str, report: dict[str, Any], results: dict[str, LinkageResult]
) -> None:
    beside = store / "linkage" / f".{run}.new"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for name in ("clusters", "pairs", "besides"):
        pl.concat(
            [
                getattr(result, name).with_columns(pl.lit(role).alias("role"))
                for role, result in results.items()
            ]
        ).write_parquet(beside / f"{name}.parquet")
    models = {role: result.model.as_dict() for role, result in results.items()}
    (beside / "model.json").write_bytes(json_bytes(models))
    (beside / "report.json").write_bytes(json_bytes(report))
    final = store / "linkage" / run
    shutil.rmtree(final, ignore_errors=True)
    beside.rename(final)
    sync_folder(final.parent)
