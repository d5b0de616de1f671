"""The Belgian offences with the period in which each applies, taken from their era if not stated.

Three eras follow each other: `2018`, `2022-06-01` and `new-code`. A row of `law/offences.csv`
without a start takes the start of its era; a row without an end ends on the day before what
`replaced_by` names starts (another row, or the new Code). So eras never overlap by accident.

`in_force_to` is the last day in force, as a lawyer writes it; `valid_to` here is the day after.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_LAW = Path(__file__).parent / "law"
#: The row of the timeline that starts the second era (law of 21 March 2022, art. 118).
_SECOND_ERA = "t-15"
NEW_CODE = "new-code"
Row = dict[str, str]


def read_law(name: str) -> list[Row]:
    """The rows of `law/<name>.csv` as text."""
    with (_LAW / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def commencement() -> date:
    """The day the new Code is taken to start: the reading marked `followed` in its file."""
    followed = [row for row in read_law("commencement") if row["followed"] == "yes"]
    if len(followed) != 1:
        message = "law/commencement.csv: exactly one reading must say followed = yes"
        raise ValueError(message)
    return date.fromisoformat(followed[0]["starts"])


@cache
def second_era() -> date:
    """The day the reform of sexual criminal law started."""
    return next(
        date.fromisoformat(row["in_force_from"])
        for row in read_law("timeline")
        if row["id"] == _SECOND_ERA
    )


def dated_offences(new_code_from: date | None = None) -> list[Row]:
    """All offences with `valid_from` and `valid_to` (ISO; the end is exclusive, "" if open).

    `new_code_from` replaces the assumed commencement of the new Code.
    """
    new_code = new_code_from or commencement()
    era_start = {"2018": None, "2022-06-01": second_era(), NEW_CODE: new_code}
    rows = read_law("offences")
    starts = {row["id"]: _start(row, era_start[row["era"]]) for row in rows}
    starts[NEW_CODE] = new_code
    dated = []
    for row in rows:
        if row["in_force_to"]:
            end: date | None = date.fromisoformat(row["in_force_to"]) + timedelta(days=1)
        else:
            end = starts[row["replaced_by"]] if row["replaced_by"] else None
        start = starts[row["id"]]
        dated.append(
            {
                **row,
                "valid_from": start.isoformat() if start else "",
                "valid_to": end.isoformat() if end else "",
            }
        )
    return dated


def _start(row: Row, era_start: date | None) -> date | None:
    """The row's own start, but never before its era."""
    own = date.fromisoformat(row["in_force_from"]) if row["in_force_from"] else None
    return max((d for d in (own, era_start) if d is not None), default=None)
