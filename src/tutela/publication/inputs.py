"""What a release was made from, in the words of its manifest; and what must never be in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from tutela.errors import InputRefused, Misuse
from tutela.indicators.run import TablesRun
from tutela.publication.linkage_quality import linkage_quality

_DIGITS = 3


@dataclass(frozen=True)
class Inputs:
    """The origin of a release: submissions by hash, the linkage, and the seed of protection.

    `seed` decides among equally good cells to hide. It follows from contents that only the centre
    holds, so that the same inputs give the same bytes and nobody outside can repeat the choice; it
    is never published.
    """

    synthetic: bool
    inputs: dict[str, Any]
    linkage: dict[str, Any]
    seed: int


def read_inputs(store: Path, run: TablesRun) -> Inputs:
    """The origin of the tables run `run` of `store`.

    Tables are named by their run and not hashed: a table of small counts has so few possible
    contents that its hash would give the hidden counts to whoever tries them all.
    """
    folder = store / "linkage" / str(run.report["linkage"])
    clusters = folder / "clusters.parquet"
    if not clusters.is_file():
        raise InputRefused(
            f"{clusters} is missing", remedy="Run `tutela link` and `tutela tables` on this store."
        )
    report = _linkage_report(folder / "report.json")
    submissions = run.report["submissions"]
    return Inputs(
        synthetic=any(submission["synthetic"] for submission in submissions),
        inputs={
            "submissions": {
                submission["submission"]: submission["content_hash"] for submission in submissions
            },
            "sources": run.report["sources"],
            "linkage_run": run.report["linkage"],
            "tables_run": run.run,
            "country": run.report["country"],
        },
        linkage=_linkage(report, clusters),
        seed=_seed(clusters),
    )


def _linkage_report(path: Path) -> dict[str, Any]:
    """The report of the linkage run."""
    if not path.is_file():
        raise InputRefused(f"{path} is missing", remedy="Run `tutela link` on this store.")
    report = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(report, dict):
        raise InputRefused(f"{path} is no report", remedy="Run `tutela link` on this store.")
    return report


def _linkage(report: dict[str, Any], clusters: Path) -> dict[str, Any]:
    """Method, threshold and quality of the linkage; counts of persons stay at the centre.

    The quality is the mean probability, by role, that a record belongs to the person it was given
    to: the share of records that the linkage itself expects to be right.
    """
    mean = (
        pl.read_parquet(clusters, columns=["role", "probability"])
        .group_by("role")
        .agg(pl.col("probability").mean().round(_DIGITS))
        .sort("role")
    )
    return {
        "method": report.get("method", "unknown"),
        "threshold": report.get("threshold", "unknown"),
        "quality": {"expected_share_right": dict(mean.iter_rows())},
        "roles": linkage_quality(report),
    }


def _seed(clusters: Path) -> int:
    """63 bits from the linkage result, which is never published and cannot be guessed."""
    digest = sha256(b"tutela: which of equally good cells to hide\0" + clusters.read_bytes())
    return int.from_bytes(digest.digest()[:8], "big") >> 1


def release_time(text: str) -> datetime:
    """The time of a release from ISO 8601; without a zone it is UTC. Misuse for anything else."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(
            f"--time {text!r} is no date and time",
            remedy="Write it as ISO 8601, such as 2026-01-31T12:00:00+01:00.",
        ) from None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).replace(microsecond=0)
