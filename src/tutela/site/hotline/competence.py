"""Which one of the bodies of a kind is meant: whose police, whose prosecution, whose youth care.

A rule says "the local police"; this says of which municipality. Nothing is guessed: where the
place is not known, or is the name of several places, the answer says what to ask. Europol and
INTERPOL are nobody's direct receiver: they stand behind the Federal Police. Knows no Django.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from anyascii import anyascii

from tutela.countries.be.geography import (
    arrondissement_of_municipality,
    arrondissements,
    language_region_of_municipality,
    municipalities,
)
from tutela.countries.be.postal_codes import municipality_of_postal_code
from tutela.site.hotline.declared import desk, ombudspersons

KINGDOM = "kingdom"
#: Communities that act for children in each language region; in Brussels both may.
_COMMUNITIES = {
    "nl": ("flemish",),
    "fr": ("french",),
    "de": ("german_speaking",),
    "bilingual": ("flemish", "french"),
}
_POSTAL = re.compile(r"\b[1-9]\d{3}\b")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


class Ask(StrEnum):
    """What must be asked before the body is known."""

    NOTHING = ""
    PLACE = "place"
    WHICH_PLACE = "which_place"
    COUNTRY = "country"


@dataclass(frozen=True)
class Competent:
    """The body that is meant: its kind, its area, who is reached through it, what to ask.

    `areas` are codes: REFNIS, judicial arrondissement, communities or a country; empty for one body
    of the kingdom, and while `ask` says what is not known.
    """

    to: str
    kind: str
    areas: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    ask: Ask = Ask.NOTHING


@dataclass(frozen=True)
class Ombudsperson:
    """Who takes complaints about a community's services for children; no name: there is none."""

    community: str
    name: str
    web: str


def competent(to: str, *, place: str = "", country: str = "") -> Competent:
    """Which body of the kind `to` is meant, for a place in words and a country (ISO, "" at home).

    `place` may hold a name of a municipality in any of its languages, or a postal code.
    """
    kind = str(desk()["area"].get(to, KINGDOM))
    onward = tuple(desk()["onward"].get(to, ()))
    if kind == KINGDOM:
        return Competent(to, kind, onward=onward)
    if kind == "country":
        known = (country,) if country and country != "BE" else ()
        return Competent(to, kind, known, onward, Ask.NOTHING if known else Ask.COUNTRY)
    found = municipalities_of(place)
    areas = tuple(dict.fromkeys(area for code in found for area in _areas(kind, code)))
    if not found:
        return Competent(to, kind, (), onward, Ask.PLACE)
    # Several places of one name may still lie in one arrondissement or community.
    if len(found) > 1 and areas != _areas(kind, found[0]):
        return Competent(to, kind, (), onward, Ask.WHICH_PLACE)
    return Competent(to, kind, areas, onward)


def complaints(place: str) -> tuple[Ombudsperson, ...]:
    """The ombudspersons for children of the place's communities; () where the place is not known.

    One without a name stands for a community that has appointed none.
    """
    found = municipalities_of(place)
    communities = dict.fromkeys(one for code in found for one in _areas("community", code))
    return tuple(
        Ombudsperson(one, ombudspersons()[one]["name"], ombudspersons()[one]["web"])
        for one in communities
    )


def municipalities_of(place: str) -> tuple[str, ...]:
    """The municipalities (REFNIS) that a place in words may be: by postal code, or by name."""
    for code in _POSTAL.findall(place):
        if code in _postal():
            return (_postal()[code],)
    names = _names()
    words = _fold(place).split()
    for size in range(min(len(words), _LONGEST), 0, -1):
        found: dict[str, None] = {}
        for start in range(len(words) - size + 1):
            for code in names.get(" ".join(words[start : start + size]), ()):
                found[code] = None
        if found:
            return tuple(found)
    return ()


def label(kind: str, area: str, language: str) -> str:
    """The name of a municipality or arrondissement in a language; the code for other areas."""
    rows = _rows(kind)
    return rows[area][language] if area in rows else area


#: Words of the longest name of a municipality.
_LONGEST = 5


def _fold(text: str) -> str:
    return _NOT_A_LETTER.sub(" ", anyascii(text).casefold()).strip()


@cache
def _names() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for row in municipalities():
        for language in ("fr", "nl", "de", "en"):
            codes = found.setdefault(_fold(row[language]), [])
            if row["code"] not in codes:
                codes.append(row["code"])
    return found


@cache
def _rows(kind: str) -> Mapping[str, Mapping[str, str]]:
    given = {"municipality": municipalities, "arrondissement": arrondissements}.get(kind)
    return {row["code"]: row for row in given()} if given else {}


@cache
def _postal() -> Mapping[str, str]:
    return {row["code"]: row["target"] for row in municipality_of_postal_code()}


@cache
def _linked(kind: str) -> Mapping[str, str]:
    rows = (
        arrondissement_of_municipality()
        if kind == "arrondissement"
        else language_region_of_municipality()
    )
    return {row["code"]: row["target"] for row in rows}


def _areas(kind: str, municipality: str) -> tuple[str, ...]:
    if kind == "municipality":
        return (municipality,)
    if kind == "arrondissement":
        target = _linked(kind).get(municipality)
        return (target,) if target else ()
    return _COMMUNITIES[_linked("community")[municipality]]
