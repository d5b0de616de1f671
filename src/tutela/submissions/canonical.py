"""Turns chunks of text into typed, canonical columns, and names what cannot be read."""

from __future__ import annotations

import polars as pl

from tutela.submissions.dates import PartialDate
from tutela.submissions.headings import Match
from tutela.submissions.problems import ERROR, WARNING, Case, ProblemLog
from tutela.submissions.profiles import Column, Profile
from tutela.submissions.reading import ROW
from tutela.submissions.values import Read, Reader, allowed_codes, reader_for

PRECISION = "_precision"
_LONGEST = 200
_SHOWN_CODES = 40
#: Problems with a value that is nevertheless taken.
_TAKEN = frozenset({"partial_date"})
_TYPES: dict[str, pl.DataType] = {
    "integer": pl.Int32(),
    "amount": pl.Float64(),
    "codes": pl.List(pl.String),
}


class Canonicaliser:
    """Reads one file's chunks; each distinct value of a column is read once for the whole file.

    A canonical chunk has ROW and one column per column of the profile, null where nothing is known.
    A date column holds the first possible day, with its precision in `<name>_precision`.
    """

    def __init__(self, profile: Profile, match: Match, log: ProblemLog) -> None:
        self.profile = profile
        self._match = match
        self._log = log
        self._readers = {column.name: reader_for(column, profile) for column in profile.columns}
        self._known: dict[str, dict[str, Read]] = {column.name: {} for column in profile.columns}

    def chunk(self, raw: pl.DataFrame) -> pl.DataFrame:
        """The canonical form of a chunk as `reading` yields it."""
        rows = raw[ROW]
        columns = [rows]
        for column in self.profile.columns:
            columns += self._column(column, raw, rows)
        return pl.DataFrame(columns)

    def heading(self, name: str) -> str:
        """What the file calls a column."""
        return self._match.headings.get(name, name)

    def _column(self, column: Column, raw: pl.DataFrame, rows: pl.Series) -> list[pl.Series]:
        position = self._match.positions.get(column.name)
        if position is None:
            text = pl.Series(column.name, [None] * raw.height, dtype=pl.String)
        else:
            text = raw[str(position)].str.strip_chars().alias(column.name)
            text = text.set(text == "", None)
            if column.required:
                self._flag("required", ERROR, column, text, rows, text.is_null())
        reader = self._readers[column.name]
        if reader is None:
            return [self._plain(column, text, rows)]
        return self._read(column, reader, text, rows)

    def _plain(self, column: Column, text: pl.Series, rows: pl.Series) -> pl.Series:
        """A text, name or reference: as it is, unless it is far too long."""
        if text.null_count() < len(text):
            self._flag("too_long", ERROR, column, text, rows, text.str.len_chars() > _LONGEST)
            if column.type == "name":
                digits = text.str.contains(r"\d")
                self._flag("digits_in_name", WARNING, column, text, rows, digits)
        return text

    def _read(
        self, column: Column, reader: Reader, text: pl.Series, rows: pl.Series
    ) -> list[pl.Series]:
        known = self._known[column.name]
        distinct = text.drop_nulls().unique().to_list()
        for word in distinct:
            if word not in known:
                known[word] = reader(word)
        reads = [known[word] for word in distinct]
        self._name_problems(column, dict(zip(distinct, reads, strict=True)), text, rows)
        values = [value for value, _ in reads]
        table = {"text": pl.Series(distinct, dtype=pl.String)}
        if column.is_date:
            table |= _date_columns(column.name, values)
        else:
            dtype = _TYPES.get(column.type, pl.String())
            table[column.name] = pl.Series(values, dtype=dtype)
        joined = (
            text.alias("text")
            .to_frame()
            .join(pl.DataFrame(table), on="text", how="left", maintain_order="left")
        )
        return [joined[name] for name in table if name != "text"]

    def _name_problems(
        self, column: Column, reads: dict[str, Read], text: pl.Series, rows: pl.Series
    ) -> None:
        wrong: dict[str, list[str]] = {}
        for word, (_, problem) in reads.items():
            if problem is not None:
                wrong.setdefault(problem, []).append(word)
        for problem, words in wrong.items():
            mild = column.lenient or problem in _TAKEN
            mask = text.is_in(words)
            self._flag(problem, WARNING if mild else ERROR, column, text, rows, mask)

    def _flag(
        self,
        kind: str,
        severity: str,
        column: Column,
        text: pl.Series,
        rows: pl.Series,
        mask: pl.Series,
    ) -> None:
        """Log the places where `mask` is true."""
        total = int(mask.sum() or 0)
        if total == 0:
            return
        places = mask.arg_true().head(self._log.cap)
        found = zip(rows.gather(places).to_list(), text.gather(places).to_list(), strict=True)
        cases = [Case(row, value=_short(value)) for row, value in found]
        accepted = self._accepted(column)
        self._log.add(
            kind, severity, self.heading(column.name), cases, total=total, accepted=accepted
        )

    def _accepted(self, column: Column) -> str:
        if column.type == "integer":
            return f"{column.minimum}–{column.maximum}"
        codes = allowed_codes(column, self.profile)
        return ", ".join(codes[:_SHOWN_CODES]) + (", …" if len(codes) > _SHOWN_CODES else "")


def _date_columns(name: str, values: list[PartialDate | None]) -> dict[str, pl.Series]:
    first = [value.first if value else None for value in values]
    precision = [value.precision if value else None for value in values]
    return {
        name: pl.Series(first, dtype=pl.Date),
        name + PRECISION: pl.Series(precision, dtype=pl.String),
    }


def _short(value: str | None) -> str | None:
    if value is None:
        return None
    return value if len(value) <= 60 else value[:59] + "…"
