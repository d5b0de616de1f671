"""Takes withdrawn records out of everything that was computed from them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl

from tutela.durable import json_bytes, sync_file, sync_folder, write_whole


def forget_records(store: Path, labels: pl.Series, bin_folder: Path) -> None:
    """Rewrite linkage runs without these records and remove all counts; can be done again.

    What linkage kept for later records goes as a whole: the next run is a full one. Counts cannot
    be rewritten: their runs move to `bin_folder`, and `current.json` names none.
    """
    for path in sorted(
        [*(store / "linkage").glob("*/*.parquet"), *(store / "review").rglob("*.parquet")]
    ):
        _rewrite(path, labels)
    for index in sorted((store / "linkage").glob("*/index")):
        shutil.rmtree(index)
    current = store / "current.json"
    if current.is_file():
        pointers = json.loads(current.read_bytes())
        if pointers.pop("tables", None) is not None:
            write_whole(current, json_bytes(pointers))
    for run in sorted((store / "tables").glob("*")):
        run.rename(bin_folder / f"tables-{run.name}")


def _rewrite(path: Path, labels: pl.Series) -> None:
    """Drop the rows of a linkage table in which any column names one of these records."""
    schema = pl.read_parquet_schema(path)
    names = [name for name, dtype in schema.items() if dtype == pl.String]
    if not names:
        return
    table = pl.read_parquet(path)
    concerned = pl.any_horizontal(pl.col(name).is_in(labels.implode()) for name in names)
    kept = table.filter(~concerned.fill_null(value=False))
    if kept.height == table.height:
        return
    beside = path.with_name(f".{path.name}.new")
    kept.write_parquet(beside)
    sync_file(beside)
    beside.replace(path)
    sync_folder(path.parent)
