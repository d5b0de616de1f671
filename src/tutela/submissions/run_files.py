"""The folder of a linkage run: written whole, and named as the current one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from typing import Any

import polars as pl

from tutela.durable import json_bytes, sync_folder, write_whole
from tutela.linkage.index import keep_index
from tutela.linkage.link import LinkageResult
from tutela.submissions.scored_pairs import GONE
from tutela.submissions.store import Store

INDEX = "index"


def write_run(
    store: Store,
    report: Mapping[str, Any],
    results: Mapping[str, LinkageResult],
    gone: pl.Series | None = None,
) -> None:
    """Write `linkage/<run>/` whole or not at all and name it in `current.json`.

    `results` by role; `gone` are labels that left the run which this one joined. The index of an
    earlier full run goes when a new full run replaces it.
    """
    run = str(report["run"])
    home = store.path / "linkage"
    with store.writing():
        beside = home / f".{run}.new"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name in ("clusters", "pairs", "besides", "events"):
            _with_roles(
                {role: getattr(found, name) for role, found in results.items()}
            ).write_parquet(beside / f"{name}.parquet")
        if gone is not None:
            gone.alias("record_id").to_frame().write_parquet(beside / GONE)
        for role, found in results.items():
            if found.linked is not None:
                keep_index(beside / INDEX / role, found.linked)
        models = {role: found.model.as_dict() for role, found in results.items()}
        (beside / "model.json").write_bytes(json_bytes(models))
        (beside / "report.json").write_bytes(json_bytes(report))
        final = home / run
        shutil.rmtree(final, ignore_errors=True)
        beside.rename(final)
        sync_folder(home)
        current = store.current()
        current["linkage"] = {"run": run, "submissions": report["submissions"]}
        write_whole(store.path / "current.json", json_bytes(current))
        kept = home / str(report["base"] or run)
        for index in home.glob(f"*/{INDEX}"):
            if index.parent != kept:
                shutil.rmtree(index)


def previous_run(store: Store, run: str) -> str | None:
    """The run whose names go on: the current one, or where `run` is made again, the one before."""
    current = store.current().get("linkage")
    if not current:
        return None
    name = str(current["run"])
    if name != run:
        return name if (store.path / "linkage" / name / "clusters.parquet").is_file() else None
    report = json.loads((store.path / "linkage" / name / "report.json").read_bytes())
    before = report.get("previous")
    found = before and (store.path / "linkage" / before / "clusters.parquet").is_file()
    return str(before) if found else None


def previous_clusters(store: Store, run: str | None, role: str) -> pl.DataFrame | None:
    """record_id and cluster_id of one role in an earlier run; None without one."""
    if run is None:
        return None
    clusters = pl.scan_parquet(store.path / "linkage" / run / "clusters.parquet")
    return clusters.filter(pl.col("role") == role).select("record_id", "cluster_id").collect()


def _with_roles(parts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(
        [part.with_columns(pl.lit(role).alias("role")) for role, part in parts.items()]
    )
