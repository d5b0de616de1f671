"""New records join a kept run: how long, and how far from a full run.

    python benchmarks/joining.py [--records 100000] [--new 1000] [--seed 5]

On the second nation (`second_nation.py`), which nobody tunes on. Timed in one process, after
imports and one warm-up: encoding the new records, opening the index from disk, blocking, comparing,
clustering, naming all clusters and writing them. Starting Python and importing are not in it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl
from second_nation import second_nation

from tutela.linkage.encode import Encoder
from tutela.linkage.evaluate import cluster_scores, count_error
from tutela.linkage.kept_run import join_run, keep_run
from tutela.linkage.link import LinkOptions, link
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.writing import write_parquet

ROUNDS = 5


def agreement(one: pl.DataFrame, other: pl.DataFrame) -> float:
    truth = other.select("record_id", truth="cluster_id")
    return cluster_scores(one.select("record_id", "cluster_id").join(truth, on="record_id"))["f1"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    secret = LinkageSecret.create()
    people = second_nation(arguments.records + arguments.new, arguments.seed)
    rng = np.random.default_rng(arguments.seed)
    new = np.zeros(people.height, dtype=bool)
    new[rng.choice(people.height, arguments.new, replace=False)] = True
    old, fresh = people.filter(pl.Series(~new)), people.filter(pl.Series(new))

    def full(frame: pl.DataFrame, **options: object):
        encoder = Encoder(DEFAULT_SCHEMA, secret)
        encoded = encoder.encode(frame)
        began = time.perf_counter()
        found = link(encoded, encoder.filters(), DEFAULT_SCHEMA, LinkOptions(**options))
        return found, time.perf_counter() - began

    full(old.head(2_000))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "run"
        base, linking = full(old, keep=True)
        began = time.perf_counter()
        keep_run(folder, base)
        keeping = time.perf_counter() - began
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            done, _ = join_run(folder, fresh, DEFAULT_SCHEMA, secret, LinkOptions())
            write_parquet(Path(scratch) / "out.parquet", done.result.clusters)
            seconds.append(time.perf_counter() - began)
    joined = done.result.clusters
    same, again = full(people, model=base.model)
    anew, _ = full(people)
    truth = people.select("record_id", truth="person_id")
    print(f"{arguments.new:,} new records join {arguments.records:,}\n")
    print("| step | seconds |")
    print("| --- | --- |")
    print(f"| full run of the {arguments.records:,} | {linking:.2f} |")
    print(f"| keeping its index ({size:.0f} MB) | {keeping:.2f} |")
    print(f"| joining, median of {ROUNDS} (worst) | {median(seconds):.2f} ({max(seconds):.2f}) |")
    print(f"| full run of all, model given | {again:.2f} |\n")
    print("| clusters of all records | cluster F1 | count error | agreement with joining |")
    print("| --- | --- | --- | --- |")
    for name, found in (
        ("joined", joined),
        ("full run, same model", same.clusters),
        ("full run, new model", anew.clusters),
    ):
        known = found.join(truth, on="record_id")
        print(
            f"| {name} | {cluster_scores(known)['f1']:.4f} | {count_error(known):+.1%} "
            f"| {agreement(joined, found):.4f} |"
        )


if __name__ == "__main__":
    main()
