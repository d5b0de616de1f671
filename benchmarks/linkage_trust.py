"""How far the linkage can trust itself: calibration, intervals and fairness, against known truth.

    python benchmarks/linkage_trust.py reliability   # pairs whose truth is known
    python benchmarks/linkage_trust.py intervals       # does the interval hold the true number?

Planted records come from the simulation, with other seeds than the table. The second nation
(second_nation.py) has other names and other errors: it shows what happens where planted errors are
not those of the clerks.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
import polars as pl
from second_nation import second_nation

from tutela.linkage.calibration import expected_error, log_loss, reliability
from tutela.linkage.draws import count_interval, draw_clusterings
from tutela.linkage.encode import DEFAULT_SCHEMA, Encoder, LinkageSecret
from tutela.linkage.evaluate import evaluate
from tutela.linkage.link import LinkageResult, LinkOptions, link
from tutela.linkage.model import probability
from tutela.linkage.planted import Planted
from tutela.simulation.planted import FIELDS, planted_records

COLUMNS = ("record_id", "source", *FIELDS)


@dataclass(frozen=True)
class Case:
    """A table with its truth, and planted records beside it."""

    name: str
    table: pl.DataFrame
    truth: pl.DataFrame
    planted: pl.DataFrame

    def linked(self, *, calibrate: bool = True) -> LinkageResult:
        encoder = Encoder(DEFAULT_SCHEMA, LinkageSecret.create())
        table = encoder.encode(self.table)
        apart = encoder.encode(self.planted.select(COLUMNS))
        truth = self.planted.select(
            "record_id", "person_id", "household", "culture", "true_sex", "age"
        )
        planted = Planted(apart, truth) if calibrate else None
        return link(table, encoder.filters(), DEFAULT_SCHEMA, LinkOptions(planted=planted))


def simulated(children: int, planted: int, seed: int) -> Case:
    people = planted_records(children, seed).filter(pl.col("role") == "victim")
    apart = planted_records(planted, seed + 1_000_000).filter(pl.col("role") == "victim")
    table = people.with_columns(
        # The two are one kind of data; their numbers must not meet.
        *(("table " + pl.col(n)).alias(n) for n in ("case_reference", "person_reference")),
        record_id="t" + pl.col("record_id"),
        phone="1" + pl.col("phone").str.slice(-7),
    )
    truth = table.select("record_id", "culture", truth="person_id")
    return Case("simulated nation", table.select(COLUMNS), truth, apart)


def second(records: int, planted: int, seed: int) -> Case:
    people = second_nation(records, seed)
    apart = planted_records(planted, seed + 1_000_000).filter(pl.col("role") == "victim")
    known = [column for column in COLUMNS if column in people.columns]
    truth = people.select("record_id", "culture", truth="person_id")
    return Case("second nation", people.select(known), truth, apart)


def same_persons(result: LinkageResult, truth: pl.DataFrame) -> np.ndarray:
    label = dict(truth.select("record_id", "truth").iter_rows())
    rows = result.pairs.select("record_id_1", "record_id_2").iter_rows()
    return np.array([label[a] == label[b] for a, b in rows])


def show_reliability() -> None:
    print("| table | pairs | log loss: model, calibrated | expected error: model, calibrated |"
          " cluster F1: model, calibrated | count error: model, calibrated |")  # fmt: skip
    print("| --- | --- | --- | --- | --- | --- |")
    cases = (simulated(4000, 2000, 1), simulated(20_000, 2000, 2), second(20_000, 2000, 1))
    for case in cases:
        row = [f"{case.name}, {case.table.height:,} records"]
        losses, errors, clusters, counts = [], [], [], []
        for calibrate in (False, True):
            result = case.linked(calibrate=calibrate)
            p = result.pairs["probability"].to_numpy()
            free = (p > 1e-6) & (p < 1 - 1e-6)
            odds, same = np.log(p[free] / (1 - p[free])), same_persons(result, case.truth)[free]
            weight = np.ones(len(odds))
            losses.append(log_loss(odds, same, weight))
            errors.append(expected_error(reliability(probability(odds), same, weight)))
            found = evaluate(result.clusters, result.pairs, case.truth, [])
            clusters.append(found["cluster"]["f1"])
            counts.append(found["count_error"])
        row.append(f"{len(p):,}")
        row += [", ".join(f"{v:.4f}" for v in values) for values in (losses, errors, clusters)]
        row.append(", ".join(f"{v:+.2%}" for v in counts))
        print("| " + " | ".join(row) + " |", flush=True)


def show_intervals(nations: int, children: int) -> None:
    rows = []
    began = time.perf_counter()
    for number in range(nations):
        case = simulated(children, children, 100 + number)
        result = case.linked()
        pairs = pl.concat([result.pairs, result.besides])
        drawn = draw_clusterings(result.clusters, pairs, 30)
        ratios = np.array(result.report["count_correction"])
        planted = result.report["planted"]["all"]["persons"]
        counted = result.report["clusters"]
        interval = count_interval(counted, drawn.counts(), ratios, planted)
        true = case.truth["truth"].n_unique()
        rows.append((true, counted, interval.expected, interval.lower, interval.upper))
    table = np.array(rows)
    true, counted, expected, lower, upper = table.T
    held = (lower <= true) & (true <= upper)
    print(f"{nations} nations of {true.mean():,.0f} children seen, as many planted; "
          f"{time.perf_counter() - began:.0f} s")  # fmt: skip
    print(f"interval of 95 % held the true number in {held.mean():.1%} of them")
    print(f"mean width {((upper - lower) / counted).mean():.2%} of the count")
    print(f"mean error of the count {((counted - true) / true).mean():+.2%}, "
          f"corrected {((expected - true) / true).mean():+.2%}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["reliability", "intervals"])
    parser.add_argument("--nations", type=int, default=40)
    parser.add_argument("--children", type=int, default=1500)
    options = parser.parse_args()
    if options.what == "reliability":
        show_reliability()
    else:
        show_intervals(options.nations, options.children)


if __name__ == "__main__":
    main()
