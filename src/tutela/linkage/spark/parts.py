"""A part of the records, as it comes to a worker, as the table that the kernels read.

Blocking needs codes that are the same on every worker: the upper 31 bits of keyed tokens and hashes
of texts (two values that meet there give a candidate too many, never a false agreement). Comparing
needs small codes: those of the part alone, with grades of commonness told from the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.linkage.compare import Grades, code_grades, other_names
from tutela.linkage.schema import Kind, Schema
from tutela.linkage.stack import table_of
from tutela.linkage.table import MISSING, DateColumns, Ints, Table

Bits = npt.NDArray[np.uint8]
Coder = Callable[[Sequence[pl.Series]], list[Ints]]

DATE_PARTS = tuple(part.name for part in fields(DateColumns) if part.name != "quality")
#: Parts of a date that are coded with one list.
_TOGETHER = (("full", "swapped"), ("year_month",), ("year_day",), ("month_day",))


@dataclass(frozen=True)
class Whole:
    """What a worker must know of all records: the dictionary of filters with the grades of names,
    the common values of each code and token with their shares, and heaped dates."""

    bits: Bits
    own: npt.NDArray[np.uint8]
    relatives: Mapping[str, npt.NDArray[np.uint8]]
    shares: Mapping[str, Mapping[Any, float]]
    heaped: Mapping[str, frozenset[int]]


def everywhere(columns: Sequence[pl.Series]) -> list[Ints]:
    """Codes that are the same on every worker, in the order of the values where these are tokens
    (unsigned 64-bit numbers, which come as signed ones)."""
    found = []
    for values in columns:
        if values.dtype == pl.String:
            hashes = values.hash(seed=1)
        else:
            hashes = values.cast(pl.Int64).fill_null(0).reinterpret(signed=False)
        codes = (hashes.to_numpy() >> np.uint64(33)).astype(np.int32)
        found.append(np.where(values.is_null().to_numpy(), MISSING, codes).astype(np.int32))
    return found


class Local:
    """Codes of one part alone; `values` remembers what each code of a field stands for."""

    def __init__(self) -> None:
        self.values: list[pl.Series] = []

    def __call__(self, columns: Sequence[pl.Series]) -> list[Ints]:
        """Small codes with one list for all `columns`."""
        together = pl.concat([column.alias("value") for column in columns])
        distinct = together.drop_nulls().unique().sort()
        self.values.append(distinct)
        codes = pl.DataFrame({"value": distinct}).with_row_index("code")
        joined = together.to_frame().join(codes, on="value", how="left", maintain_order="left")
        coded = joined["code"].cast(pl.Int32).fill_null(MISSING).to_numpy()
        return np.split(coded, len(columns))


def table_of_part(part: pl.DataFrame, schema: Schema, coder: Coder, bits: Bits | None) -> Table:
    """The table of a part: columns as `prepare.coded_records` makes them; `schema` holds only the
    fields that the whole has."""
    columns: dict[str, Any] = {}
    rows = part.height
    names: tuple[str, ...] = ()
    columns["source"] = np.full(rows, MISSING, np.int32)
    if "source" in part.columns:
        sources = part["source"].drop_nulls().unique().sort()
        names = tuple(sources.to_list())
        place = {name: n for n, name in enumerate(names)}
        columns["source"] = np.array(
            [place.get(name, MISSING) for name in part["source"].to_list()], dtype=np.int32
        )
    for field in schema.fields:
        name = field.name
        if field.kind is Kind.NAME:
            numbers = part[f"{name}_filter"].cast(pl.Int32).fill_null(MISSING)
            columns[f"names:{name}"] = numbers.to_numpy()
            if f"{name}_sounds" in part.columns:
                lists = part[f"{name}_sounds"]
                lengths = lists.list.len().fill_null(0).to_numpy()
                columns[f"starts:{name}"] = np.concatenate([[0], np.cumsum(lengths)]).astype(int)
                flat = lists.list.explode(empty_as_null=False).drop_nulls()
                columns[f"sounds:{name}"] = everywhere([flat])[0]
        elif field.kind is Kind.DATE:
            for group in _TOGETHER:
                coded = coder([part[f"{name}_{each}"] for each in group])
                columns |= {f"{each}:{name}": c for each, c in zip(group, coded, strict=True)}
            year = part[f"{name}_year"].cast(pl.Int32).fill_null(MISSING)
            columns[f"year:{name}"] = year.to_numpy()
            quality = part[f"{name}_quality"].fill_null(0).cast(pl.UInt8)
            columns[f"quality:{name}"] = quality.to_numpy()
        elif field.kind is Kind.CODE:
            columns[f"codes:{name}"] = coder([part[name]])[0]
        else:
            columns[f"tokens:{name}"] = coder([part[f"{name}_token"]])[0]
    held = np.zeros((0, 64), np.uint8) if bits is None else bits
    popcount = np.bitwise_count(held).sum(axis=1, dtype=np.uint16)
    return table_of(columns, part["record_id"], held, popcount, names, schema)


def local_table(part: pl.DataFrame, schema: Schema, whole: Whole) -> tuple[Table, Grades]:
    """The table of a part to compare in, and how common its values are in the whole."""
    coder = Local()
    used = pl.concat(
        [part[f"{field.name}_filter"].cast(pl.Int64) for field in schema.of_kind(Kind.NAME)]
        or [pl.Series([], dtype=pl.Int64)]
    )
    filters = used.drop_nulls().unique().sort().to_numpy()
    small = {
        f"{f.name}_filter": _places(filters, part[f"{f.name}_filter"])
        for f in schema.of_kind(Kind.NAME)
    }
    part = part.with_columns(pl.Series(name, values) for name, values in small.items())
    table = table_of_part(part, schema, coder, np.ascontiguousarray(whole.bits[filters]))
    # The coder was asked field after field, four times for each date.
    lists = iter(coder.values)
    heaped, codes = [], {}
    for field in schema.fields:
        if field.kind is Kind.DATE:
            full = next(lists).to_list()
            common = whole.heaped[field.name]
            heaped.append(np.array([value in common for value in full] or [False]).astype(np.uint8))
            for _ in _TOGETHER[1:]:
                next(lists)
        elif field.kind is not Kind.NAME:
            known = whole.shares[field.name]
            shares = np.array([known.get(value, 0.0) for value in next(lists).to_list()] or [0.0])
            codes[field.name] = code_grades(shares)
    none = np.zeros(1, np.uint8)
    grades = Grades(
        whole.own[filters] if len(filters) else none,
        tuple(
            whole.relatives[f.name][filters] if len(filters) else none for f in other_names(table)
        ),
        tuple(codes[name] for name in (*table.codes, *table.tokens)),
        tuple(heaped),
    )
    return table, grades


def _places(filters: npt.NDArray[np.int64], column: pl.Series) -> Ints:
    numbers = column.cast(pl.Int64).fill_null(MISSING).to_numpy()
    place = np.searchsorted(filters, numbers)
    return np.where(numbers < 0, MISSING, place).astype(np.int32)
