"""What a review asks of a record: the same fields of every record, in the same order."""

from __future__ import annotations

import polars as pl

#: Fields of the linkage schema that a clerk is asked to look up.
FIELDS = (
    "given_names",
    "family_names",
    "other_names",
    "mother_names",
    "birth_date",
    "sex",
    "citizenship",
    "residence",
    "phone",
)
#: What a clerk writes beside a field: it stands in the file as written, or cannot be confirmed.
#: Anything else is the value that the file holds.
AS_WRITTEN, NOT_KNOWN = "=", "?"
#: What of this travels to the centre.
CONFIRMED, UNCONFIRMED, CORRECTED = "confirmed", "unconfirmed", "corrected"
STATUSES = (CONFIRMED, UNCONFIRMED, CORRECTED)

STATUS_SCHEMA: dict[str, pl.DataType] = {
    "record_id": pl.String(),
    **{field: pl.String() for field in FIELDS},
}


def linkage_columns(columns: list[str]) -> list[str]:
    """Which encoded columns belong to the fields that a review asks about."""
    return [
        column
        for column in columns
        if any(column == field or column.startswith(field + "_") for field in FIELDS)
    ]
