"""Judge pairs by calibrated probabilities, and the linkage by planted records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tutela.linkage.calibration import Calibration
from tutela.linkage.cluster import Edges
from tutela.linkage.compare import Comparison
from tutela.linkage.fairness import cluster_joined, count_corrections, fairness, joined_edges
from tutela.linkage.model import Floats, Model
from tutela.linkage.planted import Planted, calibrate, join_planted, known_pairs, with_reviewed
from tutela.linkage.schema import Schema
from tutela.linkage.scoring import calibrated, scorer
from tutela.linkage.table import Table

#: Quantiles of the count correction that a report keeps.
_QUANTILES = np.linspace(0.005, 0.995, 100)


@dataclass(frozen=True)
class Material:
    """What was linked: records sorted by label, their table and comparison, and the model."""

    records: pl.DataFrame
    filters: pl.DataFrame
    schema: Schema
    table: Table
    comparison: Comparison
    model: Model


@dataclass(frozen=True)
class Judgement:
    """The calibration, and the report: `calibration` (how well it holds), `planted` (measures by
    group) and `count_correction` (true persons per person found, as quantiles)."""

    calibration: Calibration
    report: dict[str, Any]


def judge(
    material: Material,
    raw: Edges,
    planted: Planted,
    reviewed: pl.DataFrame | None,
    threshold: float,
) -> Judgement:
    """Fit the calibration on planted and reviewed pairs and measure the linkage by the planted.

    `raw` are the table's candidates by the model; `reviewed` has record_id_1, record_id_2 and same;
    columns of `planted.truth` beyond person and household are the groups to measure by. Raises
    InputRefused where the planted records cannot carry a calibration.
    """
    records, filters, schema, model = (
        material.records,
        material.filters,
        material.schema,
        material.model,
    )
    planted = planted.within_share_of(records.height)
    joined = join_planted(records, planted, filters, schema, model)
    known = known_pairs(joined, raw.log_odds)
    if reviewed is not None:
        known = with_reviewed(known, *_reviewed(material, reviewed))
    calibration, report = calibrate(known)
    edges = joined_edges(
        joined,
        Edges(raw.i, raw.j, calibrated(calibration, raw.log_odds)),
        calibrated(calibration, joined.log_odds),
    )
    score = scorer(joined.comparison, model, joined.known, calibration)
    found = cluster_joined(joined, edges, score, threshold)
    groups = tuple(
        name
        for name in planted.truth.columns
        if name not in ("record_id", "person_id", "household")
    )
    corrections = count_corrections(found)
    return Judgement(
        calibration,
        {
            "calibration": {**report, **calibration.as_dict()},
            "planted": fairness(found, planted.truth, groups),
            "count_correction": [
                round(float(value), 5) for value in np.quantile(corrections, _QUANTILES)
            ],
        },
    )


def _reviewed(
    material: Material, reviewed: pl.DataFrame
) -> tuple[Floats, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Model's log odds and truth of the reviewed pairs whose records are in the table."""
    rows = pl.DataFrame({"name": material.table.record_id}).with_row_index("row")
    found = reviewed.join(rows, left_on="record_id_1", right_on="name").join(
        rows, left_on="record_id_2", right_on="name", suffix="_2"
    )
    i, j = (found[name].cast(pl.Int32).to_numpy() for name in ("row", "row_2"))
    odds = material.model.log_odds(material.comparison.levels(i, j))
    return odds, found["same"].to_numpy()
