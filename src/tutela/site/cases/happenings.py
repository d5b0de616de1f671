"""What can happen in a child's file: the pack's list, and the events of the law's time limits."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO

from tutela.law.words import read_words

LANGUAGES = ("fr", "nl", "de", "en")
#: The part of a file to which the events of the law's time limits belong.
BY_LAW = "law"


@dataclass(frozen=True)
class Happening:
    """A kind of dated fact; `part` is the part of the file in which it is recorded."""

    id: str
    part: str
    label: Mapping[str, str]


@cache
def happenings(country: str = "be") -> Mapping[str, Happening]:
    """Every kind of dated fact by its code, in the order of the list.

    Raises ValueError when the pack's list repeats a code, its own or the law's.
    """
    found: dict[str, Happening] = {}
    for row in rows("happenings.csv", country):
        if row["id"] in found:
            raise ValueError(f"happenings.csv: {row['id']!r} stands twice")
        found[row["id"]] = Happening(row["id"], row["part"], labels(row))
    for code, words in read_words("codes")["event"].items():
        if code in found:
            raise ValueError(f"happenings.csv: {code!r} is an event of the law's time limits")
        found[code] = Happening(code, BY_LAW, words)
    return found


def rows(name: str, country: str) -> list[dict[str, str]]:
    """The rows of a table of the pack's `protection` folder."""
    text = (files(f"tutela.countries.{country}") / "protection" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(StringIO(text)))


def labels(row: Mapping[str, str]) -> Mapping[str, str]:
    """The four labels of a row."""
    return {language: row[f"label_{language}"] for language in LANGUAGES}
