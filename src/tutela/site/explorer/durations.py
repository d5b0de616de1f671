"""How long something took, as the release's life tables say it: shares of each cohort."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela.site.explorer.pivot import TOTAL

DAYS_OF_A_YEAR = 365

OUTCOMES: dict[str, Promise] = {
    TOTAL: _("Any outcome"),
    "convicted": _("Convicted"),
    "acquitted": _("Acquitted or time-barred"),
    "dismissed": _("Dismissed"),
}


@dataclass(frozen=True)
class Share:
    """The share of a cohort in per cent, or why there is none (`hidden`, `unknown`)."""

    status: str
    percent: float | None


@dataclass(frozen=True)
class Limit:
    """The end of a waiting time: `years` where it is a whole number of them, else `days`."""

    days: int

    @property
    def years(self) -> int:
        """Whole years, or 0 where the limit is not a number of whole years."""
        return 0 if self.days % DAYS_OF_A_YEAR else self.days // DAYS_OF_A_YEAR


@dataclass(frozen=True)
class Duration:
    """One outcome: to what share of each cohort it happened within each limit."""

    outcome: Promise | str
    limits: tuple[Limit, ...]
    rows: tuple[tuple[str, tuple[Share, ...]], ...]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses that occur, for the key under the tables."""
        return tuple(sorted({share.status for _cohort, shares in self.rows for share in shares}))


def durations(frame: pl.DataFrame | None) -> tuple[Duration, ...]:
    """The life tables of an indicator, one per outcome that shows anything, latest cohort first."""
    if frame is None:
        return ()
    cohort = frame.columns[0]
    found = []
    for outcome in frame["outcome"].unique(maintain_order=True):
        rows = frame.filter(pl.col("outcome") == outcome)
        if (rows["status"] == "shown").any():
            found.append(_duration(rows, cohort, outcome))
    return tuple(found)


def _duration(frame: pl.DataFrame, cohort: str, outcome: str) -> Duration:
    """One outcome's rows as a grid of cohort by limit."""
    cells = {
        (str(row[cohort]), int(row["within_days"])): _share(row["status"], row["share"])
        for row in frame.iter_rows(named=True)
    }
    limits = sorted({days for _cohort, days in cells})
    cohorts = sorted({name for name, _days in cells}, reverse=True)
    return Duration(
        OUTCOMES.get(outcome, outcome),
        tuple(Limit(days) for days in limits),
        tuple((name, tuple(cells[name, days] for days in limits)) for name in cohorts),
    )


def _share(status: str, share: str | float | None) -> Share:
    """A cell; life tables call hidden what follows from a hidden count `suppressed`."""
    if status == "shown" and share is not None:
        return Share(status, 100 * float(share))
    return Share("hidden" if status == "suppressed" else status, None)
