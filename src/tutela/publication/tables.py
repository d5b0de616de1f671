"""Published tables as CSV: every row says why it has no count, and whether it was simulated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tutela.errors import SafetyBlock

#: What a cell may be; never which rule hid it.
STATUSES = ("shown", "hidden", "zero", "unknown", "not_applicable")
SYNTHETIC = "SYNTHETIC"


def check_cells(name: str, table: pl.DataFrame) -> None:
    """Block (SafetyBlock) a table whose cells could say more, or other, than they may.

    A count stands where the status is `shown` and nowhere else; each cell stands once.
    """
    keys = [column for column in table.columns if column not in ("count", "status")]
    faults = {
        "has a status that no release knows": ~pl.col("status").is_in(STATUSES)
        | pl.col("status").is_null(),
        "carries a count although it is not shown": (pl.col("status") != "shown")
        & pl.col("count").is_not_null(),
        "is shown without a count": (pl.col("status") == "shown") & pl.col("count").is_null(),
        "has a negative count": pl.col("count") < 0,
        "stands twice": pl.struct(keys).is_duplicated(),
    }
    for fault, condition in faults.items():
        wrong = table.filter(condition)
        if wrong.height:
            cell = ", ".join(f"{key}={wrong[key][0]}" for key in keys)
            raise SafetyBlock(
                f"table {name}: the cell {cell} {fault}; nothing was published",
                remedy="Protect the table again and keep the result as it is.",
                details={"table": name, "cells": wrong.height},
            )


def in_order(entry: Mapping[str, Any], table: pl.DataFrame) -> pl.DataFrame:
    """The columns of a release table, rows by the order of the code lists."""
    names = [dimension["name"] for dimension in entry["dimensions"]]
    order = [
        pl.col(dimension["name"]).replace_strict(
            {code["code"]: position for position, code in enumerate(dimension["codes"])}
        )
        for dimension in entry["dimensions"]
    ]
    return table.select(*names, pl.col("count").cast(pl.Int64), "status").sort(order)


def table_csv(table: pl.DataFrame, *, synthetic: bool) -> bytes:
    """The CSV of a table in order; simulated figures carry SYNTHETIC in every row."""
    if synthetic:
        table = table.with_columns(pl.lit(SYNTHETIC).alias("data"))
    return table.write_csv().encode()


def safety(table: pl.DataFrame, method: str) -> dict[str, Any]:
    """How much of a table is hidden, for the reader: cells, hidden, hidden_share, method."""
    hidden = int((table["status"] == "hidden").sum())
    share = round(hidden / table.height, 4) if table.height else 0.0
    return {"cells": table.height, "hidden": hidden, "hidden_share": share, "method": method}
