"""The canonical plain content of a package, hashed row by row whatever the file's layout."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

#: The tables of a package, in the order in which they travel.
TABLES = ("records", "events", "filters")


class ContentHash:
    """SHA-256 of a table's rows as text: column names, then one line per row, lists joined.

    It depends on names, order and values only, not on chunks, compression or a library's version.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._columns: list[str] | None = None

    def update(self, frame: pl.DataFrame) -> None:
        """Add the rows of a frame; all frames have the same columns."""
        if self._columns is None:
            self._columns = frame.columns
            self._hash.update(json.dumps(frame.columns).encode() + b"\n")
        plain = frame.select(
            _as_text(frame.schema[name], name).alias(name) for name in frame.columns
        )
        # Text is quoted and N is not, so that nothing differs from an empty text.
        text = plain.write_csv(include_header=False, quote_style="non_numeric", null_value="N")
        self._hash.update(text.encode())

    def hexdigest(self) -> str:
        """The hash of the rows so far."""
        return self._hash.hexdigest()


def package_hash(identity: Mapping[str, Any], tables: Mapping[str, str]) -> str:
    """The hash that names a submission: of who hands in what, and of its tables' contents."""
    data = json.dumps({**identity, "tables": dict(tables)}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(data.encode()).hexdigest()


def _as_text(dtype: pl.DataType, name: str) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.List):
        # A list is marked, so that an empty one differs from none.
        return pl.lit("[") + column.list.eval(pl.element().cast(pl.String)).list.join(";") + "]"
    if dtype == pl.Binary:
        return column.bin.encode("hex")
    return column.cast(pl.String)
