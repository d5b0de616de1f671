"""A published table as people read it: years down, categories across, totals first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

TOTAL = "_T"

#: Dimensions that are time: they run down the page, the latest first.
TIME = ("year", "year_facts", "period", "cohort")

#: More categories than this go down the page, and the years across.
WIDEST = 8


@dataclass(frozen=True)
class Code:
    """One category of a dimension in one language; `depth` counts its ancestors below the total."""

    code: str
    label: str
    depth: int

    @property
    def is_total(self) -> bool:
        """Whether this is the sum of all categories."""
        return self.code == TOTAL


@dataclass(frozen=True)
class Axis:
    """A dimension with its codes in the order of publication."""

    name: str
    label: str
    codes: tuple[Code, ...]

    @property
    def is_time(self) -> bool:
        """Whether the codes are years or periods."""
        return self.name in TIME

    @property
    def is_long(self) -> bool:
        """Whether the codes are too many, or too nested, to stand side by side."""
        return len(self.codes) > WIDEST or any(code.depth for code in self.codes)


@dataclass(frozen=True)
class Cell:
    """What one cell says: a count where the status is `shown`, otherwise why there is none."""

    status: str
    count: int | None
    in_total: bool


@dataclass(frozen=True)
class Row:
    """One line of a table: its heading and its cells."""

    head: Code
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A two-way view of a published table; the dimensions that are not in it stand at their total.

    `statuses` are the statuses that occur, for the key under the table.
    """

    down: Axis
    across: Axis | None
    columns: tuple[Code, ...]
    rows: tuple[Row, ...]
    statuses: tuple[str, ...]


def axis(dimension: Mapping[str, Any], language: str) -> Axis:
    """The axis of an entry of `dimensions` in indicators.json, labelled in `language`."""
    parents = {entry["code"]: entry["parent"] for entry in dimension["codes"]}
    codes = tuple(
        Code(entry["code"], entry["label"][language], _depth(entry["code"], parents))
        for entry in dimension["codes"]
    )
    return Axis(dimension["name"], dimension["label"][language], codes)


def tables(frame: pl.DataFrame, axes: Sequence[Axis]) -> list[Table]:
    """The two-way views of a table: time against each other dimension in turn.

    A table without time is seen along its first dimension. Every view holds published cells as
    they are; nothing is added up here, because a sum of shown cells would not be the total.
    """
    first = next((one for one in axes if one.is_time), axes[0])
    others = [one for one in axes if one is not first]
    if not others:
        return [_table(frame, axes, first, None)]
    return [
        _table(frame, axes, other, first) if other.is_long else _table(frame, axes, first, other)
        for other in others
    ]


def _table(frame: pl.DataFrame, axes: Sequence[Axis], down: Axis, across: Axis | None) -> Table:
    """One view: `down` against `across`, all other dimensions at their total."""
    fixed = [one.name for one in axes if one is not down and one is not across]
    names = [down.name, *([across.name] if across else [])]
    cells = frame.filter(pl.col(name) == TOTAL for name in fixed) if fixed else frame
    found = {
        row[:-2]: (row[-2], row[-1]) for row in cells.select(*names, "status", "count").iter_rows()
    }
    columns = _ordered(across) if across else ()
    rows = []
    for head in _ordered(down):
        keys = [(head.code, column.code) for column in columns] if across else [(head.code,)]
        rows.append(
            Row(
                head,
                tuple(
                    Cell(*found[key], in_total=head.is_total or key[-1] == TOTAL) for key in keys
                ),
            )
        )
    statuses = {cell.status for row in rows for cell in row.cells}
    return Table(down, across, columns, tuple(rows), tuple(sorted(statuses)))


def _ordered(one: Axis) -> tuple[Code, ...]:
    """Totals first; time from the latest to the first; all else as published."""
    totals = tuple(code for code in one.codes if code.is_total)
    rest = tuple(code for code in one.codes if not code.is_total)
    return totals + (rest[::-1] if one.is_time else rest)


def _depth(code: str, parents: Mapping[str, str | None]) -> int:
    """How many categories stand between a code and the total."""
    depth = 0
    parent = parents.get(code)
    while parent is not None and parent != TOTAL:
        depth += 1
        parent = parents.get(parent)
    return depth
