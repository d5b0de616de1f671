"""Fills in what follows from the dates of a row: the quality of the birth date, and ages."""

from __future__ import annotations

import polars as pl

from tutela.submissions.canonical import PRECISION
from tutela.submissions.profiles import Profile
from tutela.submissions.spans import youngest_age


def with_ages(chunk: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """The canonical chunk with role, birth_date_quality and both ages filled in where they follow.

    Dates come before a declared age. Where a date is partial, the youngest possible age is taken.
    """
    precision = pl.col("birth_date" + PRECISION)
    quality = (
        pl.when(precision == "day")
        .then(pl.lit("exact"))
        .when(precision == "month")
        .then(pl.lit("estimated"))
        .when(precision == "year")
        .then(pl.lit("year_only"))
        .otherwise(pl.lit("unknown"))
    )
    at_facts = pl.col("age_at_facts")
    if profile.has("facts_date"):
        at_facts = pl.coalesce(youngest_age("birth_date", "facts_date"), at_facts)
    known = [youngest_age("birth_date", column) for column in profile.identified]
    filled = chunk.with_columns(
        pl.coalesce("birth_date_quality", quality).alias("birth_date_quality"),
        at_facts.alias("age_at_facts"),
        pl.coalesce(*known, "age_at_identification").alias("age_at_identification"),
    )
    if profile.has("role"):
        return filled
    return filled.with_columns(pl.lit(profile.roles[0]).alias("role"))
