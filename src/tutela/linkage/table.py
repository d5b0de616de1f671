"""Encoded records as dense arrays: what blocking and comparison read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.errors import InputRefused
from tutela.linkage.dictionary import refuse_mixed_keys
from tutela.linkage.filters import BYTES
from tutela.linkage.schema import Field, Kind, Part, Schema

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
MISSING = -1
#: Codes that say that the register does not know.
UNKNOWN = ["", "unknown", "u", "?", "n/a", "na", "none", "null"]
#: Name fields that hold the person's own name, in whichever order clerks put them.
OWN = (Part.GIVEN, Part.FAMILY, Part.OTHER)


@dataclass(frozen=True)
class Sounds:
    """The sounds of each record's names: `codes[starts[i]:starts[i + 1]]` of record i."""

    starts: npt.NDArray[np.int64]
    codes: Ints


@dataclass(frozen=True)
class DateColumns:
    """Parts of a date as codes: `full` and `swapped` share codes, so do the three years."""

    full: Ints
    swapped: Ints
    year: Ints
    year_before: Ints
    year_after: Ints
    month: Ints
    day: Ints
    quality: Bytes


@dataclass(frozen=True)
class Table:
    """Encoded records as arrays of one row each; -1 is missing.

    `bits` (filters, 64 bytes each) is indexed by the numbers in `names`.
    """

    record_id: pl.Series
    source: Ints
    source_names: tuple[str, ...]
    bits: Bytes
    popcount: npt.NDArray[np.uint16]
    names: dict[str, Ints]
    sounds: dict[str, Sounds]
    dates: dict[str, DateColumns]
    codes: dict[str, Ints]
    tokens: dict[str, Ints]
    schema: Schema

    @property
    def rows(self) -> int:
        """The number of records."""
        return len(self.record_id)

    def take(self, rows: Ints) -> Table:
        """The table of these rows only, with the same codes and the same dictionary."""
        sounds = {}
        for name, column in self.sounds.items():
            lengths = np.diff(column.starts)[rows]
            starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
            place = np.arange(starts[-1]) - np.repeat(starts[:-1] - column.starts[rows], lengths)
            sounds[name] = Sounds(starts, column.codes[place])
        return replace(
            self,
            record_id=self.record_id.gather(rows),
            source=self.source[rows],
            names={name: column[rows] for name, column in self.names.items()},
            sounds=sounds,
            dates={
                name: DateColumns(
                    *(getattr(column, part.name)[rows] for part in dataclass_fields(column))
                )
                for name, column in self.dates.items()
            },
            codes={name: column[rows] for name, column in self.codes.items()},
            tokens={name: column[rows] for name, column in self.tokens.items()},
        )

    def own_name(self, part: Part) -> Ints | None:
        """Filter numbers of the person's name field of this part, or None."""
        field = self.schema.name_of(part)
        return None if field is None else self.names.get(field.name)


def read_table(records: pl.DataFrame, filters: pl.DataFrame, schema: Schema) -> Table:
    """Arrays of `records` as `Encoder.encode` made them and `filters` as `Encoder.filters`.

    Raises InputRefused on mixed keys, doubled record labels and unknown filter numbers. Fields
    without any value are left out.
    """
    if records.height == 0:
        raise InputRefused("There are no records to link.")
    refuse_mixed_keys([records])
    labels = records["record_id"]
    if labels.null_count() or labels.n_unique() != len(labels):
        doubled = records.filter(labels.is_duplicated() | labels.is_null())["record_id"]
        raise InputRefused(
            f"Record label {doubled[0]!r} stands on more than one record.",
            remedy="Give each record a label of its own.",
            details={"count": len(doubled)},
        )
    names: dict[str, Ints] = {}
    sounds: dict[str, Sounds] = {}
    dates: dict[str, DateColumns] = {}
    codes: dict[str, Ints] = {}
    tokens: dict[str, Ints] = {}
    lookup = _filter_rows(filters)
    for field in schema.fields:
        if not _present(records, field):
            continue
        if field.kind is Kind.NAME:
            names[field.name] = _filter_numbers(records[f"{field.name}_filter"], lookup)
        elif field.kind is Kind.DATE:
            dates[field.name] = _date(records, field.name)
        elif field.kind is Kind.CODE:
            words = records[field.name]
            known = words.str.to_lowercase().is_in(UNKNOWN).not_()
            codes[field.name] = _codes(words.set(~known, None))[0]
        else:
            tokens[field.name] = _codes(records[f"{field.name}_token"])[0]
    sounds = _sounds(records, list(names))
    source, source_names = (
        _codes(records["source"]) if "source" in records.columns else (_none(records.height), ())
    )
    flat = b"".join(filters["bits"].to_list())
    bits = np.frombuffer(flat, dtype=np.uint8).reshape(filters.height, BYTES)
    popcount = np.bitwise_count(bits).sum(axis=1, dtype=np.uint16)
    return Table(
        labels, source, source_names, bits, popcount, names, sounds, dates, codes, tokens, schema
    )


