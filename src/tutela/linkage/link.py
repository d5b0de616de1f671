"""Link encoded records: block, compare, estimate the model, cluster."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from tutela.errors import Misuse
from tutela.linkage.block import Blocks, build_blocks
from tutela.linkage.calibration import Calibration
from tutela.linkage.cluster import Clusters, Edges, Score, cluster, renumber
from tutela.linkage.codebook import Codebook
from tutela.linkage.compare import Comparison
from tutela.linkage.index import Linked, no_constraints
from tutela.linkage.judging import Material, judge
from tutela.linkage.known import MUST, Known, known_of
from tutela.linkage.lineage import name_clusters, no_events
from tutela.linkage.model import Floats, Model, probability, train
from tutela.linkage.planted import Planted
from tutela.linkage.schema import DEFAULT_SCHEMA, Schema
from tutela.linkage.scoring import calibrated, scorer
from tutela.linkage.table import Ints, Table, read_table
from tutela.linkage.uncertain import unscored_pairs

#: Candidate pairs below these log odds are not kept: they can decide nothing.
KEPT = -4.0


@dataclass(frozen=True)
class LinkOptions:
    """`threshold` is the probability above which a pair speaks for one person; a `model` estimated
    before is used instead of a new one; `seed` draws the random pairs; `constraints` are known
    links and partings (`tutela.linkage.known.read_constraints`). Probabilities are calibrated on
    `planted` records and `reviewed` pairs (record_id_1, record_id_2, same); without planted ones
    by a `calibration` fitted before, if any. `keep` asks for what later records need to join this
    run (`tutela.linkage.index.keep_index`)."""

    threshold: float = 0.5
    model: Model | None = None
    seed: int = 0
    constraints: pl.DataFrame | None = None
    planted: Planted | None = None
    reviewed: pl.DataFrame | None = None
    calibration: Calibration | None = None
    keep: bool = False


@dataclass(frozen=True)
class LinkageResult:
    """`clusters` has record_id, cluster_id and probability; `pairs` the scored candidates
    (record_id_1, record_id_2, probability); `besides` has the same columns for pairs that blocking
    did not propose but that decide about clusters; `report` counts and seconds of each part;
    `linked` is there where the options ask to keep it; `events` say what became of the clusters of
    an earlier run (`tutela.linkage.lineage`)."""

    clusters: pl.DataFrame
    pairs: pl.DataFrame
    besides: pl.DataFrame
    model: Model
    calibration: Calibration | None = None
    report: dict[str, Any] = field(default_factory=dict)
    linked: Linked | None = None
    events: pl.DataFrame = field(default_factory=no_events)


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
    check_threshold(options.threshold)
    seconds: dict[str, float] = {}
    clock = time.perf_counter()

    def lap(part: str) -> None:
        nonlocal clock
        seconds[part] = round(time.perf_counter() - clock, 3)
        clock = time.perf_counter()

    ordered = records.sort("record_id")
    records = records.head(1)  # the rest goes, where the caller does not keep it
    codebook = Codebook()
    table = read_table(ordered, filters, schema, codebook)
    if options.planted is None:
        ordered = ordered.clear()  # a million records are 200 MB
    known = known_of(table, options.constraints)
    comparison = Comparison(table)
    lap("read")
    blocks = build_blocks(table)
    lap("block")
    if options.model is None:
        model = train(comparison, blocks, seed=options.seed)
    else:
        model = options.model.fitted(comparison.features)
    lap("model")
    raw, candidates = kept_edges(blocks, scorer(comparison, model, known), known)
    lap("compare")
    threshold = log_odds_of(options.threshold)
    calibration, judged = options.calibration, {}
    if options.planted is not None:
        material = Material(ordered, filters, schema, table, comparison, model)
        judgement = judge(material, raw, options.planted, options.reviewed, threshold)
        calibration, judged = judgement.calibration, judgement.report
        lap("calibrate")
    edges = Edges(raw.i, raw.j, calibrated(calibration, raw.log_odds))
    score = scorer(comparison, model, known, calibration)
    found = cluster(table.rows, edges, score, threshold=threshold)
    found = replace(found, numbers=renumber(known.separated(found.numbers)))
    lap("cluster")
    i, j = unscored_pairs(found.numbers, edges.i, edges.j, edges.log_odds)
    besides = Edges(i, j, score(i, j))
    lap("complete")
    chances = believed(found, options.threshold)
    linked = None
    if options.keep:
        key = records.select("key_epoch", "key_check").row(0)
        told = no_constraints() if options.constraints is None else options.constraints
        linked = Linked(
            table, codebook, edges, besides, found.numbers, chances, model, calibration,
            options.threshold, key, told,
        )  # fmt: skip
    return LinkageResult(
        _frame(table, found.numbers, chances),
        pair_frame(table, edges),
        pair_frame(table, besides),
        model,
        calibration,
        {
            "records": table.rows,
            "clusters": int(found.numbers.max()) + 1,
            "candidate_pairs": candidates,
            "largest_cluster": int(np.bincount(found.numbers).max()),
            "threshold": options.threshold,
            "capped_blocks": blocks.capped,
            "constraints_unused": known.unused,
            "linked_within_one_per_source": known.exceptions,
            "seconds": seconds,
            **judged,
        },
        linked,
    )


def check_threshold(threshold: float) -> None:
    """Raise Misuse unless the threshold is a probability between 0 and 1."""
    if not 0 < threshold < 1:
        raise Misuse(f"the threshold {threshold} is no probability", remedy="Give one in (0, 1).")


def log_odds_of(share: float) -> float:
    """A probability as log odds."""
    return float(np.log(share / (1 - share)))


def kept_edges(blocks: Blocks, score: Score, known: Known) -> tuple[Edges, int]:
    """The candidates that can decide something, with their log odds, and known links with theirs;
    and how many candidates there were. Pieces are scored side by side and what decides nothing is
    dropped at once, so that memory does not grow with candidates."""

    def piece(part: tuple[int, int]) -> tuple[Ints, Ints, Floats, int]:
        i, j = blocks.pairs(*part)
        odds = score(i, j)
        keep = odds > KEPT
        return i[keep], j[keep], odds[keep], len(i)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        pieces = list(pool.map(piece, blocks.ranges()))
    left = [part[0] for part in pieces]
    right = [part[1] for part in pieces]
    scores = [part[2] for part in pieces]
    # Known links that blocking did not propose.
    i, j = known.links()
    size = len(known.group)
    proposed = [a.astype(np.int64) * size + b for a, b in zip(left, right, strict=True)]
    new = ~np.isin(i.astype(np.int64) * size + j, np.concatenate([np.zeros(0, int), *proposed]))
    edges = Edges(
        np.concatenate([*left, i[new]]),
        np.concatenate([*right, j[new]]),
        np.concatenate([*scores, np.full(int(new.sum()), MUST)]),
    )
    return edges, sum(count for *_, count in pieces)


def pair_frame(table: Table, scored: Edges) -> pl.DataFrame:
    """Scored pairs by their records' labels."""
    return pl.DataFrame(
        {
            "record_id_1": table.record_id.gather(scored.i),
            "record_id_2": table.record_id.gather(scored.j),
            "probability": probability(scored.log_odds),
        }
    )


def believed(found: Clusters, threshold: float) -> Floats:
    """The probability that each record belongs to its cluster."""
    sizes = np.bincount(found.numbers)[found.numbers]
    best = probability(found.best)
    # Alone: the chance that none of the links turned down was right.
    return np.asarray(np.where(sizes > 1, np.maximum(best, threshold), 1.0 - best))


def _frame(table: Table, numbers: Ints, chances: Floats) -> pl.DataFrame:
    """Clusters named after their smallest record label."""
    frame = pl.DataFrame({"record_id": table.record_id, "number": numbers})
    named = name_clusters(frame).clusters
    return named.with_columns(probability=pl.Series(np.round(chances, 6)))
