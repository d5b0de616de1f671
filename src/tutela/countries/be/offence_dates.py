"""The Belgian offences with the period in which each applies, taken from their era if not stated.

Three eras follow each other: `2018`, `2022-06-01` and `new-code`. A row of `law/offences.csv`
without a start takes the start of its era; a row without an end ends on the day before what
`replaced_by` names starts (another row, or the new Code). So eras never overlap by accident.

`in_force_to` is the last day in force, as a lawyer writes it; `valid_to` here is the day after.

With `as_known_on` the tables are read as they were known on that day: an era whose law had not
been made yet (`known_from` of the timeline) is left out, and so is the end it brings to others.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_LAW = Path(__file__).parent / "law"
FIRST_ERA = "2018"
SECOND_ERA = "2022-06-01"
NEW_CODE = "new-code"
#: The rows of the timeline that start the later eras (law of 21 March 2022, art. 118; Book II).
_STARTED_BY = {SECOND_ERA: "t-15", NEW_CODE: "t-18"}
Row = dict[str, str]


def read_law(name: str) -> list[Row]:
    """The rows of `law/<name>.csv` as text."""
    with (_LAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def commencement(as_known_on: date | None = None) -> date:
    """The day the new Code is taken to start.

    That is the reading marked `followed` in its file; before that reading was known, the last
    one that was.
    """
    rows = read_law("commencement")
    followed = [row for row in rows if row["followed"] == "yes"]
    if len(followed) != 1:
        message = "law/commencement.csv: exactly one reading must say followed = yes"
        raise ValueError(message)
    known = [r for r in rows if as_known_on is None or r["known_from"] <= as_known_on.isoformat()]
    if followed[0] in known or not known:
        return date.fromisoformat(followed[0]["starts"])
    return date.fromisoformat(max(known, key=lambda row: row["known_from"])["starts"])


@cache
def second_era() -> date:
    """The day the reform of sexual criminal law started."""
    return date.fromisoformat(_timeline(_STARTED_BY[SECOND_ERA])["in_force_from"])


def era_starts(
    new_code_from: date | None = None, as_known_on: date | None = None
) -> dict[str, date | None]:
    """Era → its first day (None: before all others), those known on a day, in order.

    `new_code_from` replaces the assumed commencement of the new Code.
    """
    starts: dict[str, date | None] = {FIRST_ERA: None}
    for era, row in _STARTED_BY.items():
        if as_known_on is None or as_known_on >= date.fromisoformat(_timeline(row)["known_from"]):
            new_code = new_code_from or commencement(as_known_on)
            starts[era] = second_era() if era == SECOND_ERA else new_code
    return starts


def dated_offences(new_code_from: date | None = None, as_known_on: date | None = None) -> list[Row]:
    """All offences with `valid_from` and `valid_to` (ISO; the end is exclusive, "" if open)."""
    eras = era_starts(new_code_from, as_known_on)
    rows = [row for row in read_law("offences") if row["era"] in eras]
    starts = {row["id"]: _start(row, eras[row["era"]]) for row in rows}
    starts |= {era: start for era, start in eras.items() if start is not None}
    dated = []
    for row in rows:
        start, end = starts[row["id"]], _end(row, starts)
        dated.append(
            {
                **row,
                "valid_from": start.isoformat() if start else "",
                "valid_to": end.isoformat() if end else "",
            }
        )
    return dated


@cache
def _timeline(identifier: str) -> Row:
    return next(row for row in read_law("timeline") if row["id"] == identifier)


def _start(row: Row, era_start: date | None) -> date | None:
    """The row's own start, but never before its era."""
    own = date.fromisoformat(row["in_force_from"]) if row["in_force_from"] else None
    return max((d for d in (own, era_start) if d is not None), default=None)


def _end(row: Row, starts: dict[str, date | None]) -> date | None:
    """The day after the last; none if what ends the row is not known yet."""
    if row["in_force_to"]:
        end = date.fromisoformat(row["in_force_to"]) + timedelta(days=1)
        return end if SECOND_ERA in starts else None
    return starts.get(row["replaced_by"]) if row["replaced_by"] else None
