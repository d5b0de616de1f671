"""What one chart draws: the cells of a protected table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tutela.publication.charts.palette import HIDDEN_FILL, INK, ON_RAMP, PAPER, RAMP, SOFT_INK
from tutela.publication.charts.texts import number
from tutela.publication.charts.words import SIGN

TOTAL = "_T"
#: Above this many rows a matrix draws only the codes right under the total.
MOST_ROWS = 16
#: Before the name of a code that belongs under the code above it.
_CHILD = "· "

Cell = dict[str, Any]


@dataclass(frozen=True)
class Axis:
    """A dimension as an axis: codes in their order, and how each is called by language."""

    codes: tuple[str, ...]
    labels: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Drawing:
    """The cells of one chart.

    `bars` are the totals along `across`; `matrix` the cells of `down` × `across`, empty when the
    table has no second dimension. Every cell has x, y, status, count, text, and in the matrix its
    colours.
    """

    across: Axis
    bars: list[Cell]
    down: Axis
    matrix: list[Cell]

    def statuses(self) -> set[str]:
        """The statuses that occur, for the key."""
        return {cell["status"] for cell in (*self.bars, *self.matrix)}


def axis(dimension: Mapping[str, Any]) -> Axis:
    """The codes of `dimension` that a chart can draw; children stand under their parents."""
    entries = [entry for entry in dimension["codes"] if entry["code"] != TOTAL]
    parent = {entry["code"]: entry["parent"] for entry in entries}
    top = [entry for entry in entries if parent[entry["code"]] in (None, TOTAL)]
    if len(entries) > MOST_ROWS and len(top) < len(entries):
        entries = top
    labels = []
    for entry in entries:
        depth = 0
        up = parent[entry["code"]]
        while up not in (None, TOTAL):
            depth, up = depth + 1, parent.get(up)
        labels.append({lang: _CHILD * depth + word for lang, word in entry["label"].items()})
    return Axis(tuple(entry["code"] for entry in entries), tuple(labels))


def drawing(
    dimensions: Sequence[Mapping[str, Any]], shape: Mapping[str, Any], table: pl.DataFrame
) -> Drawing:
    """The cells that the chart of `shape` draws from a protected `table`.

    `dimensions` are those of indicators.json; `shape` is an entry of `chart_tables`: the dimension
    across (`rows`), the one down (`columns`, or None) and the codes at which all others are fixed.
    """
    by_name = {dimension["name"]: dimension for dimension in dimensions}
    for name, code in shape["fixed"].items():
        table = table.filter(pl.col(name) == code)
    across = axis(by_name[shape["rows"]])
    if shape["columns"] is None:
        totals, cells, down = table, table.clear(), Axis((), ())
    else:
        down = axis(by_name[shape["columns"]])
        totals = table.filter(pl.col(shape["columns"]) == TOTAL)
        cells = table.filter(pl.col(shape["columns"]).is_in(down.codes))
    bars = _cells(totals, across, shape["rows"], None)
    matrix = _cells(cells, across, shape["rows"], shape["columns"])
    _colour(matrix)
    return Drawing(across, bars, down, matrix)


def _cells(table: pl.DataFrame, across: Axis, x: str, y: str | None) -> list[Cell]:
    """One mark per row of `table` whose code stands on the axis."""
    marks: list[Cell] = []
    for row in table.filter(pl.col(x).is_in(across.codes)).to_dicts():
        shown = row["status"] == "shown"
        marks.append(
            {
                "x": row[x],
                "y": row[y] if y else "",
                "status": row["status"],
                "count": row["count"] if shown else None,
                "text": number(row["count"]) if shown else SIGN[row["status"]],
            }
        )
    return marks


def _colour(cells: list[Cell]) -> None:
    """Give each cell of a matrix its fill and the colour of its text."""
    top = max((cell["count"] for cell in cells if cell["count"]), default=1)
    for cell in cells:
        if cell["count"] is not None:
            # Square root: counts of people are skewed, and most cells would share one class.
            level = min(int((cell["count"] / top) ** 0.5 * len(RAMP)), len(RAMP) - 1)
            cell["fill"], cell["ink"] = RAMP[level], ON_RAMP[level]
        else:
            cell["fill"] = HIDDEN_FILL if cell["status"] == "hidden" else PAPER
            cell["ink"] = INK if cell["status"] == "zero" else SOFT_INK
