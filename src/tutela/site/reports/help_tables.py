"""The country pack's dated tables of help: mechanisms abroad, services that take pictures down."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Place:
    """Where one can turn to: a name, an address to type or follow, a number, what for, and the day
    on which somebody last looked whether it is still true."""

    name: str
    web: str
    phone: str
    purpose: str
    checked: date
    confirmed: bool


@cache
def _rows(name: str, country: str = "be") -> tuple[dict[str, str], ...]:
    path = files("tutela") / "countries" / country / "reporting" / name
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _place(row: dict[str, str], language: str) -> Place:
    return Place(
        row["name"],
        row["web"],
        row.get("phone", ""),
        row.get(language, ""),
        date.fromisoformat(row["checked"]),
        row["status"] == "verified",
    )


def mechanisms(country: str, language: str, on: date) -> tuple[Place, ...]:
    """The reporting mechanisms of a country (ISO 3166-1 alpha-2) that are valid on a day."""
    return tuple(
        _place(row, language)
        for row in _rows("foreign_mechanisms.csv")
        if row["country"] == country
        and (not row["valid_from"] or date.fromisoformat(row["valid_from"]) <= on)
        and (not row["valid_to"] or on < date.fromisoformat(row["valid_to"]))
    )


def alternatives(language: str) -> tuple[Place, ...]:
    """Where to turn when a country has no mechanism of its own."""
    return tuple(_place(row, language) for row in _rows("alternatives.csv"))


def takedown(language: str) -> tuple[Place, ...]:
    """Services that have pictures taken down without seeing them."""
    return tuple(_place(row, language) for row in _rows("takedown.csv"))
