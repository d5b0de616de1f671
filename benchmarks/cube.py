"""All tables of all subsets of dimensions from events: Tutela, DuckDB and Polars in one run.

    python benchmarks/cube.py [--events 10000000] [--dimensions 8] [--repeat 3]

Everyone reads the same Parquet file in a process of their own, groups to leaves first (the only way
that is fast for any of them) and holds the counts of all subsets at the end; the number of
cells that are not zero must agree. Times and peak memory include the interpreter and the reading.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

#: Name and number of codes.
DIMENSIONS = {
    "region": 26,
    "form": 12,
    "age": 8,
    "sex": 4,
    "nationality": 25,
    "year": 10,
    "online": 3,
    "body": 5,
}
ENGINES = ("tutela", "duckdb", "polars")


def write_events(path: Path, rows: int, names: list[str]) -> None:
    """Invented events with uneven codes."""
    random = np.random.default_rng(1)
    columns = []
    for name in names:
        size = DIMENSIONS[name]
        drawn = random.choice(size, rows, p=random.dirichlet(np.full(size, 2.0)))
        codes = pl.Series([f"{name}-{i:02}" for i in range(size)])
        columns.append(codes.gather(drawn.astype(np.uint32)).alias(name))
    pl.DataFrame(columns).write_parquet(path)


def tutela(path: Path, names: list[str]) -> int:
    from tutela.disclosure.cube import count_cube
    from tutela.disclosure.dimension import Dimension

    cube = count_cube(path, [Dimension(name) for name in names])
    return int(np.count_nonzero(cube.table(names)))


def duckdb(path: Path, names: list[str]) -> int:
    import duckdb

    listed = ", ".join(names)
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(
            f"CREATE TABLE cube AS WITH leaf AS (SELECT {listed}, COUNT(*) AS n FROM "
            f"read_parquet('{path}') GROUP BY ALL) SELECT {listed}, SUM(n)::BIGINT AS n FROM leaf "
            f"GROUP BY CUBE ({listed})"
        )
        return int(connection.execute("SELECT COUNT(*) FROM cube").fetchone()[0])


def polars(path: Path, names: list[str]) -> int:
    leaf = pl.scan_parquet(path).group_by(names).len("n").collect(engine="streaming")
    held = {tuple(names): leaf}
    for size in range(len(names) - 1, -1, -1):
        for subset in combinations(names, size):
            # The smallest table with one dimension more.
            wider = [key for key in held if len(key) == size + 1 and set(subset) < set(key)]
            above = held[min(wider, key=lambda key: held[key].height)]
            held[subset] = (
                above.group_by(subset).agg(pl.col("n").sum())
                if subset
                else above.select(pl.col("n").sum())
            )
    return sum(frame.height for frame in held.values())


def measure(engine: str, path: Path, names: list[str]) -> dict[str, float]:
    command = [sys.executable, __file__, "--engine", engine, "--file", str(path), *names]
    began = time.perf_counter()
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return {**json.loads(run.stdout), "seconds": time.perf_counter() - began}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--dimensions", type=int, nargs="*", default=[6, 8])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        cells = globals()[options.engine](options.file, options.names)
        # Not ru_maxrss, which begins at the size of the parent.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        print(json.dumps({"cells": cells, "peak_mb": peak}))
        return
    print("| events × dimensions | engine | seconds | peak MB | cells | times Tutela |")
    print("| --- | --- | --- | --- | --- | --- |")
    for number in options.dimensions:
        names = list(DIMENSIONS)[:number]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "events.parquet"
            write_events(path, options.events, names)
            # Interleaved, the best of each: a shared machine disturbs all alike.
            runs = [(e, measure(e, path, names)) for _ in range(options.repeat) for e in ENGINES]
        best = {e: min((r for n, r in runs if n == e), key=lambda r: r["seconds"]) for e in ENGINES}
        if len({result["cells"] for result in best.values()}) > 1:
            raise SystemExit(f"the engines disagree: {best}")
        for engine, result in best.items():
            ratio = result["seconds"] / best["tutela"]["seconds"]
            print(
                f"| {options.events:,} × {number} | {engine} | {result['seconds']:.2f} | "
                f"{result['peak_mb']:.0f} | {result['cells']:,} | {ratio:.1f} |"
            )


if __name__ == "__main__":
    main()
