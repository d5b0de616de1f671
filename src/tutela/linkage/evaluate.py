"""Compare clusters with the truth: pairs, clusters, and how many persons were counted.

All true pairs stand in the denominator of recall, whether or not blocking proposed them.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from tutela.errors import InputRefused


def scores(true_positive: float, predicted: float, actual: float) -> dict[str, float]:
    """Precision, recall and F1; 1 where nothing was to be found and nothing was claimed."""
    precision = true_positive / predicted if predicted else 1.0
    recall = true_positive / actual if actual else 1.0
    total = precision + recall
    return {
        "precision": round(precision, 6),
        "recall": round(recall, 6),
        "f1": round(2 * precision * recall / total, 6) if total else 0.0,
    }


def _pairs(frame: pl.DataFrame, *keys: str) -> int:
    counts = frame.group_by(keys).len()["len"].cast(pl.Int64)
    return int((counts * (counts - 1) // 2).sum())


def cluster_scores(joined: pl.DataFrame) -> dict[str, float]:
    """Pairwise precision, recall and F1 over final clusters; columns cluster_id and truth."""
    return scores(
        _pairs(joined, "cluster_id", "truth"), _pairs(joined, "cluster_id"), _pairs(joined, "truth")
    )


def count_error(joined: pl.DataFrame) -> float:
    """Persons counted over true persons, less one; positive is too many."""
    return round(joined["cluster_id"].n_unique() / joined["truth"].n_unique() - 1, 6)


def evaluate(
    clusters: pl.DataFrame, pairs: pl.DataFrame, truth: pl.DataFrame, by: list[str]
) -> dict[str, Any]:
    """All figures, overall and by each column of `by` (pairs inside a group only).

    `clusters`: record_id, cluster_id. `pairs`: record_id_1, record_id_2, probability (candidates;
    its column `linked`, if there, says which were taken at the default threshold). `truth`:
    record_id, truth and the columns of `by`. Raises InputRefused when a record has no truth.
    """
    joined = clusters.join(truth, on="record_id", how="left")
    unknown = joined["truth"].null_count()
    if unknown:
        raise InputRefused(
            f"{unknown} of {joined.height} records have no truth",
            remedy="Give the truth of the same files that were handed in.",
        )
    labels = truth.select("record_id", "truth", *by)
    scored = (
        pairs.select("record_id_1", "record_id_2", "probability")
        .join(labels, left_on="record_id_1", right_on="record_id")
        .join(labels, left_on="record_id_2", right_on="record_id", suffix="_2")
        .with_columns(same=pl.col("truth") == pl.col("truth_2"))
    )
    actual = _pairs(joined, "truth")
    result: dict[str, Any] = {
        "records": joined.height,
        "pair": pair_scores(scored, actual),
        "cluster": cluster_scores(joined),
        "count_error": count_error(joined),
    }
    for column in by:
        groups = sorted(joined.partition_by(column, as_dict=True).items(), key=lambda g: str(g[0]))
        inside = scored.filter(pl.col(column).eq_missing(pl.col(f"{column}_2")))
        result.setdefault("pair_by", {})[column] = {
            str(k[0]): pair_scores(
                inside.filter(pl.col(column).eq_missing(k[0])), _pairs(part, "truth")
            )
            for k, part in groups
        }
        result.setdefault("cluster_by", {})[column] = {
            str(k[0]): cluster_scores(part) for k, part in groups
        }
        result.setdefault("count_error_by", {})[column] = {
            str(k[0]): count_error(part) for k, part in groups
        }
    return result


def pair_scores(scored: pl.DataFrame, actual: int) -> dict[str, float]:
    """Pairs at p ≥ .5, and the best F1 over all thresholds; columns probability and same."""
    taken = scored.filter(pl.col("probability") >= 0.5)
    result = scores(int(taken["same"].sum()), taken.height, actual)
    ordered = scored.sort("probability", descending=True)
    right = ordered["same"].cast(pl.Int64).cum_sum()
    curve = 2 * right / (pl.int_range(1, ordered.height + 1, eager=True) + actual)
    best = float(curve.to_numpy().max(initial=0.0))
    result["best_f1"] = round(best, 6)
    return result
