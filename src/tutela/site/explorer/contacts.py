"""Where somebody in danger finds help, from the country pack's dated list."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class Contact:
    """A number to dial: as it is written, as it is dialled, whose it is and what for."""

    shown: str
    dial: str
    name: str
    purpose: str


@lru_cache(maxsize=8)
def contacts(language: str, country: str = "be") -> tuple[Contact, ...]:
    """The services that somebody who reads `language` is pointed to, the most urgent first."""
    path = files("tutela") / "countries" / country / "contacts.csv"
    return tuple(
        Contact(row["shown"], row["dial"], row["name"], row[language])
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        if language in row["languages"].split()
    )
