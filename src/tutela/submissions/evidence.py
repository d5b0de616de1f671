"""What a linkage learns from besides submissions: planted records and reviewed pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import polars as pl

from tutela.linkage.known import MUST_LINK
from tutela.linkage.link import LinkOptions
from tutela.linkage.planted import Planted
from tutela.submissions.planting import TRUTH, usable_planted
from tutela.submissions.review.collect import constraints
from tutela.submissions.store import Store

#: Fewer planted persons of a role than this cannot carry a calibration.
LEAST_PERSONS = 100
_FLAG = "planted"


@dataclass(frozen=True)
class Evidence:
    """`packages` are planted (records, filters), flagged so that they never pass for others;
    `truth` is theirs; `decided` are the constraints of clerical review; `names` says what was
    used."""

    packages: list[tuple[pl.DataFrame, pl.DataFrame]]
    truth: pl.DataFrame
    decided: pl.DataFrame
    names: list[str]

    def apart(self, merged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The records of submissions, and the planted ones."""
        if _FLAG not in merged.columns:
            return merged, merged.clear()
        flag = pl.col(_FLAG).fill_null(value=False)
        return merged.filter(~flag).drop(_FLAG), merged.filter(flag).drop(_FLAG)

    def options(self, options: LinkOptions, planted: pl.DataFrame, role: str) -> LinkOptions:
        """The options to link one role by: its planted records, where there are enough."""
        mine = planted.filter(pl.col("role") == role) if planted.height else planted
        truth = self.truth.filter(pl.col("record_id").is_in(mine["record_id"].implode()))
        options = replace(options, model=None, constraints=self.constraints(options.constraints))
        if truth["person_id"].n_unique() < LEAST_PERSONS:
            return options
        reviewed = self.decided.with_columns(same=pl.col("kind") == MUST_LINK).drop("kind")
        return replace(options, planted=Planted(mine, truth), reviewed=reviewed)

    def constraints(self, given: pl.DataFrame | None) -> pl.DataFrame:
        """The constraints given and those of the review."""
        return self.decided if given is None else pl.concat([given, self.decided]).unique()


def evidence_of(store: Store, records: Sequence[pl.DataFrame]) -> Evidence:
    """The evidence that fits the keys under which `records` were encoded."""
    keys = pl.concat([part.select("key_epoch", "key_check") for part in records]).unique().rows()
    found = usable_planted(store, keys)
    decided = constraints(store)
    return Evidence(
        [
            (each.records.with_columns(pl.lit(value=True).alias(_FLAG)), each.filters)
            for each in found
        ],
        pl.concat([pl.DataFrame(schema=TRUTH), *(each.truth for each in found)]),
        decided,
        [*(each.name for each in found), *_digest(decided)],
    )


def _digest(decided: pl.DataFrame) -> list[str]:
    """A name for the decisions of the review; none without any."""
    if not decided.height:
        return []
    ordered = decided.sort("record_id_1", "record_id_2").write_csv()
    return [f"review-{sha256(ordered.encode()).hexdigest()[:12]}"]
