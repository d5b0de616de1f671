"""Submission profiles: what an agency's columns mean, which events and rules follow from them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tutela.declared_profiles import declared_names, declared_profile

LANGUAGES = ("fr", "nl", "de", "en")
Texts = Mapping[str, str]

_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Column:
    """One column of a profile: what it is called, which values it takes.

    `type` is text, name, reference, partial_date, date, code, codes, yes_no, integer, amount,
    place or country. `personal` columns never leave the agency as they are. In a `lenient` column
    an unreadable value is a warning and taken as unknown. `event_type` narrows the code list
    `outcomes` to the outcomes of that event.
    """

    name: str
    type: str
    label: Texts
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: Texts = field(default_factory=dict)
    codelist: str | None = None
    event_type: str | None = None
    required: bool = False
    personal: bool = False
    lenient: bool = False
    minimum: int | None = None
    maximum: int | None = None

    @property
    def is_date(self) -> bool:
        """Whether the column holds dates, whole or partial."""
        return self.type in ("date", "partial_date")

    def headings(self) -> tuple[str, ...]:
        """Every heading that is accepted for this column, the labels first."""
        spoken = [self.label[lang] for lang in LANGUAGES]
        spoken += [alias for lang in LANGUAGES for alias in self.aliases.get(lang, ())]
        return tuple(dict.fromkeys([*spoken, self.name]))


@dataclass(frozen=True)
class EventRule:
    """Which event a row gives: its type, the column of its date, and what it copies.

    The event exists where `when` (by default the date) is filled in. An event without a date of its
    own takes the year of `year_of`. `copies` maps fields of the event to columns.
    """

    type: str
    when: str
    date: str | None = None
    year_of: str | None = None
    role: str | None = None
    copies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """A rule between columns; `kind` names its check in `tutela.submissions.rules`."""

    name: str
    kind: str
    severity: str
    message: Texts
    remedy: Texts
    role: str | None
    where: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]]
    options: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Profile:
    """What one kind of agency hands in. `identified` are the columns that date identification;
    with `one_per_person` a file never holds two records of one person."""

    name: str
    version: int
    agency: str
    label: Texts
    roles: tuple[str, ...]
    period: str
    due_days: int
    max_age_days: int
    matter: str
    persons_optional: bool
    one_per_person: bool
    identified: tuple[str, ...]
    columns: tuple[Column, ...]
    events: tuple[EventRule, ...]
    rules: tuple[Rule, ...]
    country: str

    def column(self, name: str) -> Column:
        """The column called `name`."""
        return next(column for column in self.columns if column.name == name)

    def has(self, name: str) -> bool:
        """Whether the profile declares the column `name`."""
        return any(column.name == name for column in self.columns)

    @property
    def personal(self) -> tuple[str, ...]:
        """Names of the identity columns, which never leave the agency as they are."""
        return tuple(column.name for column in self.columns if column.personal)


def fold_heading(heading: str) -> str:
    """A heading as it is compared: no case, no accents, letters and digits only."""
    plain = unicodedata.normalize("NFKD", heading.casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _NOT_ALPHANUMERIC.sub("", bare)


def profile_names(country: str = "be") -> tuple[str, ...]:
    """Names of the profiles of a country pack, sorted."""
    return declared_names(country)


@cache
def load_profile(name: str, country: str = "be") -> Profile:
    """The profile called `name`; raises Misuse where the country pack has none of that name."""
    declared = declared_profile(name, country)
    return Profile(
        name=declared["name"],
        version=declared["version"],
        agency=declared["agency"],
        label=declared["label"],
        roles=tuple(declared["roles"]),
        period=declared["period"],
        due_days=declared["due_days"],
        max_age_days=declared["max_age_days"],
        matter=declared.get("matter", "case_number"),
        persons_optional=declared.get("persons_optional", False),
        one_per_person=declared.get("one_per_person", False),
        identified=tuple(declared["identified"]),
        columns=tuple(_column(entry) for entry in declared["columns"]),
        events=tuple(_event(entry) for entry in declared["events"]),
        rules=tuple(_rule(entry) for entry in declared["rules"]),
        country=country,
    )


def _column(entry: Mapping[str, Any]) -> Column:
    aliases = {lang: tuple(words) for lang, words in entry.get("aliases", {}).items()}
    codelist = "yes_no" if entry["type"] == "yes_no" else entry.get("codelist")
    return Column(**{**entry, "aliases": aliases, "codelist": codelist})


def _event(entry: Mapping[str, Any]) -> EventRule:
    known = {"type", "when", "date", "year_of", "role"}
    return EventRule(
        type=entry["type"],
        when=entry.get("when") or entry["date"],
        date=entry.get("date"),
        year_of=entry.get("year_of"),
        role=entry.get("role"),
        copies={name: column for name, column in entry.items() if name not in known},
    )


def _rule(entry: Mapping[str, Any]) -> Rule:
    known = {"name", "kind", "severity", "message", "remedy", "role", "where", "unless"}
    return Rule(
        name=entry["name"],
        kind=entry["kind"],
        severity=entry["severity"],
        message=entry["message"],
        remedy=entry["remedy"],
        role=entry.get("role"),
        where={name: tuple(codes) for name, codes in entry.get("where", {}).items()},
        unless={name: tuple(codes) for name, codes in entry.get("unless", {}).items()},
        options={key: value for key, value in entry.items() if key not in known},
    )
