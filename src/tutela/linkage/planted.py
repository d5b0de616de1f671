"""Calibrate on planted records: invented persons, encoded like real ones, whose truth is known.

Planted persons are compared among themselves, which gives true pairs and pairs of one household,
and with the records of the table, which gives false pairs: nobody in the table is a planted person.
Each kind is weighted to stand for the pairs of the table. How many true pairs the table has follows
from the scores of its own candidates (a mixture whose parts are known but for that one number).
Planted records take no part in the table's clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.errors import InputRefused
from tutela.linkage.block import build_blocks
from tutela.linkage.calibration import (
    METHODS,
    Calibration,
    expected_error,
    fit,
    log_loss,
    reliability,
)
from tutela.linkage.compare import Comparison
from tutela.linkage.known import Known, known_of
from tutela.linkage.model import Floats, Model, probability
from tutela.linkage.schema import Schema
from tutela.linkage.table import Ints, Table, read_table

Bools = npt.NDArray[np.bool_]

#: Pairs below these log odds are left out of the fit, as they are of the candidates.
FLOOR = -4.0
#: Pairs that a shared reference decides are no evidence about comparison.
CEILING = 100.0
FOLDS = 5
#: Planted records are at most this share of the table's own, but so many at least.
MOST_SHARE, FEWEST_RECORDS = 1 / 3, 300
_STEP = 0.5
_ROUNDS = 200
#: A reviewed pair counts as much as this many planted pairs of the usual weight.
REVIEW_WORTH = 5.0


@dataclass(frozen=True)
class Planted:
    """`records` as the encoder made them, over the dictionary of the table; `truth` has record_id,
    person_id and household (persons who live together)."""

    records: pl.DataFrame
    truth: pl.DataFrame

    def within_share_of(self, rows: int) -> Planted:
        """Whole households, as many as leave a table of `rows` records much as it was.

        How records are found and weighed depends on what else the table holds: planted records
        that doubled it would be linked as in another table.
        """
        most = max(int(rows * MOST_SHARE), FEWEST_RECORDS)
        if self.truth.height <= most:
            return self
        homes = self.truth.group_by("household").len().sort("household")
        kept = homes.filter(pl.col("len").cum_sum() <= most)["household"].implode()
        truth = self.truth.filter(pl.col("household").is_in(kept))
        records = self.records.join(truth.select("record_id"), on="record_id", how="semi")
        return Planted(records, truth)


@dataclass(frozen=True)
class KnownPairs:
    """Pairs of known truth: model's log odds, truth, how many pairs of the table each stands for,
    and the fold in which it is held out."""

    log_odds: Floats
    same: Bools
    weight: Floats
    fold: Ints

    def without(self, fold: int) -> KnownPairs:
        """The pairs of all other folds."""
        return self._only(self.fold != fold)

    def within(self, fold: int) -> KnownPairs:
        """The pairs of one fold."""
        return self._only(self.fold == fold)

    def _only(self, mask: Bools) -> KnownPairs:
        return KnownPairs(self.log_odds[mask], self.same[mask], self.weight[mask], self.fold[mask])


@dataclass(frozen=True)
class Joined:
    """The table with planted records after its own; candidate pairs with a planted record.

    `person` and `household` are -1 for the table's own `rows` records.
    """

    table: Table
    comparison: Comparison
    known: Known
    rows: int
    person: Ints
    household: Ints
    i: Ints
    j: Ints
    log_odds: Floats


def join_planted(
    records: pl.DataFrame, planted: Planted, filters: pl.DataFrame, schema: Schema, model: Model
) -> Joined:
    """Compare planted records with one another and with `records` (sorted by label).

    Raises InputRefused where a planted record has no truth.
    """
    ordered = planted.records.sort("record_id")
    truth = ordered.select("record_id").join(planted.truth, on="record_id", how="left")
    if truth["person_id"].null_count():
        raise InputRefused(
            f"{truth['person_id'].null_count()} planted records have no truth",
            remedy="Plant again (`tutela calibration plant`).",
        )
    # A field that the table lacks is no field of the model.
    absent = [
        name
        for name in ordered.columns
        if name not in records.columns or records[name].null_count() == records.height
    ]
    ordered = ordered.with_columns(
        pl.lit(None, dtype=ordered.schema[name]).alias(name) for name in absent if name != "source"
    )
    table = read_table(pl.concat([records, ordered], how="diagonal"), filters, schema)
    rows = records.height
    comparison = Comparison(table)
    known = known_of(table)
    blocks = build_blocks(table)
    left, right, scores = [], [], []
    for part in blocks.ranges():
        i, j = blocks.pairs(*part)
        mine = j >= rows
        i, j = i[mine], j[mine]
        odds = model.log_odds(comparison.levels(i, j))
        kept = odds > FLOOR
        left.append(i[kept])
        right.append(j[kept])
        scores.append(odds[kept])
    none = np.zeros(0, np.int32)
    outside = np.full(rows, -1, np.int32)
    return Joined(
        table,
        comparison,
        known,
        rows,
        np.concatenate([outside, _numbers(truth["person_id"])]),
        np.concatenate([outside, _numbers(truth["household"])]),
        np.concatenate([none, *left]),
        np.concatenate([none, *right]),
        np.concatenate([np.zeros(0), *scores]),
    )


def _numbers(values: pl.Series) -> Ints:
    return values.rank("dense").cast(pl.Int32).to_numpy() - 1


def known_pairs(joined: Joined, candidates: Floats) -> KnownPairs:
    """The planted pairs, weighted to stand for the table's `candidates` (their log odds)."""
    i, j, odds = joined.i, joined.j, joined.log_odds
    person, household = joined.person, joined.household
    planted = len(person) - joined.rows
    among = i >= joined.rows
    same = among & (person[i] == person[j])
    home = among & ~same & (household[i] == household[j])
    # Strangers among the planted are too few to stand for anything; the table gives better ones.
    used = (same | home | ~among) & (odds < CEILING)
    i, j, odds, same, home = i[used], j[used], odds[used], same[used], home[used]
    weight = np.where(home, joined.rows / planted, joined.rows / (2.0 * planted))
    weight[same] = _match_weight(odds, same, weight, candidates[candidates < CEILING])
    return KnownPairs(odds, same, weight, (household[j] % FOLDS).astype(np.int32))


