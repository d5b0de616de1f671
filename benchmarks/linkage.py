"""Linkage beside Splink on clear text, on the same victims' records, in one run.

    python benchmarks/linkage.py [--children 20000] [--cache var/benchmarks]

Simulates a nation, reads the agencies' files through their profiles into one table of clear text,
and gives that table to both. Splink runs in an environment of its own under the cache folder. Its
clusters are connected components at whichever threshold suits it best; ours are those at p ≥ .5.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tutela.linkage.evaluate import cluster_scores, count_error, pair_scores
from tutela.linkage.link import LinkOptions
from tutela.linkage.run import run
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.secret import LinkageSecret
from tutela.simulation.nation import simulate
from tutela.submissions.profiles import load_profile
from tutela.submissions.records import Sender, with_labels
from tutela.submissions.spans import iso_text
from tutela.submissions.validate import CheckedFile

PEER = Path(__file__).parent / "peers" / "splink_clear.py"
SPLINK = "splink==5.0.0"
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)


def clear_table(nation: Path) -> pl.DataFrame:
    """The victims' records of all agencies with their names, and the truth."""
    columns = [field.name for field in DEFAULT_SCHEMA.fields if field.name != "birth_date"]
    parts = []
    for path in sorted((nation / "agencies").glob("*/*.*")):
        profile = load_profile(path.stem)
        for chunk in CheckedFile(path, profile, "en").chunks():
            rows = with_labels(chunk, Sender(path.parent.name, profile))
            rows = rows.filter(pl.col("is_person") & (pl.col("role") == "victim"))
            kept = [
                (pl.col(c) if c in rows.columns else pl.lit(None)).cast(pl.String).alias(c)
                for c in [*columns, "birth_date_quality"]
            ]
            birth = iso_text("birth_date").alias("birth_date")
            source = pl.lit(path.parent.name).alias("source")
            parts.append(rows.select("record_id", source, *kept, birth))
    truth = pl.read_parquet(nation / "truth" / "records.parquet")
    labels = truth.select("record_id", "culture", truth="person_id")
    return pl.concat(parts).join(labels, on="record_id")


def splink_python(cache: Path) -> Path:
    folder = cache / "splink"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", SPLINK], check=True)
    return python


def components(labels: pl.Series, pairs: pl.DataFrame) -> pl.DataFrame:
    number = dict(zip(labels.to_list(), range(len(labels)), strict=True))
    i = np.array([number[x] for x in pairs["record_id_1"].to_list()], dtype=np.int64)
    j = np.array([number[x] for x in pairs["record_id_2"].to_list()], dtype=np.int64)
    graph = coo_matrix((np.ones(len(i)), (i, j)), shape=(len(labels), len(labels)))
    found = connected_components(graph, directed=False)[1]
    return pl.DataFrame({"record_id": labels, "cluster_id": found})


def splink(table: pl.DataFrame, cache: Path, folder: Path) -> dict[str, object]:
    table.drop("truth", "culture").write_csv(folder / "clear.csv")
    command = [str(splink_python(cache)), str(PEER), "clear.csv", "pairs.parquet"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"Splink failed: {done.stderr[-2000:]}")
    pairs = pl.read_parquet(folder / "pairs.parquet").rename(
        {
            "unique_id_l": "record_id_1",
            "unique_id_r": "record_id_2",
            "match_probability": "probability",
        }
    )
    labels = table.select("record_id", "truth")
    best: dict[str, float] = {"f1": -1.0}
    for threshold in THRESHOLDS:
        clusters = components(
            table["record_id"], pairs.filter(pl.col("probability") >= threshold)
        ).join(labels, on="record_id")
        found = cluster_scores(clusters)
        if found["f1"] > best["f1"]:
            best = {**found, "count_error": count_error(clusters), "threshold": threshold}
    same = (
        pairs.join(labels, left_on="record_id_1", right_on="record_id")
        .join(labels, left_on="record_id_2", right_on="record_id", suffix="_2")
        .select("probability", same=pl.col("truth") == pl.col("truth_2"))
    )
    sizes = labels.group_by("truth").len()["len"].cast(pl.Int64)
    actual = int((sizes * (sizes - 1) // 2).sum())
    return {
        "pair": pair_scores(same, actual),
        "cluster": best,
        "seconds": float(done.stdout.strip().splitlines()[-1]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--cache", type=Path, default=Path("var/benchmarks"))
    arguments = parser.parse_args()
    cache = arguments.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        simulate(folder / "nation", arguments.children, arguments.seed)
        table = clear_table(folder / "nation")
        ours = run(table, DEFAULT_SCHEMA, LinkageSecret.create(), LinkOptions(), truth="truth")
        theirs = splink(table, cache, folder)
    report = ours.report
    cluster = theirs["cluster"]
    print(f"{arguments.children:,} children, {table.height:,} victims' records, clear or encoded\n")
    print("| method | pair F1 at p ≥ .5 | best pair F1 | cluster F1 | count error | seconds |")
    print("| --- | --- | --- | --- | --- | --- |")
    print(
        f"| Tutela, encoded (clusters at p ≥ .5) | {report['pair']['f1']:.4f} "
        f"| {report['pair']['best_f1']:.4f} | {report['cluster']['f1']:.4f} "
        f"| {report['count_error']:+.1%} | {report['seconds']:.1f} with encoding |"
    )
    print(
        f"| Splink 5, clear text (best of {len(THRESHOLDS)} thresholds: {cluster['threshold']}) "
        f"| {theirs['pair']['f1']:.4f} | {theirs['pair']['best_f1']:.4f} | {cluster['f1']:.4f} "
        f"| {cluster['count_error']:+.1%} | {theirs['seconds']:.1f} |"
    )
    ratio = theirs["seconds"] / report["seconds"]
    print(f"\nSplink took {ratio:.2f} times as long.")


if __name__ == "__main__":
    main()
