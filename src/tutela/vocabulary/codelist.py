"""A code list: dated codes with labels in four languages, found by code or by label."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from tutela.errors import Misuse
from tutela.vocabulary.rows import LANGUAGES, holds_on, parse_date, text_columns

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("code", *LANGUAGES, "valid_from", "valid_to", "source", "status")
_KNOWN = (*COLUMNS, "parent")
_NOT_A_WORD = re.compile(r"[^0-9a-z+]+")


def fold(text: str) -> str:
    """Text as it is compared: without case, accents or punctuation."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    bare = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return _NOT_A_WORD.sub(" ", bare).strip() or bare.strip()


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its labels, its validity [valid_from, valid_to) and where it comes from."""

    code: str
    labels: Mapping[str, str]
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    source: str
    status: str
    extra: Mapping[str, str] = field(default_factory=dict)


class CodeList:
    """Codes in their declared order; `code in codelist`, `len`, iteration over codes."""

    def __init__(self, name: str, rows: Sequence[Mapping[str, str]]) -> None:
        self.name = name
        self.extra_columns = text_columns(rows, _KNOWN)
        #: Every row, duplicates included, for `check`.
        self.entries = tuple(self._entry(row) for row in rows)
        self._by_code = {entry.code: entry for entry in self.entries}

    def _entry(self, row: Mapping[str, str]) -> Code:
        where = f"list {self.name}, code {row['code']}"
        return Code(
            code=row["code"],
            labels={language: row[language] for language in LANGUAGES},
            parent=row.get("parent") or None,
            valid_from=parse_date(row["valid_from"], f"{where}, valid_from"),
            valid_to=parse_date(row["valid_to"], f"{where}, valid_to"),
            source=row["source"],
            status=row["status"],
            extra={name: row[name] for name in self.extra_columns},
        )

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_code)

    def __len__(self) -> int:
        return len(self._by_code)

    def __repr__(self) -> str:
        return f"CodeList({self.name!r}, {len(self)} codes)"

    def __getitem__(self, code: str) -> Code:
        try:
            return self._by_code[code]
        except KeyError:
            raise Misuse(
                f"{code!r} is not a code of the list {self.name}",
                remedy=f"Codes: {', '.join(list(self._by_code)[:40])}.",
                details={"list": self.name, "value": code},
            ) from None

    def codes(self, on: date | None = None) -> tuple[str, ...]:
        """All codes in order; with a date, those valid on it."""
        if on is None:
            return tuple(self._by_code)
        return tuple(
            e.code for e in self._by_code.values() if holds_on(e.valid_from, e.valid_to, on)
        )

    def label(self, code: str, lang: str) -> str:
        """The label of `code` in fr, nl, de or en."""
        labels = self[code].labels
        if lang not in labels:
            raise Misuse(
                f"no labels in the language {lang!r}", remedy=f"Languages: {', '.join(LANGUAGES)}."
            )
        return labels[lang]

    def labels(self, code: str) -> dict[str, str]:
        """The labels of `code` in all four languages."""
        return dict(self[code].labels)

    def parent(self, code: str) -> str | None:
        """The code one level up in the same list, or in the list the parent column speaks of."""
        return self[code].parent

    def where(self, column: str, value: str) -> tuple[str, ...]:
        """Codes whose extra `column` holds `value` among its words (`outcomes` by event_type)."""
        if column not in self.extra_columns:
            raise Misuse(
                f"the list {self.name} has no column {column!r}",
                remedy=f"Its columns: {', '.join(self.extra_columns) or 'none beyond the usual'}.",
            )
        return tuple(e.code for e in self._by_code.values() if value in e.extra[column].split())

    def find(self, text: str, lang: str | None = None) -> str | None:
        """The code meant by `text`: itself a code, or a label in any (or the given) language.

        Case, accents and punctuation do not count. None when nothing, or more than one code,
        carries that label: a doubtful label is never guessed.
        """
        if text in self._by_code:
            return text
        folded = fold(text)
        by_code = self._folded_codes.get(folded)
        if by_code is not None:
            return by_code
        if lang is not None:
            return self._folded_labels(lang).get(folded)
        found = {
            code
            for language in LANGUAGES
            if (code := self._folded_labels(language).get(folded, "")) != ""
        }
        return next(iter(found)) if len(found) == 1 and None not in found else None

    @cached_property
    def _folded_codes(self) -> dict[str, str | None]:
        return _index((fold(code), code) for code in self._by_code)

    @cached_property
    def _folded(self) -> dict[str, dict[str, str | None]]:
        return {
            language: _index((fold(e.labels[language]), e.code) for e in self._by_code.values())
            for language in LANGUAGES
        }

    def _folded_labels(self, lang: str) -> dict[str, str | None]:
        return self._folded.get(lang, {})

    def frame(self) -> pl.DataFrame:
        """One row per code: code, fr, nl, de, en, parent, valid_from, valid_to, source, status,
        then the extra columns of this list."""
        import polars as pl

        entries = self._by_code.values()
        data: dict[str, pl.Series] = {"code": pl.Series([e.code for e in entries], dtype=pl.String)}
        for language in LANGUAGES:
            data[language] = pl.Series([e.labels[language] for e in entries], dtype=pl.String)
        data["parent"] = pl.Series([e.parent for e in entries], dtype=pl.String)
        data["valid_from"] = pl.Series([e.valid_from for e in entries], dtype=pl.Date)
        data["valid_to"] = pl.Series([e.valid_to for e in entries], dtype=pl.Date)
        data["source"] = pl.Series([e.source for e in entries], dtype=pl.String)
        data["status"] = pl.Series([e.status for e in entries], dtype=pl.String)
        for name in self.extra_columns:
            data[name] = pl.Series([e.extra[name] for e in entries], dtype=pl.String)
        return pl.DataFrame(data)


def _index(pairs: Iterator[tuple[str, str]]) -> dict[str, str | None]:
    """Key → value, or None where two different values share a key."""
    index: dict[str, str | None] = {}
    for key, value in pairs:
        index[key] = value if index.get(key, value) == value else None
    return index
