"""Encode records at the agency, so that the centre can link them without knowing anyone.

Encodings are pseudonymised personal data, never anonymous: who holds the secret can test a guess.
Safety comes from custody of the secret and from never releasing encodings.
"""

from __future__ import annotations

import polars as pl

from tutela.errors import InputRefused
from tutela.linkage.dictionary import merge_dictionaries
from tutela.linkage.filters import ClearFilterMaker, FilterMaker, TokenMaker
from tutela.linkage.schema import DEFAULT_SCHEMA, Field, Kind, Schema
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.values import (
    SEPARATOR,
    Dates,
    Dictionary,
    Names,
    Tokens,
    Values,
    phone,
    reference,
)

__all__ = ["DEFAULT_SCHEMA", "Encoder", "LinkageSecret", "merge_dictionaries"]


class Encoder:
    """Encodes frames chunk after chunk under one secret; distinct values are encoded once.

    With `clear` the filters hide nothing: for tests and evaluation, never to be sent.
    """

    def __init__(self, schema: Schema, secret: LinkageSecret, *, clear: bool = False) -> None:
        self.schema = schema
        self._epoch = secret.epoch
        self._check = secret.check()
        self._dictionary = Dictionary()
        maker = ClearFilterMaker() if clear else FilterMaker(secret.key("names"))
        names = Names(maker, TokenMaker(secret.key("sounds")), self._dictionary)
        self._values: dict[str, Values] = {}
        for field in schema.fields:
            tokens = TokenMaker(secret.key(f"field {field.name}"))
            if field.kind is Kind.NAME:
                self._values[field.name] = names
            elif field.kind is Kind.DATE:
                self._values[field.name] = Dates(tokens)
            elif field.kind is Kind.TOKEN:
                self._values[field.name] = Tokens(tokens, phone)
            elif field.kind is Kind.REFERENCE:
                self._values[field.name] = Tokens(tokens, reference)

    @property
    def unread(self) -> dict[str, int]:
        """By date field, how many distinct values were no date; they travel as missing."""
        dates = ((name, v.unread) for name, v in self._values.items() if isinstance(v, Dates))
        return {name: unread for name, unread in dates if unread}

    def encode(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The linkage columns of `frame`: record_id, source if there, encodings; no identity.

        For a field F: a name gives F_filter (number in `filters()`) and F_sounds; a date gives
        F_year as it is, tokens of its parts two by two and in full, and F_quality; a token or
        reference gives F_token; a code stays as it is. Null is missing; so are columns that the
        frame lacks.
        `key_epoch` and `key_check` tell under which secret. Raises InputRefused without record_id.
        """
        schema = self.schema
        if schema.record_id not in frame.columns:
            raise InputRefused(
                f"The table has no column {schema.record_id}.",
                remedy="Give each record a label of its own; names and dates are optional.",
                details={"column": schema.record_id},
            )
        columns = [frame[schema.record_id].cast(pl.String).alias("record_id")]
        if schema.source in frame.columns:
            columns.append(frame[schema.source].cast(pl.String).alias("source"))
        for field in schema.fields:
            columns += self._field(field, frame)
        return pl.DataFrame(columns).with_columns(
            pl.lit(self._epoch, dtype=pl.UInt16).alias("key_epoch"),
            pl.lit(self._check, dtype=pl.UInt32).alias("key_check"),
        )

    def filters(self) -> pl.DataFrame:
        """The dictionary so far: filter_id (UInt32) and bits (64 bytes), in order of first use."""
        return self._dictionary.frame()

    def _field(self, field: Field, frame: pl.DataFrame) -> list[pl.Series]:
        """The encoded columns of one field."""
        values = _text(frame, field.name).str.strip_chars()
        if field.kind is Kind.CODE:
            return [values.set(values == "", None)]
        if field.kind is Kind.DATE:
            quality = _text(frame, field.quality) if field.quality else values.clear(len(values))
            values = values + SEPARATOR + quality.fill_null("")
        values = values.alias("value")
        distinct = values.drop_nulls().unique(maintain_order=True)
        coded = self._values[field.name].columns(distinct.to_list())
        table = pl.DataFrame([distinct, *(s.alias(name) for name, s in coded.items())])
        joined = values.to_frame().join(table, on="value", how="left", maintain_order="left")
        return [joined[name].alias(f"{field.name}_{name}") for name in coded]


def _text(frame: pl.DataFrame, column: str) -> pl.Series:
    """A column as text; all null when the frame lacks it."""
    if column not in frame.columns:
        return pl.Series(column, [None] * frame.height, dtype=pl.String)
    return frame[column].cast(pl.String)
