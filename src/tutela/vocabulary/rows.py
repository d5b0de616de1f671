"""Reads the CSV rows behind code lists and mappings; refuses a malformed file by row and column."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from tutela.errors import InputRefused

LANGUAGES = ("fr", "nl", "de", "en")
#: How well a row is established.
STATUSES = ("verified", "proposed", "to confirm")


def read_rows(path: Path, required: Sequence[str]) -> list[dict[str, str]]:
    """Read a UTF-8 CSV with a header as dictionaries of text, the empty string for an empty cell.

    Refuses a file without the `required` columns or with a row of another length.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        missing = [name for name in required if name not in header]
        if missing:
            raise InputRefused(
                f"{path.name}: column {missing[0]} is missing",
                remedy=f"A code file needs the columns {', '.join(required)}.",
                details={"file": path.name, "column": missing[0]},
            )
        rows = []
        for cells in reader:
            if len(cells) != len(header):
                raise InputRefused(
                    f"{path.name}, line {reader.line_num}: {len(cells)} cells where the header "
                    f"has {len(header)}",
                    remedy="Quote any cell that holds a comma.",
                    details={"file": path.name, "row": reader.line_num},
                )
            rows.append(dict(zip(header, cells, strict=True)))
    return rows


def parse_date(text: str, where: str) -> date | None:
    """An ISO date, or None for an empty cell; refuses anything else, naming `where` it stands."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputRefused(
            f"{where}: {text!r} is not a date",
            remedy="Write dates as YYYY-MM-DD.",
            details={"value": text},
        ) from error


def holds_on(valid_from: date | None, valid_to: date | None, on: date | None) -> bool:
    """Whether `on` lies in [valid_from, valid_to); without a date, whether the row has no end."""
    if on is None:
        return valid_to is None
    return (valid_from is None or valid_from <= on) and (valid_to is None or on < valid_to)


def text_columns(rows: Iterable[Mapping[str, str]], known: Sequence[str]) -> tuple[str, ...]:
    """The columns of `rows` beyond the `known` ones, in the order of the file."""
    for row in rows:
        return tuple(name for name in row if name not in known)
    return ()
