"""Encode the distinct values of one field; what was seen before is not computed again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import polars as pl
import pyarrow as pa

from tutela.linkage import dates, names
from tutela.linkage.filters import BYTES, FilterMaker, TokenMaker

#: Keeps a date and its quality apart in one text.
SEPARATOR = "\x1f"

_NOT_DIGITS = re.compile(r"\D+")
_NOT_WORDS = re.compile(r"[\W_]+")
_DATE_TOKENS = ("full", "swapped", "year_month", "year_day", "month_day")


class Values(Protocol):
    """What encodes the distinct values of a field into named columns of the same length."""

    def columns(self, distinct: Sequence[str]) -> dict[str, pl.Series]:
        """The encoded columns, one row for each distinct value."""
        ...


class Dictionary:
    """The distinct filters so far, numbered from 1 in order of first use."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def number(self, bits: int) -> int:
        """The number of a filter, given anew where the filter is new."""
        return self._numbers.setdefault(bits, len(self._numbers) + 1)

    def frame(self) -> pl.DataFrame:
        """filter_id (UInt32) and bits (64 bytes)."""
        bits = [number.to_bytes(BYTES, "little") for number in self._numbers]
        return pl.DataFrame(
            {"filter_id": list(self._numbers.values()), "bits": bits},
            schema={"filter_id": pl.UInt32, "bits": pl.Binary},
        )


class Names:
    """Names to filter numbers and sound tokens; serves all name fields, for they share a key."""

    def __init__(self, filters: FilterMaker, sounds: TokenMaker, dictionary: Dictionary) -> None:
        self._filters = filters
        self._sounds = sounds
        self._dictionary = dictionary
        self._words: dict[str, tuple[str, ...]] = {}
        self._parts: dict[str, tuple[int, tuple[str, bool]]] = {}
        self._tokens: dict[str, int] = {}
        self._known: dict[str, tuple[int | None, tuple[int, ...]]] = {}

    def columns(self, distinct: Sequence[str]) -> dict[str, pl.Series]:
        """`filter` (UInt32) and `sounds` (list of UInt64); null where there is no name."""
        known = self._known
        rows = []
        for raw in distinct:
            row = known.get(raw)
            if row is None:
                row = known[raw] = self._encode(raw)
            rows.append(row)
        offsets = np.zeros(len(rows) + 1, dtype=np.int32)
        np.cumsum([len(tokens) for _, tokens in rows], out=offsets[1:])
        flat = np.fromiter((t for _, tokens in rows for t in tokens), np.uint64, offsets[-1])
        empty = pa.array([number is None for number, _ in rows], pa.bool_())
        lists = pa.LargeListArray.from_arrays(
            pa.array(offsets, pa.int64()), pa.array(flat), mask=empty
        )
        filters = pl.Series([number for number, _ in rows], dtype=pl.UInt32)
        return {"filter": filters, "sounds": pl.Series(lists)}

    def _encode(self, raw: str) -> tuple[int | None, tuple[int, ...]]:
        words = self._words
        found: list[str] = []
        for word in raw.split():
            found += words.get(word) or self._word(word)
        parts = names.kept(found)
        if not parts:
            return None, ()
        bits = 0
        spelt = []
        for part in parts:
            mask, sound = self._parts.get(part) or self._part(part)
            bits |= mask
            spelt.append(sound)
        return self._dictionary.number(bits), tuple([self._token(s) for s in names.sounds(spelt)])

    def _word(self, word: str) -> tuple[str, ...]:
        made = self._words[word] = names.word_parts(word)
        return made

    def _part(self, part: str) -> tuple[int, tuple[str, bool]]:
        text = names.folded(part)
        made = self._parts[part] = self._filters.mask(text), names.sound(text)
        return made

    def _token(self, sound: str) -> int:
        token = self._tokens.get(sound)
        if token is None:
            token = self._tokens[sound] = self._sounds.token(sound)
        return token


class Dates:
    """Dates with their quality (text, SEPARATOR, quality) to the year and tokens of the rest.

    The year travels as it is: there are few, so that a token of it would be read by how often it
    stands there. So would one of a month or a day; they travel two by two only.
    """

    def __init__(self, maker: TokenMaker) -> None:
        self._maker = maker
        self._known: dict[str, tuple[int | None, ...]] = {}
        self.unread = 0
        """Distinct values that are no date; they travel as missing."""

    def columns(self, distinct: Sequence[str]) -> dict[str, pl.Series]:
        """Tokens (UInt64), `year` (UInt16), null where unknown, and `quality` (UInt8)."""
        rows = []
        for both in distinct:
            row = self._known.get(both)
            if row is None:
                row = self._known[both] = self._encode(both)
            rows.append(row)
        across = list(zip(*rows, strict=True)) or [()] * (len(_DATE_TOKENS) + 2)
        found = {
            part: pl.Series(values, dtype=pl.UInt64)
            for part, values in zip(_DATE_TOKENS, across, strict=False)
        }
        year, quality = across[-2:]
        return found | {
            "year": pl.Series(year, dtype=pl.UInt16),
            "quality": pl.Series(quality, dtype=pl.UInt8),
        }

    def _encode(self, both: str) -> tuple[int | None, ...]:
        raw, quality = both.split(SEPARATOR, 1)
        date = dates.read_date(raw, quality)
        if date is None:
            self.unread += bool(raw)
            return (*[None] * (len(_DATE_TOKENS) + 1), dates.MISSING)
        year, month, day = date.year, date.month, date.day
        return (
            self._token("full", _iso(date)),
            self._token("full", _iso(dates.swapped(date))),
            self._token("year and month", month and f"{year:04}-{month:02}"),
            self._token("year and day", day and f"{year:04}-{day:02}"),
            self._token("month and day", month and day and f"{month:02}-{day:02}"),
            year,
            date.quality,
        )

    def _token(self, part: str, value: object) -> int | None:
        return None if value is None else self._maker.token(f"{part}|{value}")


class Tokens:
    """Values to one keyed token each, after `plain` has taken away what clerks write at will."""

    def __init__(self, maker: TokenMaker, plain: Callable[[str], str | None]) -> None:
        self._maker = maker
        self._plain = plain

    def columns(self, distinct: Sequence[str]) -> dict[str, pl.Series]:
        """`token` (UInt64, null where nothing is left of the value)."""
        spelt = [self._plain(raw) for raw in distinct]
        tokens = [None if value is None else self._maker.token(value) for value in spelt]
        return {"token": pl.Series(tokens, dtype=pl.UInt64)}


def phone(raw: str) -> str | None:
    """The last eight digits of a number, which do not change with prefix or country code."""
    digits = _NOT_DIGITS.sub("", raw)
    return digits[-8:] if len(digits) >= 6 else None


def reference(raw: str) -> str | None:
    """A file number without punctuation and case."""
    return _NOT_WORDS.sub("", raw).upper() or None


def _iso(date: dates.Date | None) -> str | None:
    """The date in full, or None when day or month is not known."""
    if date is None or date.month is None or date.day is None:
        return None
    return f"{date.year:04}-{date.month:02}-{date.day:02}"
