"""Estimates by stratum (age band, sex, territory …): apart, shrunk towards one another, or refused.

A stratum too small to carry an estimate of its own says so and is not given that of the others: its
people stay in the whole.
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
from tutela.estimation.shrinkage import FEWEST_STRATA, Shrunken, shrink


@dataclass(frozen=True)
class StrataEstimates:
    """One answer per stratum; `shrunken` holds those that could be shrunk towards one another."""

    answers: dict[str, Estimate]
    shrunken: dict[str, Shrunken]

    @property
    def refused(self) -> tuple[str, ...]:
        """Strata that cannot be estimated."""
        return tuple(name for name, a in self.answers.items() if a.estimate is None)

    @property
    def note(self) -> str:
        """What the reader must know before adding strata up."""
        words = "Intervals of strata must not be added; estimate the whole for the whole."
        if self.refused:
            words = (
                f"No estimate for {', '.join(self.refused)}: the strata do not add up to the "
                "whole, and the missing ones are not zero."
            )
        if not self.shrunken:
            words += (
                f" Fewer than {FEWEST_STRATA} strata carry an estimate: they are not shrunk "
                "towards one another."
            )
        return words

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            name: answer.as_dict()
            | {"shrunken": self.shrunken[name].as_dict() if name in self.shrunken else None}
            for name, answer in self.answers.items()
        }


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
    """Estimate every stratum apart, then shrink those that carry an estimate."""
    answers = {
        name: estimate(table, method=method, bootstraps=bootstraps, seed=seed)
        for name, table in strata.items()
    }
    return StrataEstimates(answers, shrink(answers))
