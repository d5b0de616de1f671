"""A table as plain columns, and two tables that were coded by one codebook as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.linkage.schema import Schema
from tutela.linkage.table import MISSING, DateColumns, Ints, Sounds, Table

Columns = dict[str, npt.NDArray[Any]]


def columns_of(table: Table) -> Columns:
    """Every array of the table under a name of its own; labels and filters apart."""
    found: Columns = {"source": table.source}
    for kind, columns in (("names", table.names), ("codes", table.codes), ("tokens", table.tokens)):
        found |= {f"{kind}:{name}": column for name, column in columns.items()}
    for name, sounds in table.sounds.items():
        found[f"starts:{name}"], found[f"sounds:{name}"] = sounds.starts, sounds.codes
    for name, dates in table.dates.items():
        for part in fields(DateColumns):
            found[f"{part.name}:{name}"] = getattr(dates, part.name)
    return found


def table_of(
    columns: Mapping[str, npt.NDArray[Any]],
    labels: pl.Series,
    bits: npt.NDArray[np.uint8],
    popcount: npt.NDArray[np.uint16],
    source_names: tuple[str, ...],
    schema: Schema,
) -> Table:
    """The table that `columns_of` took apart; fields stand in the order of the schema."""

    def kind(prefix: str) -> dict[str, npt.NDArray[Any]]:
        names = [field.name for field in schema.fields]
        return {n: columns[f"{prefix}:{n}"] for n in names if f"{prefix}:{n}" in columns}

    return Table(
        labels,
        columns["source"],
        source_names,
        bits,
        popcount,
        kind("names"),
        {
            name: Sounds(starts, columns[f"sounds:{name}"])
            for name, starts in kind("starts").items()
        },
        {
            name: DateColumns(*(columns[f"{part.name}:{name}"] for part in fields(DateColumns)))
            for name in kind("full")
        },
        kind("codes"),
        kind("tokens"),
        schema,
    )


def stacked(base: Table, extra: Table, left_out: Ints) -> Table:
    """The rows of `base` and then those of `extra`, whose codes continue those of `base`.

    Rows of `base` that are `left_out` keep their place but lose their label and every value.
    """
    one, other = columns_of(base), columns_of(extra)
    together: Columns = {}
    for name in dict.fromkeys([*one, *other]):
        first, second = one.get(name), other.get(name)
        if name.startswith("starts:"):
            first = np.zeros(base.rows + 1, np.int64) if first is None else first
            second = np.zeros(extra.rows + 1, np.int64) if second is None else second
            together[name] = np.concatenate([first, first[-1] + second[1:]])
        elif name.startswith("sounds:"):
            none = np.zeros(0, np.int32)
            together[name] = np.concatenate(
                [none if part is None else part for part in (first, second)]
            )
        else:
            # Quality 0 is a missing date, as -1 is any other missing value.
            none_of = 0 if name.startswith("quality:") else MISSING
            dtype = (second if first is None else first).dtype  # type: ignore[union-attr]
            first = np.full(base.rows, none_of, dtype) if first is None else first
            second = np.full(extra.rows, none_of, dtype) if second is None else second
            column = np.concatenate([first, second])
            column[left_out] = none_of
            together[name] = column
    gone = np.zeros(base.rows, dtype=bool)
    gone[left_out] = True
    labels = base.record_id.set(pl.Series(gone), None) if len(left_out) else base.record_id
    return table_of(
        together,
        pl.concat([labels, extra.record_id]),
        extra.bits,
        extra.popcount,
        extra.source_names,
        extra.schema,
    )
