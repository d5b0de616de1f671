"""Let later records join a full run that was kept, without linking everything again.

New records meet those kept ones that share a key with them; the components that they touch are
clustered again, with the model of the full run, and all others stay as they are. What joins is
always joined to the full run itself, never to an earlier joining, so that it does not matter in
which order records came.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.errors import InputRefused
from tutela.linkage.block import build_blocks
from tutela.linkage.cluster import Clusters, Edges, Score, cluster, renumber
from tutela.linkage.compare import Comparison
from tutela.linkage.dictionary import refuse_mixed_keys
from tutela.linkage.index import Index, no_constraints
from tutela.linkage.known import Known, known_of
from tutela.linkage.lineage import name_clusters
from tutela.linkage.link import (
    KEPT,
    LinkageResult,
    LinkOptions,
    believed,
    log_odds_of,
    pair_frame,
)
from tutela.linkage.lookup import kept_partners
from tutela.linkage.model import Floats, probability
from tutela.linkage.scoring import calibrated, scorer
from tutela.linkage.stack import stacked
from tutela.linkage.table import Ints, Table, read_table
from tutela.linkage.uncertain import pair_keys, unscored_pairs

#: Above this share of the kept records a full run is advised: joining would cost as much.
MOST_NEW = 0.2


def join(
    index: Index,
    records: pl.DataFrame,
    filters: pl.DataFrame,
    gone: pl.Series | None = None,
    options: LinkOptions | None = None,
    previous: pl.DataFrame | None = None,
) -> LinkageResult:
    """Link `records` (as `Encoder.encode` made them) to a kept run; `gone` are labels that left it.

    A record whose label was there replaces the earlier version. Clusters are named after those of
    `previous` (record_id, cluster_id), where it is given. `clusters` of the result holds all
    records, `pairs` and `besides` only what the kept run did not score. Model and calibration are
    those of the kept run. There may be no records, where some left. Raises InputRefused on another
    key or threshold, and where a constraint of the full run was taken back: these need a full run.
    """
    options = options or LinkOptions()
    clock = time.perf_counter()
    _refuse_what_needs_a_full_run(index, records, options)
    records = records.sort("record_id")
    base = index.table
    if records.height:
        new = read_table(records, filters, index.schema, index.codebook())
    else:
        new = base.take(np.zeros(0, np.int32))
    left = pl.concat([records["record_id"], *([] if gone is None else [gone.cast(pl.String)])])
    left_out = np.flatnonzero(base.record_id.is_in(left.implode()).to_numpy()).astype(np.int32)
    table = stacked(base, new, left_out)
    known = known_of(table, options.constraints)
    comparison = Comparison(table)
    model, calibration = index.model.fitted(comparison.features), index.calibration
    raw, candidates = _new_edges(index, table, known, scorer(comparison, model, known), left_out)
    edges = replace(raw, log_odds=calibrated(calibration, raw.log_odds))
    score = scorer(comparison, model, known, calibration)
    chosen = _touched(index, known, edges, left_out, log_odds_of(options.threshold))
    found, besides, rows = _clustered(index, table, known, edges, chosen, score, options.threshold)
    numbers, chances = _settled(index, table, found, rows, edges, options.threshold)
    alive = np.ones(table.rows, dtype=bool)
    alive[left_out] = False
    frame = pl.DataFrame(
        {"record_id": table.record_id, "number": numbers, "probability": np.round(chances, 6)}
    ).filter(pl.Series(alive))
    named = name_clusters(frame.select("record_id", "number"), previous)
    sizes = frame.group_by("number").len()["len"]
    return LinkageResult(
        named.clusters.with_columns(frame["probability"]).sort("record_id"),
        pair_frame(table, edges),
        pair_frame(table, besides),
        model,
        calibration,
        {
            "records": frame.height,
            "joined": new.rows,
            "left": len(left_out),
            "clusters": sizes.len(),
            "clustered_again": len(rows),
            "candidate_pairs": candidates,
            "largest_cluster": int(sizes.max()),  # type: ignore[arg-type]
            "threshold": options.threshold,
            "constraints_unused": known.unused,
            "linked_within_one_per_source": known.exceptions,
            "seconds": {"join": round(time.perf_counter() - clock, 3)},
        },
        events=named.events,
    )


def _refuse_what_needs_a_full_run(
    index: Index, records: pl.DataFrame, options: LinkOptions
) -> None:
    refuse_mixed_keys([records])
    for key in records.select("key_epoch", "key_check").head(1).rows():
        if key != index.key:
            raise InputRefused(
                f"The records were encoded under another key (epoch {key[0]}) than those they"
                f" should join (epoch {index.key[0]}); they cannot be compared.",
                remedy="Encode them under the same secret, or make a full run of the new epoch.",
                details={"epochs": sorted({key[0], index.key[0]})},
            )
    if options.threshold != index.settings["threshold"]:
        raise InputRefused(
            f"The kept run has the threshold {index.settings['threshold']}, not"
            f" {options.threshold}.",
            remedy="Give the same, or make a full run.",
        )
    told = no_constraints() if options.constraints is None else options.constraints
    if not told_before(index, told):
        raise InputRefused(
            "A constraint that the kept run honoured was taken back.", remedy="Make a full run."
        )


def told_before(index: Index, constraints: pl.DataFrame) -> bool:
    """Whether all constraints of the kept run are still among `constraints`."""
    held = index.constraints
    return held.join(constraints, on=held.columns, how="anti").is_empty()


def _new_edges(
    index: Index, table: Table, known: Known, score: Score, left_out: Ints
) -> tuple[Edges, int]:
    """Scored pairs of which at least one record is new, and how many were scored."""
    base = index.table.rows
    i, j = np.zeros(0, np.int32), np.zeros(0, np.int32)
    if table.rows > base:
        new = table.take(np.arange(base, table.rows, dtype=np.int32))
        i, j = kept_partners(index.part("block/"), new, _places(index.labels, new.record_id))
        dead = np.zeros(base, dtype=bool)
        dead[left_out] = True
        alive = ~dead[i]
        i, j = i[alive], j[alive] + np.int32(base)
        blocks = build_blocks(new)
        inside = [blocks.pairs(*part) for part in blocks.ranges()]
        i = np.concatenate([i, *(a + np.int32(base) for a, _ in inside)])
        j = np.concatenate([j, *(b + np.int32(base) for _, b in inside)])
    odds = score(i, j)
    keep = odds > KEPT
    edges = Edges(i[keep], j[keep], odds[keep])
    return _with_known_links(index, known, edges), len(i)


def _with_known_links(index: Index, known: Known, edges: Edges) -> Edges:
    """The edges and those known links that neither blocking nor the kept run proposed."""
    i, j = known.links()
    base, size = index.table.rows, len(known.group)
    component = index.arrays["component"]
    held = (j < base) & (i < base)
    held[held] = component[i[held]] == component[j[held]]
    new = ~held & ~among(pair_keys(i, j, size), np.sort(pair_keys(edges.i, edges.j, size)))
    must = known.weigh(i[new], j[new], np.zeros(int(new.sum())))
    return Edges(
        np.concatenate([edges.i, i[new]]),
        np.concatenate([edges.j, j[new]]),
        np.concatenate([edges.log_odds, must]),
    )


def _places(kept: pl.Series, labels: pl.Series) -> npt.NDArray[np.int64]:
    """Where each label would stand among the kept ones, which are sorted."""
    return kept.search_sorted(labels).cast(pl.Int64).to_numpy()


def _touched(index: Index, known: Known, edges: Edges, left_out: Ints, threshold: float) -> Ints:
    """Components of the kept run that the new records, a leaving or a constraint may change."""
    component = index.arrays["component"]
    base = len(component)
    linking = edges.log_odds > threshold
    ends = np.concatenate([edges.i[linking], edges.j[linking], left_out])
    low, high = np.divmod(known.parted, max(1, len(known.group)))
    parted = np.unique(np.concatenate([low, high]))
    members = np.flatnonzero(np.isin(known.group, parted)) if len(parted) else parted
    rows = np.concatenate([ends, members])
    return np.unique(component[rows[rows < base]]).astype(np.int32)


def _clustered(
    index: Index,
    table: Table,
    known: Known,
    edges: Edges,
    chosen: Ints,
    score: Score,
    threshold: float,
) -> tuple[Clusters, Edges, Ints]:
    """Cluster the chosen components and the new records: their clusters (numbered apart from the
    kept ones), pairs besides the scored ones, and which rows of the table they are."""
    base = index.table.rows
    alive = index.rows_of_components(chosen)
    alive = alive[~table.record_id.gather(alive).is_null().to_numpy()]
    rows = np.concatenate([alive, np.arange(base, table.rows)]).astype(np.int32)
    if not len(rows):
        none = np.zeros(0, np.int32)
        return Clusters(none, np.zeros(0)), Edges(none, none, np.zeros(0)), rows
    # In the order of labels, as a full run has them.
    rows = rows[table.record_id.gather(rows).arg_sort().to_numpy()]
    local = np.full(table.rows, -1, dtype=np.int32)
    local[rows] = np.arange(len(rows), dtype=np.int32)
    held = index.edges_of_components(chosen)
    i = np.concatenate([local[held.i], local[edges.i]])
    j = np.concatenate([local[held.j], local[edges.j]])
    odds = np.concatenate([held.log_odds, edges.log_odds])
    odds = known.weigh(np.concatenate([held.i, edges.i]), np.concatenate([held.j, edges.j]), odds)
    inside = (i >= 0) & (j >= 0)
    i, j, odds = i[inside], j[inside], odds[inside]
    mine = Edges(np.minimum(i, j), np.maximum(i, j), odds)

    def local_score(a: Ints, b: Ints) -> Floats:
        scored: Floats = score(rows[a], rows[b])
        return scored

    found = cluster(len(rows), mine, local_score, threshold=log_odds_of(threshold))
    found = replace(found, numbers=renumber(_separated(known, found.numbers, rows)))
    a, b = unscored_pairs(found.numbers, mine.i, mine.j, mine.log_odds)
    low, high = np.minimum(rows[a], rows[b]), np.maximum(rows[a], rows[b])
    fresh = (high >= base) | ~among(pair_keys(low, high, base), index.arrays["besides"])
    besides = Edges(low[fresh], high[fresh], score(low[fresh], high[fresh]))
    return found, besides, rows


def among(keys: npt.NDArray[np.int64], held: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of `keys` stand in the sorted array `held`."""
    if not len(held):
        return np.zeros(len(keys), dtype=bool)
    return np.asarray(held[np.searchsorted(held, keys).clip(max=len(held) - 1)] == keys)


