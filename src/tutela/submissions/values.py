"""Reads single values: a code or its label, a place, a country, a number, an amount of money."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from tutela.errors import Misuse
from tutela.submissions.dates import read_date
from tutela.submissions.profiles import Column, Profile
from tutela.vocabulary import CodeList, Vocabulary, load
from tutela.vocabulary.codelist import fold

#: A value (None: not known) and the kind of problem with the text, if any.
Read = tuple[Any, str | None]
Reader = Callable[[str], Read]

_SEVERAL = re.compile(r"[;|]")
_MONEY = re.compile(r"-?\d+(?:[.,]\d{1,2})?")
_GROUPED = re.compile(r"-?\d{1,3}(?:\.\d{3})+,\d{1,2}|-?\d{1,3}(?:,\d{3})+\.\d{1,2}")
_SPACES = re.compile(r"[\s\u00a0\u202f']")
_CURRENCY = re.compile(r"€|EUR", re.IGNORECASE)
_WHOLE = re.compile(r"(-?\d{1,9})(?:[.,]0+)?")
_POSTAL_CODE = re.compile(r"(?:B-)?(\d{4})(?:\s+\D.*)?")


@cache
def synonyms(country: str) -> dict[str, dict[str, str]]:
    """By code list, what administrations write (folded) and the code it means.

    The entry `nothing` holds the words that say that a value is not known.
    """
    file = files("tutela").joinpath("countries").joinpath(country)
    file = file.joinpath("profiles").joinpath("words").joinpath("synonyms.toml")
    declared = tomllib.loads(file.read_text(encoding="utf-8"))
    spoken = {"nothing": {fold(word): "" for word in declared.pop("nothing")}}
    for codelist, codes in declared.items():
        spoken[codelist] = {fold(word): code for code, words in codes.items() for word in words}
    return spoken


def reader_for(column: Column, profile: Profile) -> Reader | None:
    """The function that reads one text of `column`; None for plain texts, names and references."""
    if column.is_date:
        return _whole_date if column.type == "date" else _date
    if column.type == "integer":
        return _integer_reader(column.minimum, column.maximum)
    if column.type == "amount":
        return _amount
    if column.type in ("text", "name", "reference"):
        return None
    vocabulary = load(profile.country)
    words = synonyms(profile.country)
    if column.type == "place":
        return _place_reader(vocabulary, words["nothing"])
    if column.type == "country":
        codes = vocabulary.codelist("countries")
        return _code_reader(codes, {}, words["nothing"], codes.codes(), "unknown_country")
    if column.codelist is None:
        raise Misuse(f"Column {column.name} of profile {profile.name} names no code list.")
    codes = vocabulary.codelist(column.codelist)
    allowed = allowed_codes(column, profile)
    spoken = words.get(column.codelist, {})
    read = _code_reader(codes, spoken, words["nothing"], allowed, "unknown_code")
    return _several(read) if column.type == "codes" else read


def allowed_codes(column: Column, profile: Profile) -> tuple[str, ...]:
    """The codes that `column` takes, in the order of their list."""
    if column.codelist is None:
        return ()
    codes = load(profile.country).codelist(column.codelist)
    if column.codelist == "roles":
        return profile.roles
    if column.event_type is not None:
        return codes.where("event_type", column.event_type)
    return codes.codes()


def _date(text: str) -> Read:
    found = read_date(text)
    return (None, found) if isinstance(found, str) else (found, None)


def _whole_date(text: str) -> Read:
    """A date that an administration sets itself; less than a day is taken, with a warning."""
    found = read_date(text)
    if isinstance(found, str):
        return None, found
    return found, None if found.precision == "day" else "partial_date"


def _integer_reader(minimum: int | None, maximum: int | None) -> Reader:
    def read(text: str) -> Read:
        match = _WHOLE.fullmatch(text)
        if match is None:
            return None, "bad_integer"
        number = int(match.group(1))
        low = minimum is not None and number < minimum
        high = maximum is not None and number > maximum
        return (None, "out_of_range") if low or high else (number, None)

    return read


def _amount(text: str) -> Read:
    """An amount of euro; `1.234` alone is refused, because it may be 1234 or 1.234."""
    bare = _SPACES.sub("", _CURRENCY.sub("", text))
    if _GROUPED.fullmatch(bare):
        mark = max(bare.rfind("."), bare.rfind(","))
        bare = re.sub(r"[.,]", "", bare[:mark]) + "." + bare[mark + 1 :]
    elif not _MONEY.fullmatch(bare):
        return None, "bad_amount"
    amount = float(bare.replace(",", "."))
    return (None, "negative_amount") if amount < 0 else (amount, None)


def _code_reader(
    codes: CodeList,
    spoken: Mapping[str, str],
    nothing: Mapping[str, str],
    allowed: tuple[str, ...],
    problem: str,
) -> Reader:
    taken = frozenset(allowed)
    # A label that two codes of the list share (“other reason”) may be clear among those allowed.
    labels = _clear_labels(codes, allowed) if len(allowed) < len(codes) else {}

    def read(text: str) -> Read:
        code = codes.find(text) or spoken.get(fold(text)) or labels.get(fold(text))
        if code is not None and code in taken:
            return code, None
        return (None, None) if code is None and fold(text) in nothing else (None, problem)

    return read


def _clear_labels(codes: CodeList, allowed: tuple[str, ...]) -> dict[str, str]:
    """Folded label → the only allowed code that carries it."""
    carriers: dict[str, set[str]] = {}
    for code in allowed:
        for label in codes.labels(code).values():
            carriers.setdefault(fold(label), set()).add(code)
    return {label: found.pop() for label, found in carriers.items() if len(found) == 1}


def _several(read: Reader) -> Reader:
    def read_all(text: str) -> Read:
        found: list[str] = []
        for part in filter(None, (part.strip() for part in _SEVERAL.split(text))):
            code, problem = read(part)
            if problem is not None:
                return None, problem
            if code is not None and code not in found:
                found.append(code)
        known = [code for code in found if code != "unknown"]
        return (known or found or None), None

    return read_all


def _place_reader(vocabulary: Vocabulary, nothing: Mapping[str, str]) -> Reader:
    municipalities = vocabulary.codelist("municipalities")
    by_postal_code = vocabulary.mapping("municipality_of_postal_code")

    def read(text: str) -> Read:
        code = municipalities.find(text)
        if code is None and (postal := _POSTAL_CODE.fullmatch(text)):
            code = by_postal_code.get(postal.group(1))
        if code is not None:
            return code, None
        return (None, None) if fold(text) in nothing else (None, "unknown_place")

    return read
