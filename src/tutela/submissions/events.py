"""Makes the store's events of a canonical chunk: one row per dated fact."""

from __future__ import annotations

import polars as pl

from tutela.submissions.canonical import PRECISION
from tutela.submissions.profiles import EventRule, Profile
from tutela.submissions.records import Sender

#: Fields that an event may copy from a column, with their types.
_COPIED = {
    "outcome": pl.String(),
    "channel": pl.String(),
    "counterpart": pl.String(),
    "amount_eur": pl.Float64(),
    "quantity": pl.Int32(),
    "quantity_recorded": pl.Int32(),
}


def events_of(labelled: pl.DataFrame, sender: Sender) -> pl.DataFrame:
    """All events of a labelled chunk (see `records.with_labels`)."""
    profile = sender.profile
    frames = [
        _events(labelled, sender, rule, number)
        for number, rule in enumerate(profile.events, start=1)
    ]
    return pl.concat(frames).sort("event_id")


def _events(labelled: pl.DataFrame, sender: Sender, rule: EventRule, number: int) -> pl.DataFrame:
    profile = sender.profile
    happened = pl.col(rule.when).is_not_null()
    if profile.column(rule.when).type == "amount":
        # Nothing confiscated is known to be nothing; it is no event.
        happened = pl.col(rule.when) > 0
    if rule.role is not None:
        happened = happened & (pl.col("role") == rule.role)
    person = pl.col("is_person")
    nothing = pl.lit(None, dtype=pl.String)
    return labelled.filter(happened).select(
        (pl.col("record_id") + f"-{number}").alias("event_id"),
        pl.when(person).then(pl.col("record_id")).alias("record_id"),
        pl.lit(sender.agency).alias("agency"),
        pl.lit(profile.name).alias("profile"),
        pl.when(person).then(pl.col("role")).alias("role"),
        "matter",
        pl.lit(rule.type).alias("event_type"),
        *_date(rule),
        (pl.col("facts_place") if profile.has("facts_place") else nothing).alias("place"),
        (pl.col("facts_country") if profile.has("facts_country") else nothing).alias("country"),
        *_forms(profile),
        _code("online", profile, "unknown"),
        _code("offence", profile, None),
        *(
            (pl.col(rule.copies[field]) if field in rule.copies else pl.lit(None))
            .cast(dtype)
            .alias(field)
            for field, dtype in _COPIED.items()
        ),
        _code("extraterritorial", profile, "unknown"),
    )


def _date(rule: EventRule) -> list[pl.Expr]:
    """The first possible day and its precision; only the year where another date lends it."""
    if rule.date is not None:
        return [
            pl.col(rule.date).alias("date"),
            pl.col(rule.date + PRECISION).fill_null("unknown").alias("date_precision"),
        ]
    if rule.year_of is None:
        return [
            pl.lit(None, dtype=pl.Date).alias("date"),
            pl.lit("unknown").alias("date_precision"),
        ]
    year = pl.col(rule.year_of)
    known = pl.when(year.is_not_null())
    return [
        year.dt.truncate("1y").alias("date"),
        known.then(pl.lit("year")).otherwise(pl.lit("unknown")).alias("date_precision"),
    ]


def _forms(profile: Profile) -> list[pl.Expr]:
    """`form`, the only one or `several` or `unknown`, and `forms`, all of them."""
    none = pl.lit([], dtype=pl.List(pl.String))
    forms = pl.col("forms").fill_null(none) if profile.has("forms") else none
    count = forms.list.len()
    form = (
        pl.when(count == 0)
        .then(pl.lit("unknown"))
        .when(count == 1)
        .then(forms.list.first())
        .otherwise(pl.lit("several"))
    )
    return [form.alias("form"), forms.alias("forms")]


def _code(column: str, profile: Profile, empty: str | None) -> pl.Expr:
    value = pl.col(column) if profile.has(column) else pl.lit(None, dtype=pl.String)
    return value.fill_null(empty).alias(column) if empty is not None else value.alias(column)
