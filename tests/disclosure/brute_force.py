"""The oracle: every table of whole numbers that agrees with what is shown, by enumeration."""

from __future__ import annotations

import numpy as np
import polars as pl

from tutela.disclosure.dimension import Dimension
from tutela.disclosure.table import FrequencyTable


def two_way(counts: np.ndarray, name: str = "t") -> FrequencyTable:
    """A flat two-way table of `counts` with dimensions r and c."""
    rows = [
        {"r": f"r{i}", "c": f"c{j}", "count": int(counts[i, j])}
        for i in range(counts.shape[0])
        for j in range(counts.shape[1])
    ]
    return FrequencyTable(name, [Dimension("r"), Dimension("c")], pl.DataFrame(rows))


def ranges(
    shown: dict[tuple[str, str], int | None], shape: tuple[int, int], least: int, most: int
) -> dict[tuple[str, str], tuple[int, int]]:
    """Least and greatest value of each hidden cell over all feasible tables.

    `shown` maps (r, c) codes, margins `_T` included, to the count or None; hidden leaf cells are
    tried from `least` to `most`.
    """
    leaves = [(f"r{i}", f"c{j}") for i in range(shape[0]) for j in range(shape[1])]
    unknown = [cell for cell in leaves if shown[cell] is None]
    if not any(value is None for value in shown.values()):
        return {}
    tries = (
        np.indices([most - least + 1] * len(unknown)).reshape(
            len(unknown), (most - least + 1) ** len(unknown)
        )
        + least
    )
    number = tries.shape[1] if unknown else 1
    table = {cell: np.full(number, shown[cell] or 0) for cell in leaves}
    table |= dict(zip(unknown, tries, strict=True))
    full = {
        (r, c): sum(
            v for (row, column), v in table.items() if r in (row, "_T") and c in (column, "_T")
        )
        for r, c in shown
    }
    feasible = np.ones(number, dtype=bool)
    for cell, value in shown.items():
        feasible &= full[cell] >= least if value is None else full[cell] == value
    return {
        cell: (int(full[cell][feasible].min()), int(full[cell][feasible].max()))
        for cell, value in shown.items()
        if value is None
    }


def as_shown(frame: pl.DataFrame) -> dict[tuple[str, str], int | None]:
    """What a reader sees of a protected two-way table: zeros are shown as 0."""
    return {
        (row["r"], row["c"]): 0 if row["status"] == "zero" else row["count"]
        for row in frame.iter_rows(named=True)
    }
