"""Draw clusterings of the store's current linkage run."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tutela.errors import InputRefused
from tutela.linkage.draws import ClusteringDraws, draw_clusterings
from tutela.submissions.run_report import run_folder
from tutela.submissions.scored_pairs import scored_pairs
from tutela.submissions.store import Store


def draw_store(path: Path, role: str, n: int, seed: int = 0) -> ClusteringDraws:
    """`n` clusterings of the records of one role (`victim` or `suspect`) of the current run.

    Raises InputRefused where the store has no linkage run, or none with scored pairs.
    """
    folder = run_folder(Store.open(path))
    mine = pl.col("role") == role
    try:
        clusters = pl.read_parquet(folder / "clusters.parquet").filter(mine)
        names = ("pairs", "besides")
        pairs = [scored_pairs(folder, name).filter(mine) for name in names]
    except FileNotFoundError as error:
        raise InputRefused(
            f"{folder} holds no scored pairs", remedy="Run `tutela link` on this store again."
        ) from error
    return draw_clusterings(clusters, pl.concat(pairs), n, seed)
