"""The hidden figure of a synthetic release beside the truth of its nation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from tutela.errors import InputRefused
from tutela.publication.release import Release


def compare_with_truth(release: Release, truth: Path) -> dict[str, Any]:
    """Year by year, what was published and how many children there truly were.

    `truth` is the folder that `tutela simulate` wrote. A child belongs to the year in which the
    first authority knew of it, or would have known had anybody recorded it (`found_on`). Raises
    InputRefused when the release is not synthetic or has no hidden figure, or without the truth.
    """
    told = release.hidden_figure()
    if told is None or not release.manifest["synthetic"]:
        raise InputRefused(
            f"{release.path} has no synthetic hidden figure",
            remedy="Publish a store made from `tutela simulate`; only its truth is known.",
        )
    file = truth / "persons.parquet"
    if not file.is_file():
        raise InputRefused(f"{file} is missing", remedy="Name the truth folder of the simulation.")
    children = pl.read_parquet(file, columns=["role", "found_on", "agencies"]).filter(
        pl.col("role") == "victim"
    )
    counted = children.group_by(pl.col("found_on").dt.year().cast(pl.String).alias("year")).agg(
        pl.len().alias("all"), (pl.col("agencies") > 0).sum().alias("seen")
    )
    true = {row["year"]: row for row in counted.iter_rows(named=True)}
    years = []
    for year in told["years"]:
        real = true.get(year["year"], {"all": 0, "seen": 0})
        given = year["lower"] is not None
        years.append(
            {
                **{name: year[name] for name in ("year", "observed", "lower", "upper", "verdict")},
                "true_seen": int(real["seen"]),
                "true_all": int(real["all"]),
                "holds": year["lower"] <= real["all"] <= year["upper"] if given else None,
            }
        )
    estimated = [year for year in years if year["holds"] is not None]
    return {
        "years": years,
        "estimated": len(estimated),
        "hold_the_truth": sum(bool(year["holds"]) for year in estimated),
    }
