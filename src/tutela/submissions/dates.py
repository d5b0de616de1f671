"""Reads dates as agencies write them: whole or partial, local or ISO, 00 for what is unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

EARLIEST_YEAR = 1900
LATEST_YEAR = 2100

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ]\d{1,2}:\d{2}.*)?")
_LOCAL = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[T ]\d{1,2}:\d{2}.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_YEAR = re.compile(r"\d{4}")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")


@dataclass(frozen=True)
class PartialDate:
    """A date as far as it is known: its first possible day and the precision."""

    first: date
    precision: str

    def iso(self) -> str:
        """The known part in ISO 8601: YYYY, YYYY-MM or YYYY-MM-DD."""
        return self.first.isoformat()[: {"year": 4, "month": 7, "day": 10}[self.precision]]


@lru_cache(maxsize=1 << 16)
def read_date(text: str) -> PartialDate | str:
    """The date that `text` says, or the kind of problem that keeps it from saying one.

    Day comes before month in local dates, as Belgian administrations write them. Kinds: bad_date,
    no_such_day, short_year, serial_date, year_out_of_range.
    """
    if whole := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = whole.group(1), whole.group(2), whole.group(3)
    elif local := _LOCAL.fullmatch(text):
        day, month, year = local.groups()
    elif partial := _MONTH.fullmatch(text):
        day, (month, year) = None, partial.groups()
    elif _YEAR.fullmatch(text):
        day, month, year = None, None, text
    elif _SHORT_YEAR.fullmatch(text):
        return "short_year"
    else:
        return "serial_date" if _SERIAL.fullmatch(text) else "bad_date"
    return _checked(int(year), int(month or 0), int(day or 0))


def _checked(year: int, month: int, day: int) -> PartialDate | str:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return "year_out_of_range"
    if month == 0:
        return PartialDate(date(year, 1, 1), "year") if day == 0 else "no_such_day"
    try:
        first = date(year, month, day or 1)
    except ValueError:
        return "no_such_day"
    return PartialDate(first, "day" if day else "month")
