"""Labels for agencies' own numbers: the same number gives the same label, the number stays home.

A label is no secret: who holds the number can make it again. It only keeps agencies' numbers out
of the centre's files and makes them one short shape.
"""

from __future__ import annotations

from hashlib import sha256

import polars as pl


def record_label(agency: str, profile: str, number: str) -> str:
    """Label of one record: `<agency>-<first 16 hex of SHA-256 of "agency|profile|number">`."""
    return f"{agency}-{sha256(f'{agency}|{profile}|{number}'.encode()).hexdigest()[:16]}"


def record_labels(agency: str, profile: str, numbers: pl.Series) -> pl.Series:
    """Labels of a column of record numbers (strings); null stays null."""
    start = sha256(f"{agency}|{profile}|".encode())
    labels: list[str | None] = []
    for number in numbers.cast(pl.String).to_list():
        if number is None:
            labels.append(None)
            continue
        digest = start.copy()
        digest.update(number.encode())
        labels.append(f"{agency}-{digest.hexdigest()[:16]}")
    return pl.Series(numbers.name, labels, dtype=pl.String)
