"""What a partial date can mean: its first and last possible day, and ages between two dates."""

from __future__ import annotations

import polars as pl

from tutela.submissions.canonical import PRECISION


def earliest(column: str) -> pl.Expr:
    """The first possible day."""
    return pl.col(column)


def latest(column: str) -> pl.Expr:
    """The last possible day."""
    precision = pl.col(column + PRECISION)
    day = pl.col(column)
    return (
        pl.when(precision == "year")
        .then(day.dt.offset_by("1y").dt.offset_by("-1d"))
        .when(precision == "month")
        .then(day.dt.month_end())
        .otherwise(day)
    )


def completed_years(birth: pl.Expr, on: pl.Expr) -> pl.Expr:
    """Completed years from `birth` to `on` (Int32); who is born on 29 February ages on 1 March."""
    years = on.dt.year() - birth.dt.year()
    before_birthday = (on.dt.month() < birth.dt.month()) | (
        (on.dt.month() == birth.dt.month()) & (on.dt.day() < birth.dt.day())
    )
    return (years - before_birthday.cast(pl.Int32)).cast(pl.Int32)


def youngest_age(birth: str, on: str) -> pl.Expr:
    """The lowest age that the two dates allow; null where one is missing or birth comes later."""
    age = completed_years(latest(birth), earliest(on))
    return pl.when(age >= 0).then(age)


def iso_text(column: str) -> pl.Expr:
    """The known part of a date in ISO 8601: YYYY, YYYY-MM or YYYY-MM-DD."""
    day = pl.col(column)
    precision = pl.col(column + PRECISION)
    return (
        pl.when(precision == "year")
        .then(day.dt.strftime("%Y"))
        .when(precision == "month")
        .then(day.dt.strftime("%Y-%m"))
        .otherwise(day.dt.strftime("%Y-%m-%d"))
    )
