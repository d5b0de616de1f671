"""How well planted persons are found again, overall and by group, and what it says of counts.

Planted records are clustered together with the table's own, as one more part of it. Precision and
recall are per record: of the records that a record was put together with, how many are of its
person; of the others of its person, how many were put with it. A cluster that also holds real
persons counts for the planted by their share in it. Groups (culture of name, sex, age) are known of
invented persons only; of a real person they are never inferred or stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.linkage.cluster import Edges, Score, cluster
from tutela.linkage.planted import Joined

Floats = npt.NDArray[np.float64]

_BOOTSTRAPS = 1000


def cluster_joined(joined: Joined, edges: Edges, score: Score, threshold: float) -> pl.DataFrame:
    """Cluster the table and the planted records together: one row per planted record.

    `edges` are the candidates of both (numbered as in `joined`), with calibrated log odds. Columns:
    record_id, person, household, together (records in its cluster but itself), right (those of its
    person), others (other records of its person), found (its part of a person counted).
    """
    numbers = cluster(joined.table.rows, edges, score, threshold=threshold).numbers
    frame = pl.DataFrame(
        {
            "record_id": joined.table.record_id,
            "cluster": numbers,
            "person": joined.person,
            "household": joined.household,
        }
    )
    real = pl.col("person") < 0
    pieces = pl.col("person").filter(~real).n_unique()
    # Who the real records of a cluster are is not known; they are taken for one person.
    persons = pieces + real.any().cast(pl.UInt32)
    return (
        frame.with_columns(
            together=pl.len().over("cluster").cast(pl.Int64) - 1,
            right=pl.len().over("cluster", "person").cast(pl.Int64) - 1,
            others=pl.len().over("person").cast(pl.Int64) - 1,
            # A cluster counts once, shared by the persons in it and by the records of each.
            found=1.0 / persons.over("cluster") / pl.len().over("cluster", "person"),
        )
        .filter(~real)
        .drop("cluster")
    )


def measures(found: pl.DataFrame) -> dict[str, float | int]:
    """Precision, recall, F1 and count error (persons found over true persons, less one)."""
    right = float(found["right"].sum())
    precision = right / together if (together := float(found["together"].sum())) else 1.0
    recall = right / others if (others := float(found["others"].sum())) else 1.0
    total = precision + recall
    persons = found["person"].n_unique()
    return {
        "persons": persons,
        "records": found.height,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / total, 4) if total else 0.0,
        "count_error": round(float(found["found"].sum()) / persons - 1, 4),
    }


def fairness(found: pl.DataFrame, groups: pl.DataFrame, by: tuple[str, ...]) -> dict[str, Any]:
    """`measures` overall and by each column of `groups` (record_id and the columns `by`).

    `spread` is the distance between the largest and the smallest count error of a column's groups
    of at least MANY persons.
    """
    joined = found.join(groups.select("record_id", *by), on="record_id", how="left")
    result: dict[str, Any] = {"all": measures(joined), "by": {}, "spread": {}}
    for column in by:
        parts = joined.partition_by(column, as_dict=True)
        rows = {
            str(key[0]): measures(part)
            for key, part in sorted(parts.items(), key=lambda entry: str(entry[0][0]))
        }
        result["by"][column] = rows
        result["spread"][column] = spread(rows)
    return result


#: Groups of fewer persons say too little to be compared.
MANY = 30


def spread(rows: Mapping[str, Mapping[str, float]]) -> float:
    """Distance between the largest and the smallest count error of groups large enough."""
    errors = [row["count_error"] for row in rows.values() if row["persons"] >= MANY]
    return round(max(errors) - min(errors), 4) if errors else 0.0


def count_corrections(found: pl.DataFrame, seed: int = 0) -> Floats:
    """True persons per person found, of bootstrap samples of planted households (sorted)."""
    homes = found.group_by("household").agg(pl.col("person").n_unique(), pl.col("found").sum())
    homes = homes.sort("household")
    persons = homes["person"].to_numpy().astype(float)
    counted = homes["found"].to_numpy()
    rng = np.random.default_rng(seed)
    size = len(persons)
    ratios = np.empty(_BOOTSTRAPS)
    for number in range(_BOOTSTRAPS):
        chosen = rng.integers(0, size, size)
        ratios[number] = persons[chosen].sum() / counted[chosen].sum()
    return np.sort(ratios)


def joined_edges(joined: Joined, own: Edges, planted: Floats) -> Edges:
    """The table's own candidates and those of planted records, with calibrated log odds.

    Planted persons of different households are left apart: each is to meet as many strangers as a
    person of the table does, and those are the table's own.
    """
    home = joined.household
    met = (joined.i < joined.rows) | (home[joined.i] == home[joined.j])
    return Edges(
        np.concatenate([own.i, joined.i[met]]),
        np.concatenate([own.j, joined.j[met]]),
        np.concatenate([own.log_odds, planted[met]]),
    )
