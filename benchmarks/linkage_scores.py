"""What any linker's scored pairs are worth: pairs, clusters, the count; one measure for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tutela.linkage.evaluate import cluster_scores, count_error, pair_scores

#: Thresholds among which a peer's best clusters are looked for.
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)


@dataclass(frozen=True)
class Outcome:
    """One method on one table; figures are missing where the method did not finish."""

    method: str
    pair: dict[str, float]
    cluster: dict[str, float]
    count_error: float | None
    worst: tuple[str, float] | None
    seconds: float | None
    peak_mb: float | None
    remark: str = ""
    by_culture: dict[str, dict[str, float]] | None = None


def components(labels: pl.Series, pairs: pl.DataFrame) -> pl.DataFrame:
    """Connected components as clusters."""
    number = pl.DataFrame({"label": labels}).with_row_index("number")
    joined = pairs.join(number, left_on="record_id_1", right_on="label").join(
        number, left_on="record_id_2", right_on="label", suffix="_2"
    )
    i, j = joined["number"].to_numpy(), joined["number_2"].to_numpy()
    graph = coo_matrix((np.ones(len(i), np.int8), (i, j)), shape=(len(labels), len(labels)))
    found = connected_components(graph, directed=False)[1]
    return pl.DataFrame({"record_id": labels, "cluster_id": found})


def by_culture(joined: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Precision, recall and count error of the clusters by culture of name, where there is one."""
    if "culture" not in joined.columns:
        return {}
    return {
        str(key[0]): {**cluster_scores(part), "count_error": count_error(part)}
        for key, part in sorted(joined.partition_by("culture", as_dict=True).items())
    }


def worst_of(groups: dict[str, dict[str, float]]) -> tuple[str, float] | None:
    """The culture whose persons are counted worst."""
    if not groups:
        return None
    name = max(groups, key=lambda group: abs(groups[group]["count_error"]))
    return name, groups[name]["count_error"]


def outcome_of_pairs(
    method: str, table: pl.DataFrame, pairs: pl.DataFrame, seconds: float, peak_mb: float
) -> Outcome:
    """A peer's pairs: at p ≥ .5, at the best threshold, and its best connected components.

    `table` has record_id, truth and perhaps culture; `pairs` record_id_1, record_id_2, probability.
    """
    labels = table.select("record_id", "truth")
    same = (
        pairs.join(labels, left_on="record_id_1", right_on="record_id")
        .join(labels, left_on="record_id_2", right_on="record_id", suffix="_2")
        .select("probability", same=pl.col("truth") == pl.col("truth_2"))
    )
    sizes = labels.group_by("truth").len()["len"].cast(pl.Int64)
    actual = int((sizes * (sizes - 1) // 2).sum())
    best: dict[str, float] = {"f1": -1.0}
    chosen = labels
    for threshold in THRESHOLDS:
        taken = pairs.filter(pl.col("probability") >= threshold)
        clusters = components(table["record_id"], taken).join(table, on="record_id")
        found = cluster_scores(clusters)
        if found["f1"] > best["f1"]:
            best, chosen = {**found, "threshold": threshold}, clusters
    groups = by_culture(chosen)
    return Outcome(
        method,
        pair_scores(same, actual),
        best,
        count_error(chosen),
        worst_of(groups),
        seconds,
        peak_mb,
        f"clusters at p ≥ {best['threshold']}, its best",
        groups,
    )


def table_of(outcomes: list[Outcome]) -> list[str]:
    """A Markdown table of outcomes."""
    lines = [
        "| method | pair F1 at p ≥ .5 | best pair F1 | cluster F1 | count error | worst culture "
        "| seconds | peak MB | remark |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for found in outcomes:
        figures = [
            _number(found.pair.get("f1")),
            _number(found.pair.get("best_f1")),
            _number(found.cluster.get("f1")),
            "-" if found.count_error is None else f"{found.count_error:+.1%}",
            "-" if found.worst is None else f"{found.worst[0]} {found.worst[1]:+.1%}",
            "-" if found.seconds is None else f"{found.seconds:.1f}",
            "-" if found.peak_mb is None else f"{found.peak_mb:.0f}",
        ]
        lines.append(f"| {found.method} | {' | '.join(figures)} | {found.remark} |")
    return lines


def culture_table(ours: Outcome) -> list[str]:
    """Our clusters by culture of name."""
    lines = ["| culture of name | precision | recall | count error |", "| --- | --- | --- | --- |"]
    for name, found in (ours.by_culture or {}).items():
        lines.append(
            f"| {name} | {found['precision']:.3f} | {found['recall']:.3f} "
            f"| {found['count_error']:+.1%} |"
        )
    return lines


def _number(value: Any) -> str:
    return "-" if value is None else f"{value:.4f}"
