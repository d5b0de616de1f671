"""The three tables of a submission: their columns, and what may stand in them."""

from __future__ import annotations

from functools import cache

import polars as pl

from tutela.linkage.encode import DEFAULT_SCHEMA, Encoder, LinkageSecret
from tutela.submissions.records import RISKS
from tutela.vocabulary import load

Schema = dict[str, pl.DataType]

_RECORD_FACTS: Schema = {
    "record_id": pl.String(),
    "agency": pl.String(),
    "profile": pl.String(),
    "role": pl.String(),
    "matter": pl.String(),
    "sex": pl.String(),
    "citizenship": pl.String(),
    "residence": pl.String(),
    "country": pl.String(),
    "age_at_facts": pl.Int32(),
    "age_at_identification": pl.Int32(),
    "facts_date": pl.Date(),
    "facts_date_precision": pl.String(),
    **{risk: pl.String() for risk in RISKS},
}
EVENTS: Schema = {
    "event_id": pl.String(),
    "record_id": pl.String(),
    "agency": pl.String(),
    "profile": pl.String(),
    "role": pl.String(),
    "matter": pl.String(),
    "event_type": pl.String(),
    "date": pl.Date(),
    "date_precision": pl.String(),
    "place": pl.String(),
    "country": pl.String(),
    "form": pl.String(),
    "forms": pl.List(pl.String),
    "online": pl.String(),
    "offence": pl.String(),
    "outcome": pl.String(),
    "channel": pl.String(),
    "counterpart": pl.String(),
    "amount_eur": pl.Float64(),
    "quantity": pl.Int32(),
    "quantity_recorded": pl.Int32(),
    "extraterritorial": pl.String(),
}
FILTERS: Schema = {"filter_id": pl.UInt32(), "bits": pl.Binary()}
#: Bytes of one filter: 512 bits.
FILTER_BYTES = 64
#: Column of either table → the code list its values come from.
_CODED = {
    "role": "roles",
    "sex": "sex",
    "citizenship": "countries",
    "residence": "municipalities",
    "country": "countries",
    "facts_date_precision": "date_precisions",
    **dict.fromkeys(RISKS, "yes_no"),
    "event_type": "event_types",
    "date_precision": "date_precisions",
    "place": "municipalities",
    "form": "form_principal",
    "forms": "forms",
    "online": "online",
    "offence": "offences",
    "outcome": "outcomes",
    "channel": "channels",
    "counterpart": "agencies",
    "extraterritorial": "yes_no",
}


@cache
def table_schemas() -> dict[str, Schema]:
    """Columns and types of records, events and filters, exactly as they travel."""
    # The encoder tells its columns; the secret is thrown away unused.
    nobody = pl.DataFrame(schema={"record_id": pl.String})
    encoded = Encoder(DEFAULT_SCHEMA, LinkageSecret.create()).encode(nobody)
    linkage = {name: dtype for name, dtype in encoded.schema.items() if name not in _RECORD_FACTS}
    return {"records": {**_RECORD_FACTS, **linkage}, "events": EVENTS, "filters": FILTERS}


def stray_values(frame: pl.DataFrame, country: str) -> tuple[str, str] | None:
    """The first (column, code list) with a value that is no code, or None.

    This keeps anything but codes out of the store: a name in a column of places is refused.
    """
    vocabulary = load(country)
    for column in frame.columns:
        if column not in _CODED:
            continue
        values = frame[column]
        if isinstance(values.dtype, pl.List):
            values = values.list.explode(empty_as_null=False)
        codes = vocabulary.codelist(_CODED[column])
        if any(value not in codes for value in values.drop_nulls().unique().to_list()):
            return column, codes.name
    return None
