"""The register of processing (GDPR art. 30), as the country pack declares it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from tutela.errors import InputRefused

LANGUAGES = ("fr", "nl", "de", "en")
#: Columns of codes, in the order of art. 30(1)(c) to (g).
TERMS = ("subjects", "data", "recipients", "transfers", "measures")


@dataclass(frozen=True)
class Processing:
    """One activity in the words of one language."""

    code: str
    #: The site that does it: agency, centre, public, or both (where people sign in).
    site: str
    name: str
    purpose: str
    basis: str
    subjects: tuple[str, ...]
    data: tuple[str, ...]
    recipients: tuple[str, ...]
    transfers: tuple[str, ...]
    measures: tuple[str, ...]
    #: The class of `retention.csv`, or "".
    retention: str
    status: str


@dataclass(frozen=True)
class Authority:
    """A supervisory authority: its name, for whom it is there, its address."""

    name: str
    scope: str
    address: str


def _rows(name: str, country: str) -> list[dict[str, str]]:
    path = files("tutela") / "countries" / country / name
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@lru_cache(maxsize=8)
def processing(language: str, country: str = "be") -> tuple[Processing, ...]:
    """Every activity, in one language; InputRefused for a code that no term explains."""
    terms = {
        (row["kind"], row["code"]): row[language] for row in _rows("processing_terms.csv", country)
    }
    found = []
    for line, row in enumerate(_rows("processing.csv", country), start=2):
        words: dict[str, tuple[str, ...]] = {}
        for column in TERMS:
            codes = row[column].split()
            unknown = [code for code in codes if (column, code) not in terms]
            if unknown or not codes:
                raise InputRefused(
                    f"processing.csv, line {line}, column {column}: {' '.join(unknown)!r} is no"
                    " term",
                    remedy="Add it to processing_terms.csv, in four languages.",
                )
            words[column] = tuple(terms[column, code] for code in codes)
        found.append(
            Processing(
                code=row["code"], site=row["site"], name=row[language],
                purpose=row[f"purpose_{language}"], basis=row["basis"],
                retention=row["retention"], status=row["status"], **words,
            )
        )  # fmt: skip
    return tuple(found)


@lru_cache(maxsize=8)
def authorities(language: str, country: str = "be") -> tuple[Authority, ...]:
    """The supervisory authorities, the general one first."""
    return tuple(
        Authority(row[f"name_{language}"], row[language], row["address"])
        for row in _rows("supervisory_authorities.csv", country)
    )
