"""Makes the store's records of a canonical chunk: coded facts and encodings, no identity."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tutela.linkage.encode import Encoder
from tutela.record_label import record_labels
from tutela.submissions.canonical import PRECISION
from tutela.submissions.profiles import Profile
from tutela.submissions.spans import iso_text
from tutela.submissions.validate import is_person

RISKS = (
    "risk_disability",
    "risk_street",
    "risk_runaway",
    "risk_care",
    "risk_migration",
    "risk_poverty",
    "risk_conflict_with_law",
)
CHILDHOOD_ENDS = 18
#: What the encoder reads; it turns names and dates into encodings and passes the codes on.
_ENCODED = (
    "given_names",
    "family_names",
    "other_names",
    "mother_names",
    "birth_date_quality",
    "phone",
    "case_reference",
    "person_reference",
    "citizenship",
    "residence",
)


@dataclass(frozen=True)
class Sender:
    """Who hands in: the agency's name and the profile of its file."""

    agency: str
    profile: Profile


def with_labels(chunk: pl.DataFrame, sender: Sender) -> pl.DataFrame:
    """The canonical chunk with `record_id` and `matter` made from the agency's own numbers."""
    agency, profile = sender.agency, sender.profile
    numbers = chunk[profile.matter]
    if profile.matter == "record":
        matter = record_labels(agency, profile.name, numbers)
    else:
        # Another room of the same label space, so that a case never looks like a record.
        matter = record_labels(agency, f"{profile.name}|{profile.matter}", numbers)
    record_ids = record_labels(agency, profile.name, chunk["record"])
    return chunk.with_columns(
        record_ids.alias("record_id"),
        matter.alias("matter"),
        is_person(profile).alias("is_person") if profile.persons_optional else is_row(),
    )


def is_row() -> pl.Expr:
    """Every row is a mention of a person."""
    return pl.lit(value=True).alias("is_person")


def records_of(labelled: pl.DataFrame, sender: Sender, encoder: Encoder) -> pl.DataFrame:
    """One record per row that mentions a person, in the columns of the store."""
    persons = labelled.filter(pl.col("is_person"))
    profile = sender.profile
    facts = persons.select(
        "record_id",
        pl.lit(sender.agency).alias("agency"),
        pl.lit(profile.name).alias("profile"),
        "role",
        "matter",
        pl.col("sex").fill_null("unknown"),
        "citizenship",
        "residence",
        pl.col("residence_country").alias("country"),
        _age("age_at_facts"),
        _age("age_at_identification"),
        *_facts_date(profile),
        *(
            (pl.col(risk) if profile.has(risk) else pl.lit(None, dtype=pl.String))
            .fill_null("unknown")
            .alias(risk)
            for risk in RISKS
        ),
    )
    encoded = encoder.encode(
        persons.select(
            "record_id",
            *_ENCODED,
            iso_text("birth_date").alias("birth_date"),
            pl.when(pl.col("sex") != "unknown").then(pl.col("sex")).alias("sex"),
        )
    )
    linkage = [column for column in encoded.columns if column not in facts.columns]
    return pl.concat([facts, encoded.select(linkage)], how="horizontal")


def _age(column: str) -> pl.Expr:
    """The age, unless an uncertain birth date would make an adult of a victim: then unknown."""
    uncertain = pl.col("birth_date_quality") != "exact"
    doubtful = uncertain & (pl.col("role") == "victim") & (pl.col(column) >= CHILDHOOD_ENDS)
    if column == "age_at_identification":
        # Victims are often identified as adults, long after the facts.
        return pl.col(column)
    return pl.when(~doubtful.fill_null(value=False)).then(pl.col(column)).alias(column)


def _facts_date(profile: Profile) -> list[pl.Expr]:
    if not profile.has("facts_date"):
        return [
            pl.lit(None, dtype=pl.Date).alias("facts_date"),
            pl.lit("unknown").alias("facts_date_precision"),
        ]
    return [
        pl.col("facts_date"),
        pl.col("facts_date" + PRECISION).fill_null("unknown").alias("facts_date_precision"),
    ]
