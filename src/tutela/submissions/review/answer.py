"""At the agency: encode what the clerks found and seal it for the centre.

What travels are record labels, one status for each field, and encodings under the linkage secret of
the values that the files hold: no name, no date, no number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from tutela.linkage.encode import DEFAULT_SCHEMA, Encoder, LinkageSecret
from tutela.submissions.keys import AgencyKeys
from tutela.submissions.review.batch import Batch
from tutela.submissions.review.fields import STATUS_SCHEMA, linkage_columns
from tutela.submissions.review.sheet import Filled
from tutela.submissions.small_package import seal_small
from tutela.submissions.tables import FILTERS

KIND = "review"


def answer_schemas() -> dict[str, dict[str, pl.DataType]]:
    """Columns of the tables of a sealed answer."""
    nobody = pl.DataFrame(schema={"record_id": pl.String})
    # The encoder tells its columns; the secret is thrown away unused.
    encoded = Encoder(DEFAULT_SCHEMA, LinkageSecret.create()).encode(nobody)
    kept = ["record_id", *linkage_columns(encoded.columns), "key_epoch", "key_check"]
    return {
        "records": {name: encoded.schema[name] for name in kept},
        "statuses": dict(STATUS_SCHEMA),
        "filters": dict(FILTERS),
    }


def seal_answer(filled: Filled, batch: Batch, agency: AgencyKeys, out: Path) -> dict[str, Any]:
    """Encode and seal the answer to a batch; returns its manifest."""
    encoder = Encoder(DEFAULT_SCHEMA, agency.secret)
    encoded = encoder.encode(filled.values)
    schemas = answer_schemas()
    tables = {
        "records": encoded.select(list(schemas["records"])),
        "statuses": filled.statuses.select(list(schemas["statuses"])),
        "filters": encoder.filters(),
    }
    return seal_small(KIND, tables, agency, out, {"round": batch.round, "batch": batch.id})
