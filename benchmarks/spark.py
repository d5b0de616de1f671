"""The scaling curve of linkage on Spark on one machine, beside the embedded engine.

    python benchmarks/spark.py [--records 50000 200000] [--cores 1 2] [--seed 5]

On the second nation (`second_nation.py`). Both engines link by one model, estimated by the embedded
engine; its estimation is in neither time. Spark's time has its start and reading in it, and all
that it writes on the way. docs/linkage.md plans from the core seconds per million records.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from second_nation import second_nation

from tutela.linkage.encode import Encoder
from tutela.linkage.link import LinkOptions, link
from tutela.linkage.model import Model
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.writing import write_json, write_parquet


def on_spark(folder: Path) -> None:
    """In a process of its own: link what `folder` holds and write the clusters."""
    from tutela.linkage.spark.engine import link_on_spark
    from tutela.linkage.spark.session import session

    spark = session()
    files = (folder / "records.parquet", folder / "filters.parquet")
    options = LinkOptions(model=Model.read(folder / "model.json"))
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        found = link_on_spark(spark, [files], DEFAULT_SCHEMA, options, scratch=scratch)
        written = sum(p.stat().st_size for p in Path(scratch).rglob("*.parquet")) / 1e6
    write_parquet(folder / "spark.parquet", found.clusters)
    words = ", ".join(f"{name} {value:.0f}" for name, value in found.report["seconds"].items())
    print(f"{words}; {written:.0f} MB on the way")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=[50_000, 200_000])
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--on-spark", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.on_spark:
        on_spark(arguments.on_spark)
        return
    secret = LinkageSecret.create()
    print(
        "| records | embedded (s) | cores | Spark (s) | core seconds per million | steps | same |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size in arguments.records:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            encoder = Encoder(DEFAULT_SCHEMA, secret)
            records = encoder.encode(second_nation(size, arguments.seed))
            records.write_parquet(folder / "records.parquet")
            encoder.filters().write_parquet(folder / "filters.parquet")
            model = link(records, encoder.filters()).model
            write_json(folder / "model.json", model.as_dict())
            began = time.perf_counter()
            base = link(records, encoder.filters(), DEFAULT_SCHEMA, LinkOptions(model=model))
            embedded = time.perf_counter() - began
            for cores in arguments.cores:
                environment = {**os.environ, "SPARK_MASTER": f"local[{cores}]"}
                command = [sys.executable, __file__, "--on-spark", str(folder)]
                began = time.perf_counter()
                done = subprocess.run(
                    command, env=environment, capture_output=True, text=True, check=True
                )
                taken = time.perf_counter() - began
                mine = pl.read_parquet(folder / "spark.parquet")
                theirs = base.clusters.sort("record_id")
                same = (mine["cluster_id"] == theirs["cluster_id"]).mean()
                steps = done.stdout.strip().splitlines()[-1]
                print(
                    f"| {size:,} | {embedded:.1f} | {cores} | {taken:.0f} "
                    f"| {taken * cores * 1e6 / size:,.0f} | {steps} | {same:.4%} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
