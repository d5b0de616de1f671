"""The scored pairs of a linkage run, of which a run that joined another keeps only its own."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

GONE = "gone.parquet"


def scored_pairs(folder: Path, name: str) -> pl.DataFrame:
    """record_id_1, record_id_2, probability and role of a run's `pairs` or `besides`.

    A joining scores only pairs with new records; the others are those of the run that it joined,
    without the records that left it. Raises FileNotFoundError where the run keeps none.
    """
    own = pl.read_parquet(folder / f"{name}.parquet")
    report = json.loads((folder / "report.json").read_bytes())
    base = report.get("base")
    if base is None:
        return own
    gone = pl.read_parquet(folder / GONE)["record_id"].implode()
    held = pl.read_parquet(folder.parent / base / f"{name}.parquet").filter(
        ~pl.col("record_id_1").is_in(gone), ~pl.col("record_id_2").is_in(gone)
    )
    return pl.concat([held, own.select(held.columns)])
