"""Explain a decision of the current linkage run, by record labels."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from tutela.errors import InputRefused
from tutela.linkage.calibration import Calibration
from tutela.linkage.compare import Comparison
from tutela.linkage.dictionary import merge_dictionaries
from tutela.linkage.explain import Explanation, explain, rows_of
from tutela.linkage.known import known_of
from tutela.linkage.model import Model
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.table import read_table
from tutela.submissions.review.collect import constraints
from tutela.submissions.run_report import run_folder, run_report
from tutela.submissions.store import Store


def explain_pair(path: Path, one: str, other: str) -> tuple[Explanation, bool]:
    """The explanation of two records of one role, and whether the run put them together.

    Raises InputRefused where a record is not in the run, or the two have different roles: victims
    and suspects are never compared.
    """
    store = Store.open(path)
    folder, report = run_folder(store), run_report(store)
    clusters = pl.read_parquet(folder / "clusters.parquet")
    found = {row["record_id"]: row for row in clusters.iter_rows(named=True)}
    for label in (one, other):
        if label not in found:
            raise InputRefused(
                f"The current linkage run has no record {label}.",
                remedy="Labels stand in pairs.parquet and clusters.parquet of the run.",
            )
    role = str(found[one]["role"])
    if one == other or found[other]["role"] != role:
        raise InputRefused(
            f"{one} and {other} are not compared.",
            remedy="Name two records of one role; victims and suspects are linked apart.",
        )
    mine = pl.col("role") == role
    packages = [
        (each.records().filter(mine).collect(), each.filters().collect())
        for each in store.submissions()
    ]
    records, filters = merge_dictionaries(packages)
    records = records.with_columns(pl.col("agency").alias("source")).sort("record_id")
    table = read_table(records, filters, DEFAULT_SCHEMA)
    comparison = Comparison(table)
    model = Model.from_dict(json.loads((folder / "model.json").read_bytes())[role])
    part = report["roles"][role]
    calibration = Calibration.from_dict(part["calibration"]) if "calibration" in part else None
    row, another = rows_of(comparison, one, other).tolist()
    explanation = explain(
        comparison,
        model.fitted(comparison.features),
        known_of(table, constraints(store)),
        calibration,
        row,
        another,
    )
    return explanation, found[one]["cluster_id"] == found[other]["cluster_id"]