def _separated(known: Known, numbers: Ints, rows: Ints) -> Ints:
    """`Known.separated` for the clusters of some rows only."""
    everyone = np.arange(len(known.group), dtype=np.int32) + int(numbers.max(initial=-1)) + 1
    everyone[rows] = numbers
    return known.separated(everyone)[rows]


def _settled(
    index: Index, table: Table, found: Clusters, rows: Ints, edges: Edges, threshold: float
) -> tuple[Ints, Floats]:
    """Cluster numbers and probabilities of all rows, kept and new."""
    base = index.table.rows
    kept = index.arrays["numbers"]
    numbers = np.full(table.rows, -1, dtype=np.int32)
    numbers[:base] = kept
    numbers[rows] = found.numbers + int(kept.max()) + 1
    chances = np.zeros(table.rows)
    chances[:base] = index.arrays["believed"]
    chances[rows] = believed(found, threshold)
    # A kept record alone is less sure of it when a new one nearly was the same person.
    outside = np.ones(table.rows, dtype=bool)
    outside[rows] = False
    sizes = np.bincount(kept)
    for side in (edges.i, edges.j):
        near = outside[side]
        alone = side[near][sizes[kept[side[near]]] == 1]
        odds = edges.log_odds[near][sizes[kept[side[near]]] == 1]
        np.minimum.at(chances, alone, 1.0 - probability(odds))
    return numbers, chances