def _match_weight(odds: Floats, same: Bools, weight: Floats, candidates: Floats) -> float:
    """How many true pairs of the table each planted true pair stands for, by EM on the scores."""
    top = float(max(odds.max(initial=0.0), candidates.max(initial=0.0))) + 1.0
    edges = np.arange(FLOOR, top + _STEP, _STEP)
    true = np.histogram(odds[same], edges)[0] + 1e-3
    false = np.histogram(odds[~same], edges, weights=weight[~same])[0] + 1e-3
    found = np.histogram(candidates, edges)[0].astype(float)
    share = max(float(found[edges[:-1] >= 0].sum() / true[edges[:-1] >= 0].sum()), 1e-3)
    for _ in range(_ROUNDS):
        p = share * true / (share * true + false)
        new = float((found * p).sum() / true.sum())
        if abs(new - share) < 1e-6 * share:
            break
        share = max(new, 1e-6)
    return share


def with_reviewed(known: KnownPairs, log_odds: Floats, same: Bools) -> KnownPairs:
    """Add reviewed pairs: pairs of the table whose truth agencies' answers settled."""
    if not len(log_odds):
        return known
    usual = float(np.median(known.weight)) if len(known.weight) else 1.0
    return KnownPairs(
        np.concatenate([known.log_odds, log_odds]),
        np.concatenate([known.same, same]),
        np.concatenate([known.weight, np.full(len(log_odds), REVIEW_WORTH * usual)]),
        np.concatenate([known.fold, np.arange(len(log_odds), dtype=np.int32) % FOLDS]),
    )


def calibrate(known: KnownPairs, method: str = "logistic") -> tuple[Calibration, dict[str, Any]]:
    """Fit on all pairs; the report tells how well it does on pairs held out.

    Each fifth of the households is judged by a calibration fitted on the others: log loss of the
    model as it stands and of both methods, the reliability diagram and its expected error.
    """
    report: dict[str, Any] = {"method": method, "pairs": len(known.same)}
    report["true_pairs"] = int(known.same.sum())
    held: dict[str, list[Floats]] = {name: [] for name in METHODS}
    parts = [known.within(fold) for fold in range(FOLDS)]
    for fold in range(FOLDS):
        rest = known.without(fold)
        for name in METHODS:
            held[name].append(
                fit(rest.log_odds, rest.same, rest.weight, name)(parts[fold].log_odds)
            )
    raw = np.concatenate([part.log_odds for part in parts])
    same = np.concatenate([part.same for part in parts])
    weight = np.concatenate([part.weight for part in parts])
    losses = {"model": log_loss(raw, same, weight)}
    losses |= {name: log_loss(np.concatenate(held[name]), same, weight) for name in METHODS}
    report["held_out_log_loss"] = {name: round(loss, 5) for name, loss in losses.items()}
    before = reliability(probability(raw), same, weight)
    after = reliability(probability(np.concatenate(held[method])), same, weight)
    report["expected_error"] = {
        "model": round(expected_error(before), 4),
        "calibrated": round(expected_error(after), 4),
    }
    report["reliability"] = [b.as_dict() for b in after]
    report["reliability_of_model"] = [b.as_dict() for b in before]
    return fit(known.log_odds, known.same, known.weight, method), report
