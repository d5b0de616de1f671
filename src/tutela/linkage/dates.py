"""Read dates as registers write them: partial, estimated, in several orders."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: How well a date is known, as it travels with the encoding.
MISSING, EXACT, ESTIMATED, MONTH, YEAR = 0, 1, 2, 3, 4

_ISO = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ].*)?$")
_LOCAL = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ].*)?$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})[-/.](\d{4})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True)
class Date:
    """A date as far as it is known; month and day are None where they are not."""

    year: int
    month: int | None
    day: int | None
    quality: int


def read_date(raw: str, quality: str | None = None) -> Date | None:
    """The date written in `raw`, or None where there is none.

    `quality` is the register's word: exact, estimated, year_only, unknown or nothing. The first of
    January counts as estimated unless the register says exact, because that is what clerks write
    for "some time that year".
    """
    text = raw.strip()
    year = month = day = None
    if match := _COMPACT.match(text) or _ISO.match(text):
        year, month, day = match.groups()
    elif match := _LOCAL.match(text):
        day, month, year = match.groups()
    elif match := _MONTH_YEAR.match(text):
        month, year = match.groups()
    if year is None or not 1900 <= int(year) <= 2100:
        return None
    return _qualified(int(year), int(month or 0), int(day or 0), (quality or "").strip().lower())


def _qualified(year: int, month: int, day: int, quality: str) -> Date | None:
    """Put month and day right (00, American order) and say how well the date is known."""
    if month > 12 and 1 <= day <= 12:
        month, day = day, month
    if month > 12 or day > 31 or (month and day > _DAYS[month - 1]):
        return None
    if quality == "year_only" or month == 0:
        return Date(year, None, None, YEAR)
    if day == 0:
        return Date(year, month, None, MONTH)
    first_of_january = (month, day) == (1, 1) and quality != "exact"
    estimated = quality in ("estimated", "unknown") or first_of_january
    return Date(year, month, day, ESTIMATED if estimated else EXACT)


def swapped(date: Date) -> Date | None:
    """The date with day and month exchanged, where that is another date."""
    if date.month is None or date.day is None or date.day > 12 or date.day == date.month:
        return None
    return Date(date.year, date.day, date.month, date.quality)
