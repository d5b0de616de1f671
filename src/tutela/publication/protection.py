"""Protects all tables of a run together; cells that nobody was asked about are unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import polars as pl

from tutela.errors import SafetyBlock
from tutela.indicators.run import StoredTable
from tutela.publication.charts.cells import TOTAL

if TYPE_CHECKING:
    from tutela.disclosure.table import FrequencyTable


def frequency_table(table: StoredTable) -> FrequencyTable:
    """The table as the disclosure engine takes it: leaves, hierarchy, what cannot occur."""
    from tutela.disclosure.table import Dimension, FrequencyTable

    names = [dimension["name"] for dimension in table.entry["dimensions"]]
    return FrequencyTable(
        name=table.id,
        dimensions=[
            Dimension(
                name,
                total=TOTAL,
                parents=table.parents(name),
                codes=tuple(code for code in table.codes(name) if code not in table.parents(name)),
            )
            for name in names
        ],
        counts=table.counts.select(*names, "count"),
        structural=table.structural if table.structural.height else None,
        population=table.population,
    )


def require_passed(audit: Any) -> None:
    """Block (SafetyBlock) unless the audit says in so many words that nothing is unsafe."""
    if audit.passed is not True or audit.unsafe or audit.exact:
        raise SafetyBlock(
            f"the audit has not passed: {audit.unsafe} hidden cells can be bounded more tightly "
            f"than their protection allows, {audit.exact} exactly; nothing was published",
            remedy="Collapse categories of the tables concerned, or raise the protection.",
            details={"unsafe": audit.unsafe, "exact": audit.exact},
        )


def release_tables(
    stored: Mapping[str, StoredTable], protected: Mapping[str, pl.DataFrame]
) -> tuple[list[dict[str, Any]], dict[str, pl.DataFrame]]:
    """Declared entries and release tables: protected cells, and unknown ones where nobody asked.

    A table that is in `stored` and was not protected is unknown in every cell.
    """
    entries, tables = [], {}
    for name, table in stored.items():
        entry = with_absent_time(table)
        known = protected.get(name)
        dimensions = [d["name"] for d in entry["dimensions"]]
        every = _cells(entry["dimensions"])
        if known is None:
            known = every.clear().with_columns(
                pl.lit(None, pl.Int64).alias("count"), pl.lit(None, pl.String).alias("status")
            )
        known = known.select(*dimensions, pl.col("count").cast(pl.Int64), "status")
        absent = every.join(known, on=dimensions, how="anti").with_columns(
            pl.lit(None, pl.Int64).alias("count"), pl.lit("unknown").alias("status")
        )
        if name in protected:
            _refuse_gaps(table, absent)
        entries.append(entry)
        tables[name] = pl.concat([known, absent])
    return entries, tables


def with_absent_time(table: StoredTable) -> dict[str, Any]:
    """The entry of a table with the years of which no source was asked, in their place."""
    dimensions = []
    for dimension in table.entry["dimensions"]:
        if dimension["kind"] == "time" and table.not_collected:
            total, *codes = dimension["codes"]
            absent = [
                {
                    "code": code,
                    "label": dict.fromkeys(total["label"], code),
                    "parent": total["code"],
                }
                for code in table.not_collected
            ]
            dated = [code for code in codes if code["code"][:1].isdigit()]
            others = [code for code in codes if code not in dated]
            dated = sorted(dated + absent, key=lambda code: str(code["code"]))
            dimension = {**dimension, "codes": [total, *dated, *others]}
        dimensions.append(dimension)
    return {**table.entry, "dimensions": dimensions}


def _cells(dimensions: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Every combination of codes, totals included."""
    names = [dimension["name"] for dimension in dimensions]
    codes = [[code["code"] for code in dimension["codes"]] for dimension in dimensions]
    return pl.DataFrame(list(product(*codes)), schema=dict.fromkeys(names, pl.String), orient="row")


def _refuse_gaps(table: StoredTable, absent: pl.DataFrame) -> None:
    """Block when protection left out a cell that was counted: unknown would be untrue."""
    time = [d["name"] for d in table.entry["dimensions"] if d["kind"] == "time"]
    lost = absent
    if time:
        lost = absent.filter(~pl.col(time[0]).is_in(list(table.not_collected)))
    if lost.height:
        raise SafetyBlock(
            f"table {table.id}: {lost.height} cells were counted and came back without a status",
            remedy="This is a fault of the program; please report it.",
            details={"table": table.id, "cells": lost.height},
        )
