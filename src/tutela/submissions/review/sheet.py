"""At the agency: the sheet that a clerk fills in, and what it says when it comes back.

The sheet holds identities and never leaves the agency. Beside each field stands an empty cell: `=`
says that the person's file has it as written, `?` that the file cannot confirm it, anything else is
what the file has.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tutela.errors import InputRefused, Misuse
from tutela.linkage.dates import read_date
from tutela.submissions.keys import AgencyKeys
from tutela.submissions.profiles import load_profile
from tutela.submissions.records import Sender, with_labels
from tutela.submissions.review.batch import Batch
from tutela.submissions.review.fields import (
    AS_WRITTEN,
    CONFIRMED,
    CORRECTED,
    FIELDS,
    NOT_KNOWN,
    UNCONFIRMED,
)
from tutela.submissions.spans import iso_text
from tutela.submissions.validate import CheckedFile
from tutela.vocabulary import load

CHECK = "_check"
#: Fields that hold a code, and the list it comes from.
_CODED = {"sex": "sex", "citizenship": "countries", "residence": "municipalities"}
_QUALITY = "birth_date_quality"


@dataclass(frozen=True)
class Filled:
    """A filled sheet: values as the files have them, and the status of each field."""

    values: pl.DataFrame
    statuses: pl.DataFrame


def write_sheet(
    batch: Batch, agency: AgencyKeys, file: Path, profile_name: str, out: Path, lang: str = "en"
) -> int:
    """Write the sheet for the batch's records of one profile, looked up in `file`.

    Returns the number of rows. Raises InputRefused where a record asked about is not in the file,
    Misuse where the batch asks nothing of that profile; an existing sheet is never overwritten.
    """
    wanted = batch.records.get(profile_name)
    if not wanted:
        raise Misuse(
            f"The batch asks nothing about {profile_name}.",
            remedy="It asks about: " + ", ".join(sorted(batch.records)) + ".",
        )
    profile = load_profile(profile_name)
    sender = Sender(agency.agency, profile)
    parts = []
    for chunk in CheckedFile(file, profile, lang).chunks():
        labelled = with_labels(chunk, sender)
        parts.append(labelled.filter(pl.col("record_id").is_in(wanted)).select(_shown()))
    rows = pl.concat(parts) if parts else pl.DataFrame(schema={"record_id": pl.String})
    missing = sorted(set(wanted) - set(rows["record_id"].to_list()))
    if missing:
        raise InputRefused(
            f"{len(missing)} of {len(wanted)} records asked about are not in {file.name}.",
            remedy="Give the file from which the submission was made.",
            details={"records": missing},
        )
    if out.exists():
        raise InputRefused(f"{out} exists and may hold answers.", remedy="Choose another place.")
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        rows.sort("record").write_csv(target, include_bom=True)
    return rows.height


def _shown() -> list[pl.Expr]:
    """Own number, label, and each field with an empty cell beside it."""
    shown = [pl.col("record").cast(pl.String), pl.col("record_id"), pl.col(_QUALITY)]
    for field in FIELDS:
        value = iso_text("birth_date") if field == "birth_date" else pl.col(field).cast(pl.String)
        shown += [value.alias(field), pl.lit("").alias(field + CHECK)]
    return shown


def read_sheet(paths: list[Path], batch: Batch, country: str = "be") -> Filled:
    """Read filled sheets that together answer the whole batch.

    Raises InputRefused that names row and column where a cell is empty, a value cannot be, or a
    record was taken out or added.
    """
    rows = pl.concat([_read(path) for path in paths]).sort("record_id")
    labels = rows["record_id"].to_list()
    if labels != batch.labels():
        odd = sorted(set(labels) ^ set(batch.labels()))
        raise InputRefused(
            f"The sheets do not answer the batch: {len(odd)} records too many or too few, or one"
            " stands twice.",
            remedy="Answer every record of the batch once, and add none.",
            details={"records": odd},
        )
    values, statuses = [rows["record_id"]], [rows["record_id"]]
    for field in FIELDS:
        written, check = rows[field], rows[field + CHECK].str.strip_chars().fill_null("")
        _refuse_empty(rows, field, check)
        corrected = (check != AS_WRITTEN) & (check != NOT_KNOWN)
        _refuse_impossible(rows, field, check, corrected, country)
        status = (
            pl.Series(field, [UNCONFIRMED]).new_from_index(0, rows.height).set(corrected, CORRECTED)
        )
        # An empty field that is confirmed says that the file does not know it either.
        statuses.append(status.set((check == AS_WRITTEN) & written.is_not_null(), CONFIRMED))
        values.append(check.zip_with(corrected, written).alias(field))
    quality = rows[_QUALITY].set(statuses[1 + FIELDS.index("birth_date")] == CORRECTED, "exact")
    return Filled(pl.DataFrame([*values, quality]), pl.DataFrame(statuses))


def _read(path: Path) -> pl.DataFrame:
    columns = ["record", "record_id", _QUALITY, *FIELDS, *(field + CHECK for field in FIELDS)]
    try:
        rows = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputRefused(f"{path} cannot be read as a sheet: {error}") from error
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        raise InputRefused(
            f"{path.name} has no column {missing[0]}.",
            remedy="Fill in the sheet that `tutela review ask` wrote; leave its columns alone.",
        )
    return rows.select(columns)


def _refuse_empty(rows: pl.DataFrame, field: str, check: pl.Series) -> None:
    empty = (check == "").arg_true()
    if len(empty):
        raise InputRefused(
            f"Record {rows['record'][int(empty[0])]}, column {field}{CHECK}: nothing is written.",
            remedy=f"Write {AS_WRITTEN} (as written), {NOT_KNOWN} (cannot be confirmed), or the"
            " value that the person's file has.",
            details={"column": field + CHECK, "empty": len(empty)},
        )


def _refuse_impossible(
    rows: pl.DataFrame, field: str, check: pl.Series, corrected: pl.Series, country: str
) -> None:
    for place in corrected.arg_true().to_list():
        value = str(check[place])
        if field == "birth_date" and read_date(value, "exact") is None:
            hint = "Write it as YYYY-MM-DD, or the year alone."
        elif field in _CODED and value not in load(country).codelist(_CODED[field]):
            hint = f"Write a code of the list {_CODED[field]}."
        else:
            continue
        raise InputRefused(
            f"Record {rows['record'][place]}, column {field}{CHECK}: the value cannot be read.",
            remedy=hint,
            details={"column": field + CHECK},
        )
