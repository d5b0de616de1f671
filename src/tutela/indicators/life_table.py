"""Life tables from protected tables: how soon something happened, from shown cells only.

A cohort (the people of one year) is followed for a number of days. The share to whom the event is
known to have happened within t days is read from the cells of the bands that end by t, divided by
the cohort's total. It is given only where every one of these cells is shown and the whole cohort
has been followed for t days; otherwise it is unknown, never zero. Since nobody is censored before
t, the share equals the Kaplan-Meier (one outcome) or Aalen-Johansen (several) estimate at t.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from tutela.absence import Absence
from tutela.errors import Misuse
from tutela.indicators.calendar import Calendar
from tutela.indicators.dimension import TOTAL, Code

_SHOWN = "shown"
#: A zero that is shown as such: declared impossible.
_ZERO = "zero"


def followed_days(calendar: Calendar, dimension: str, codes: Iterable[str]) -> dict[str, int]:
    """Cohort → days for which all of it has been observed, for the years or periods in `codes`."""
    followed: dict[str, int] = {}
    for code in codes:
        years = [year for year in calendar.years() if calendar.code_of(year, dimension) == code]
        if years:
            end = calendar.until.replace(year=years[-1], month=12, day=31)
            followed[code] = max((calendar.until - end).days, 0)
    return followed


def life_table(
    cells: pl.DataFrame,
    *,
    cohort: str,
    band: str,
    bands: Iterable[Code],
    followed: Mapping[str, int],
) -> pl.DataFrame:
    """The share of each cohort to whom the event happened within each band's end.

    `cells` is a protected table: columns `cohort`, `band`, `count`, `status`, margins included;
    `bands` are the codes of `band` that are the event, each with its days (several outcomes with
    the same bands are added); `followed` maps a cohort to its days of complete follow-up.

    Columns of the answer: `cohort`, `within_days`, `people`, `happened`, `share` (0 to 1) and
    `status` (shown, or a word of `Absence`: suppressed, unknown); no value unless shown.
    """
    timed = [code for code in bands if code.until_days is not None]
    if not timed:
        raise Misuse(f"no code of {band} says within how many days something happened")
    known = {
        (row[cohort], row[band]): (row["count"], row["status"])
        for row in cells.select(cohort, band, "count", "status").to_dicts()
    }
    rows = []
    for name, days in followed.items():
        people = _count(known, name, TOTAL)
        for limit in sorted({code.until_days for code in timed if code.until_days is not None}):
            parts = [
                _count(known, name, code.code)
                for code in timed
                if code.until_days is not None and code.until_days <= limit
            ]
            rows.append({"cohort": name, "within_days": limit, **_share(people, parts)})
            if limit > days:
                rows[-1] |= _absent(Absence.UNKNOWN)
    schema = {
        "cohort": pl.String,
        "within_days": pl.Int64,
        "people": pl.Int64,
        "happened": pl.Int64,
        "share": pl.Float64,
        "status": pl.String,
    }
    return pl.DataFrame(rows, schema=schema)


Cell = int | Absence


def _count(known: Mapping[tuple[str, str], tuple[int | None, str]], name: str, code: str) -> Cell:
    count, status = known.get((name, code), (None, Absence.UNKNOWN.value))
    if status == _SHOWN and count is not None:
        return count
    if status == _ZERO:
        return 0
    return Absence.UNKNOWN if status == Absence.UNKNOWN.value else Absence.SUPPRESSED


def _share(people: Cell, parts: list[Cell]) -> dict[str, object]:
    absent = [cell for cell in (people, *parts) if isinstance(cell, Absence)]
    if absent:
        hidden = Absence.SUPPRESSED in absent
        return _absent(Absence.SUPPRESSED if hidden else Absence.UNKNOWN)
    happened = sum(part for part in parts if isinstance(part, int))
    if not isinstance(people, int) or people == 0:
        return _absent(Absence.NOT_APPLICABLE)
    return {
        "people": people,
        "happened": happened,
        "share": happened / people,
        "status": _SHOWN,
    }


def _absent(why: Absence) -> dict[str, object]:
    return {"people": None, "happened": None, "share": None, "status": why.value}
