"""Link encoded records: block, compare, estimate the model, cluster."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from tutela.errors import Misuse
from tutela.linkage.block import build_blocks
from tutela.linkage.cluster import CERTAIN, Clusters, Edges, cluster
from tutela.linkage.compare import Comparison, Levels
from tutela.linkage.model import Floats, Model, count_patterns, probability, train
from tutela.linkage.schema import DEFAULT_SCHEMA, Kind, Schema
from tutela.linkage.table import MISSING, Ints, Table, read_table
from tutela.linkage.uncertain import unscored_pairs

#: Candidate pairs below these log odds are not kept: they can decide nothing.
_KEPT = -4.0


@dataclass(frozen=True)
class LinkOptions:
    """`threshold` is the probability above which a pair speaks for one person; a `model` estimated
    before is used instead of a new one; `seed` draws the random pairs."""

    threshold: float = 0.5
    model: Model | None = None
    seed: int = 0


@dataclass(frozen=True)
class LinkageResult:
    """`clusters` has record_id, cluster_id and probability; `pairs` the scored candidates
    (record_id_1, record_id_2, probability); `besides` has the same columns for pairs that blocking
    did not propose but that decide about clusters; `report` counts and seconds of each part."""

    clusters: pl.DataFrame
    pairs: pl.DataFrame
    besides: pl.DataFrame
    model: Model
    report: dict[str, Any] = field(default_factory=dict)


def link(
    records: pl.DataFrame,
    filters: pl.DataFrame,
    schema: Schema = DEFAULT_SCHEMA,
    options: LinkOptions | None = None,
) -> LinkageResult:
    """Link records as `Encoder.encode` made them, over one dictionary of filters.

    The order of the records changes nothing: they are sorted by label first. Raises InputRefused
    on mixed keys, doubled labels and unknown filter numbers; Misuse on a threshold outside (0, 1).
    """
    options = options or LinkOptions()
    if not 0 < options.threshold < 1:
        raise Misuse(
            f"the threshold {options.threshold} is no probability", remedy="Give one in (0, 1)."
        )
    seconds: dict[str, float] = {}
    clock = time.perf_counter()

    def lap(part: str) -> None:
        nonlocal clock
        seconds[part] = round(time.perf_counter() - clock, 3)
        clock = time.perf_counter()

    table = read_table(records.sort("record_id"), filters, schema)
    comparison = Comparison(table)
    lap("read")
    blocks = build_blocks(table)
    lap("block")
    chunks = [blocks.pairs(*part) for part in blocks.ranges()]
    levels = [comparison.levels(i, j) for i, j in chunks]
    lap("compare")
    patterns = count_patterns(levels, comparison.features)
    model = options.model or train(comparison, patterns, seed=options.seed)
    lap("model")
    edges = _edges(table, chunks, levels, model)
    found = cluster(
        table.rows,
        edges,
        lambda i, j: _score(table, comparison, model, i, j),
        threshold=float(np.log(options.threshold / (1 - options.threshold))),
    )
    lap("cluster")
    i, j = unscored_pairs(found.numbers, edges.i, edges.j, edges.log_odds)
    besides = Edges(i, j, _score(table, comparison, model, i, j))
    lap("complete")
    return LinkageResult(
        _frame(table, found, options.threshold),
        _pair_frame(table, edges),
        _pair_frame(table, besides),
        model,
        {
            "records": table.rows,
            "clusters": int(found.numbers.max()) + 1,
            "candidate_pairs": int(sum(len(i) for i, _ in chunks)),
            "largest_cluster": int(np.bincount(found.numbers).max()),
            "threshold": options.threshold,
            "capped_blocks": blocks.capped,
            "seconds": seconds,
        },
    )


def _same_person(table: Table, i: Ints, j: Ints) -> Levels:
    """Pairs that share a number which names one person."""
    known = np.zeros(len(i), dtype=bool)
    for reference in table.schema.of_kind(Kind.REFERENCE):
        tokens = table.tokens.get(reference.name)
        if reference.identifies == "person" and tokens is not None:
            known |= (tokens[i] == tokens[j]) & (tokens[i] != MISSING)
    return known.astype(np.uint8)


def _edges(
    table: Table, chunks: list[tuple[Ints, Ints]], levels: list[Levels], model: Model
) -> Edges:
    left, right, scores = [], [], []
    for (i, j), level in zip(chunks, levels, strict=True):
        odds = model.log_odds(level)
        odds[_same_person(table, i, j) == 1] += CERTAIN
        keep = odds > _KEPT
        left.append(i[keep])
        right.append(j[keep])
        scores.append(odds[keep])
    if not left:
        none = np.zeros(0, np.int32)
        return Edges(none, none, np.zeros(0))
    return Edges(np.concatenate(left), np.concatenate(right), np.concatenate(scores))


def _score(table: Table, comparison: Comparison, model: Model, i: Ints, j: Ints) -> Floats:
    pieces = []
    for start in range(0, len(i), 1 << 19):
        part = slice(start, start + (1 << 19))
        pieces.append(model.log_odds(comparison.levels(i[part], j[part])))
    odds = np.concatenate(pieces) if pieces else np.zeros(0)
    odds[_same_person(table, i, j) == 1] += CERTAIN
    return odds


def _pair_frame(table: Table, scored: Edges) -> pl.DataFrame:
    """Scored pairs by their records' labels."""
    return pl.DataFrame(
        {
            "record_id_1": table.record_id.gather(scored.i),
            "record_id_2": table.record_id.gather(scored.j),
            "probability": probability(scored.log_odds),
        }
    )


def _frame(table: Table, found: Clusters, threshold: float) -> pl.DataFrame:
    """Clusters named after their smallest record label, so that names outlive a new run."""
    frame = pl.DataFrame({"record_id": table.record_id, "number": found.numbers})
    frame = frame.with_columns(smallest=pl.col("record_id").min().over("number"))
    named = frame.select(pl.col("smallest").unique())
    names = {
        label: "p-" + hashlib.sha256(label.encode()).hexdigest()[:16]
        for label in named["smallest"].to_list()
    }
    sizes = np.bincount(found.numbers)[found.numbers]
    best = probability(found.best)
    # Alone: the chance that none of the links turned down was right.
    believed = np.where(sizes > 1, np.maximum(best, threshold), 1.0 - best)
    return frame.select(
        "record_id",
        cluster_id=pl.col("smallest").replace_strict(names, return_dtype=pl.String),
        probability=pl.Series(np.round(believed, 6)),
    )
