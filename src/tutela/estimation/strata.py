"""Estimates by stratum (age band, sex, territory …), or an explicit refusal.

Strata are estimated apart, never shrunk towards each other: with the few overlaps that lists of
exploited children have, shrinkage would only print the whole population's assumptions into every
part. A stratum too small to stand alone says so, and its children stay in the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tutela.errors import InputRefused
from tutela.estimation.estimate import Estimate, estimate
from tutela.estimation.lists import ListTable, table_from_frame


@dataclass(frozen=True)
class StrataEstimates:
    """One answer per stratum, and a note on what they leave out."""

    answers: dict[str, Estimate]

    @property
    def refused(self) -> tuple[str, ...]:
        """Strata that cannot be estimated."""
        return tuple(name for name, a in self.answers.items() if a.estimate is None)

    @property
    def note(self) -> str:
        """What the reader must know before adding strata up."""
        if not self.refused:
            return "Intervals of strata must not be added; estimate the whole for the whole."
        return (
            f"No estimate for {', '.join(self.refused)}: the strata do not add up to the whole, "
            "and the missing ones are not zero."
        )

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {name: answer.as_dict() for name, answer in self.answers.items()}


def read_strata(path: Path, by: str, *, count: str | None = None) -> dict[str, ListTable]:
    """One list table per value of column `by`; errors as in `lists.read_lists`."""
    frame = (
        pl.read_parquet(path)
        if path.suffix.lower() == ".parquet"
        else pl.read_csv(path, infer_schema=False)
    )
    if by not in frame.columns:
        raise InputRefused(
            f"{path.name} has no column '{by}'",
            remedy=f"Its columns are {', '.join(frame.columns)}.",
        )
    keyed = frame.with_columns(pl.col(by).cast(pl.String).fill_null("unknown"))
    return {
        str(key[0]): table_from_frame(
            part.drop(by), count=count, where=f"{path.name}, {by}={key[0]}"
        )
        for key, part in sorted(keyed.partition_by(by, as_dict=True).items())
    }


def estimate_strata(
    strata: Mapping[str, ListTable], *, method: str, bootstraps: int, seed: int
) -> StrataEstimates:
    """Estimate every stratum apart."""
    return StrataEstimates(
        {
            name: estimate(table, method=method, bootstraps=bootstraps, seed=seed)
            for name, table in strata.items()
        }
    )