def _column(field: Field) -> str:
    """The column that tells whether the field has a value."""
    suffix = {Kind.NAME: "_filter", Kind.DATE: "_year", Kind.CODE: ""}.get(field.kind, "_token")
    return field.name + suffix


def _present(records: pl.DataFrame, field: Field) -> bool:
    column = _column(field)
    return column in records.columns and records[column].null_count() < records.height


def _none(rows: int) -> Ints:
    return np.full(rows, MISSING, dtype=np.int32)


def _codes(values: pl.Series) -> tuple[Ints, tuple[str, ...]]:
    """Dense codes of `values` by sorted value, and the values; null is -1."""
    distinct = values.drop_nulls().unique().sort()
    table = pl.DataFrame({"value": distinct}).with_row_index("code")
    joined = (
        values.alias("value").to_frame().join(table, on="value", how="left", maintain_order="left")
    )
    coded = joined["code"].cast(pl.Int32).fill_null(MISSING).to_numpy()
    names = tuple(distinct.to_list()) if values.dtype == pl.String else ()
    return coded, names


def _filter_rows(filters: pl.DataFrame) -> Ints:
    """Filter number → row in the dictionary, -1 where there is none."""
    numbers = filters["filter_id"].to_numpy()
    rows = np.full(int(numbers.max(initial=0)) + 1, MISSING, dtype=np.int32)
    rows[numbers] = np.arange(len(numbers), dtype=np.int32)
    return rows


def _filter_numbers(column: pl.Series, lookup: Ints) -> Ints:
    numbers = column.cast(pl.Int64).fill_null(MISSING).to_numpy()
    unknown = numbers >= len(lookup)
    rows = np.where(numbers < 0, MISSING, lookup[np.where(unknown, 0, numbers)])
    if unknown.any() or ((rows < 0) & (numbers >= 0)).any():
        raise InputRefused(
            f"Column {column.name} holds a filter number that the dictionary lacks.",
            remedy="Give records and filters of the same package.",
        )
    return rows.astype(np.int32)


def _date(records: pl.DataFrame, name: str) -> DateColumns:
    full, swapped = _shared(records, [f"{name}_full", f"{name}_swapped"])
    year, before, after = _shared(
        records, [f"{name}_year", f"{name}_year_before", f"{name}_year_after"]
    )
    month = _codes(records[f"{name}_month"])[0]
    day = _codes(records[f"{name}_day"])[0]
    quality = records[f"{name}_quality"].fill_null(0).to_numpy()
    return DateColumns(full, swapped, year, before, after, month, day, quality)


def _shared(records: pl.DataFrame, columns: list[str]) -> list[Ints]:
    """Several columns coded with one list of codes."""
    together = pl.concat([records[column].alias("value") for column in columns])
    coded = _codes(together)[0]
    return np.split(coded, len(columns))


def _sounds(records: pl.DataFrame, fields: list[str]) -> dict[str, Sounds]:
    """The sounds of each name field, coded with one list of codes over all of them."""
    columns = [records[f"{field}_sounds"].alias("value") for field in fields]
    if not columns:
        return {}
    lengths = [column.list.len().fill_null(0).to_numpy() for column in columns]
    flat = [column.list.explode(empty_as_null=False).drop_nulls() for column in columns]
    coded = np.split(_codes(pl.concat(flat))[0], np.cumsum([len(part) for part in flat])[:-1])
    found = {}
    for field, length, codes in zip(fields, lengths, coded, strict=True):
        starts = np.zeros(len(length) + 1, dtype=np.int64)
        np.cumsum(length, out=starts[1:])
        found[field] = Sounds(starts, codes)
    return found
