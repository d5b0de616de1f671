"""Belgian public holidays and working days, from the package `holidays`."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_SATURDAY = 5


@cache
def public_holidays(year: int) -> frozenset[date]:
    """The legal holidays of a year, Sundays among them (Easter, Pentecost)."""
    import holidays

    return frozenset(holidays.country_holidays("BE", years=year))


def is_working_day(day: date) -> bool:
    """Whether a day is neither Saturday, Sunday nor a public holiday."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


def next_working_day(day: date) -> date:
    """The day itself if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`."""
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day
