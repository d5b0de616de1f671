"""Dates as agencies write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.submissions.dates import PartialDate, read_date

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@given(DAYS)
@settings(max_examples=60)
def test_a_whole_day_is_read_however_it_is_written(day: date) -> None:
    whole = PartialDate(day, "day")
    for written in (
        f"{day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year:04}", f"{day:%d.%m.%Y}",
        day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day.isoformat()} 00:00:00",
        f"{day.isoformat()}T12:30:00",
    ):  # fmt: skip
        assert read_date(written) == whole, written
    assert whole.iso() == day.isoformat()


@given(DAYS)
@settings(max_examples=30)
def test_a_partial_date_keeps_its_precision(day: date) -> None:
    month = PartialDate(day.replace(day=1), "month")
    year = PartialDate(date(day.year, 1, 1), "year")
    for written in (f"{day:%m/%Y}", f"{day:%Y-%m}", f"00/{day:%m/%Y}"):
        assert read_date(written) == month
    for written in (f"{day:%Y}", f"00/00/{day:%Y}", f"{day:%Y}-00-00"):
        assert read_date(written) == year
    assert read_date(month.iso()) == month
    assert read_date(year.iso()) == year


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("31/02/2010", "no_such_day"),
        ("12/25/2010", "no_such_day"),
        ("15/00/2010", "no_such_day"),
        ("01/02/03", "short_year"),
        ("38412", "serial_date"),
        ("01/01/1822", "year_out_of_range"),
        ("spring 2015", "bad_date"),
        ("2015-03-01x", "bad_date"),
        ("", "bad_date"),
    ],
)
def test_what_is_no_date_says_why(written: str, problem: str) -> None:
    assert read_date(written) == problem


@given(st.text(max_size=20))
@settings(max_examples=100)
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(read_date(text), PartialDate | str)
