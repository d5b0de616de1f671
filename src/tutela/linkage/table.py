"""Encoded records as dense arrays: what blocking and comparison read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.errors import InputRefused
from tutela.linkage.codebook import Codebook
from tutela.linkage.dictionary import refuse_mixed_keys
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
    """The year, and its other parts as codes: `full` and `swapped` share codes."""

    full: Ints
    swapped: Ints
    year: Ints
    year_month: Ints
    year_day: Ints
    month_day: Ints
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


def read_table(
    records: pl.DataFrame, filters: pl.DataFrame, schema: Schema, codebook: Codebook | None = None
) -> Table:
    """Arrays of `records` as `Encoder.encode` made them and `filters` as `Encoder.filters`.

    A `codebook` kept from other records gives equal values the same codes as theirs, and its
    dictionary of filters is continued.

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
    codebook = codebook or Codebook()
    rows, bits = codebook.rows("filters", filters["bits"])
    lookup = _filter_rows(filters, rows)
    for field in schema.fields:
        if not _present(records, field):
            continue
        if field.kind is Kind.NAME:
            names[field.name] = _filter_numbers(records[f"{field.name}_filter"], lookup)
        elif field.kind is Kind.DATE:
            dates[field.name] = _date(records, field.name, codebook)
        elif field.kind is Kind.CODE:
            words = records[field.name]
            known = words.str.to_lowercase().is_in(UNKNOWN).not_()
            codes[field.name] = codebook.code(field.name, words.set(~known, None))
        else:
            tokens[field.name] = codebook.code(field.name, records[f"{field.name}_token"])
    sounds = _sounds(records, list(names), codebook)
    source = _none(records.height)
    if "source" in records.columns:
        source = codebook.code("source", records["source"])
    source_names = tuple(codebook.lists.get("source", np.zeros(0, object)).tolist())
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


def _filter_rows(filters: pl.DataFrame, rows: Ints) -> Ints:
    """Filter number → row in the dictionary, -1 where there is none."""
    numbers = filters["filter_id"].to_numpy()
    lookup = np.full(int(numbers.max(initial=0)) + 1, MISSING, dtype=np.int32)
    lookup[numbers] = rows
    return lookup


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


def _date(records: pl.DataFrame, name: str, codebook: Codebook) -> DateColumns:
    refuse_earlier_dates(name, records.columns)
    full, swapped = _shared(records, [f"{name}_full", f"{name}_swapped"], codebook)
    year = records[f"{name}_year"].cast(pl.Int32).fill_null(MISSING).to_numpy()
    year_month, year_day, month_day = (
        codebook.code(part, records[part])
        for part in (f"{name}_year_month", f"{name}_year_day", f"{name}_month_day")
    )
    quality = records[f"{name}_quality"].fill_null(0).to_numpy()
    return DateColumns(full, swapped, year, year_month, year_day, month_day, quality)


def refuse_earlier_dates(name: str, columns: Sequence[str]) -> None:
    """Raise InputRefused where a date was encoded as earlier versions did, with hidden years."""
    if f"{name}_year_month" not in columns:
        raise InputRefused(
            f"{name} was encoded by an earlier version of Tutela.",
            remedy="Encode the records again with this version.",
            details={"column": f"{name}_year_month"},
        )


def _shared(records: pl.DataFrame, columns: list[str], codebook: Codebook) -> list[Ints]:
    """Several columns coded with one list, which has the name of the first."""
    together = pl.concat([records[column].alias("value") for column in columns])
    return np.split(codebook.code(columns[0], together), len(columns))


def _sounds(records: pl.DataFrame, fields: list[str], codebook: Codebook) -> dict[str, Sounds]:
    """The sounds of each name field, coded with one list over all of them."""
    columns = [records[f"{field}_sounds"].alias("value") for field in fields]
    if not columns:
        return {}
    lengths = [column.list.len().fill_null(0).to_numpy() for column in columns]
    flat = [column.list.explode(empty_as_null=False).drop_nulls() for column in columns]
    codes = codebook.code("sounds", pl.concat(flat))
    coded = np.split(codes, np.cumsum([len(part) for part in flat])[:-1])
    found = {}
    for field, length, part in zip(fields, lengths, coded, strict=True):
        starts = np.zeros(len(length) + 1, dtype=np.int64)
        np.cumsum(length, out=starts[1:])
        found[field] = Sounds(starts, part)
    return found
