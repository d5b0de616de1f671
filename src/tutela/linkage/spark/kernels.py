"""What workers compute: scores of candidate pairs, and clusters of whole components."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tutela.linkage.calibration import Calibration
from tutela.linkage.cluster import Edges, cluster, renumber
from tutela.linkage.compare import Comparison
from tutela.linkage.known import known_of
from tutela.linkage.link import KEPT
from tutela.linkage.model import Model
from tutela.linkage.schema import Schema
from tutela.linkage.scoring import calibrated, scorer
from tutela.linkage.spark.parts import Whole, local_table

if TYPE_CHECKING:
    import pyarrow as pa

SCORED = "i BIGINT, j BIGINT, odds DOUBLE"
CLUSTERED = "row BIGINT, cluster BIGINT"


def scores(
    schema: Schema,
    whole: Any,
    model: dict[str, Any],
    calibration: dict[str, Any] | None,
    parted: pl.DataFrame | None,
) -> Callable[[Iterable[pa.RecordBatch]], Iterable[pa.RecordBatch]]:
    """What scores pairs: columns i_… and j_… of both records; keeps those that can decide.
    Of the constraints only `parted` pairs are told: whom known links hold, components show."""

    def scored(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        trained = Model.from_dict(model)
        curve = Calibration.from_dict(calibration) if calibration else None
        for batch in batches:
            pairs = pl.from_arrow(batch)
            assert isinstance(pairs, pl.DataFrame)  # noqa: S101 - a batch is never a column
            if not pairs.height:
                continue
            sides = [
                pairs.select(pl.col(f"^{side}_.*$").name.map(lambda name: name[2:]))
                for side in ("i", "j")
            ]
            records = pl.concat(sides)
            distinct = records.unique("row").sort("row")
            table, grades = local_table(distinct, schema, whole.value)
            place = distinct["row"].to_numpy()
            i, j = (
                np.searchsorted(place, side["row"].to_numpy()).astype(np.int32) for side in sides
            )
            comparison = Comparison(table, grades)
            fitted = trained.fitted(comparison.features)
            raw = scorer(comparison, fitted, known_of(table, parted))(i, j)
            keep = raw > KEPT
            yield from _batches(
                i=place[i[keep]], j=place[j[keep]], odds=calibrated(curve, raw[keep])
            )

    return scored


def clusters(
    schema: Schema,
    whole: Any,
    model: dict[str, Any],
    calibration: dict[str, Any] | None,
    constraints: pl.DataFrame | None,
    threshold: float,
) -> Callable[[pa.Table, pa.Table], pa.Table]:
    """What clusters the components of one bucket: its records, and the scored pairs inside."""

    def clustered(records: pa.Table, edges: pa.Table) -> pa.Table:
        part, scored = pl.from_arrow(records), pl.from_arrow(edges)
        assert isinstance(part, pl.DataFrame)  # noqa: S101 - a table is never a column
        assert isinstance(scored, pl.DataFrame)  # noqa: S101
        part = part.sort("row")
        rows = part["row"].to_numpy()
        table, grades = local_table(part.drop("bucket"), schema, whole.value)
        comparison = Comparison(table, grades)
        fitted = Model.from_dict(model).fitted(comparison.features)
        known = known_of(table, constraints)
        i, j = (np.searchsorted(rows, scored[side].to_numpy()).astype(np.int32) for side in "ij")
        odds = known.weigh(i, j, scored["odds"].to_numpy())
        curve = Calibration.from_dict(calibration) if calibration else None
        score = scorer(comparison, fitted, known, curve)
        found = cluster(len(rows), Edges(i, j, odds), score, threshold=threshold)
        numbers = renumber(known.separated(found.numbers))
        first = np.full(int(numbers.max(initial=-1)) + 1, np.iinfo(np.int64).max)
        np.minimum.at(first, numbers, rows)
        return pl.DataFrame({"row": rows, "cluster": first[numbers]}).to_arrow()

    return clustered


def _batches(**columns: np.ndarray[Any, Any]) -> Iterator[pa.RecordBatch]:
    yield from pl.DataFrame(columns).to_arrow().to_batches()


__all__ = ["CLUSTERED", "SCORED", "Whole", "clusters", "scores"]
