"""One plain sentence or two per indicator, in four languages, from shown cells only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import polars as pl

from tutela.publication.charts.cells import TOTAL
from tutela.publication.charts.words import THOUSANDS
from tutela.publication.release import LANGUAGES

Text = dict[str, str]

#: How far back a headline looks for something to compare with.
_PERIODS_BACK = 5
#: Codes that say how a record was filled in, not what happened.
_NOT_A_FINDING = ("unknown", "UNKNOWN", "several", "other", "earlier", "none")
_YES_CODE = "yes"

_COUNT = {
    "fr": "{who} : {count} {when}",
    "nl": "{who}: {count} {when}",
    "de": "{who}: {count} {when}",
    "en": "{who}: {count} {when}",
}
_AGAINST = {
    "fr": ", contre {count} {when}",
    "nl": ", tegenover {count} {when}",
    "de": ", gegenüber {count} {when}",
    "en": ", against {count} {when}",
}
#: One year, and a longer period.
_WHEN = {
    "fr": ("en {period}", "en {period}"),
    "nl": ("in {period}", "in {period}"),
    "de": ("im Jahr {period}", "im Zeitraum {period}"),
    "en": ("in {period}", "in {period}"),
}
#: A table without years counts all of them together.
_ALWAYS = {
    "fr": "toutes années confondues",
    "nl": "over alle jaren samen",
    "de": "über alle Jahre zusammen",
    "en": "over all years together",
}
_LARGEST = {
    "fr": " Le plus grand groupe visible : {name} ({count}).",
    "nl": " De grootste zichtbare groep: {name} ({count}).",
    "de": " Die größte sichtbare Gruppe: {name} ({count}).",
    "en": " The largest group shown: {name} ({count}).",
}
#: A question answered by yes or no: how many yes.
_YES = {
    "fr": " {question} : {name} ({count}).",
    "nl": " {question}: {name} ({count}).",
    "de": " {question}: {name} ({count}).",
    "en": " {question}: {name} ({count}).",
}
_ROOM = {
    "fr": " Comme les fiches sont couplées par probabilité, le vrai compte peut se situer entre "
    "{low} et {high}.",
    "nl": " Omdat records op waarschijnlijkheid worden gekoppeld, kan de werkelijke telling tussen "
    "{low} en {high} liggen.",
    "de": " Da Datensätze nach Wahrscheinlichkeit verknüpft werden, kann die wahre Zahl zwischen "
    "{low} und {high} liegen.",
    "en": " Because records are linked by probability, the true count may lie between {low} and "
    "{high}.",
}
_OF_FACTS = {
    "fr": " (année des faits)",
    "nl": " (jaar van de feiten)",
    "de": " (Jahr der Taten)",
    "en": " (year of the facts)",
}
_ABSENT = {
    "hidden": {
        "fr": "{who} : le nombre {when} est caché pour protéger des personnes.",
        "nl": "{who}: het aantal {when} is verborgen om mensen te beschermen.",
        "de": "{who}: Die Zahl {when} ist zum Schutz von Personen verborgen.",
        "en": "{who}: the number {when} is hidden to protect people.",
    },
    "unknown": {
        "fr": "{who} : le nombre {when} est inconnu. Inconnu ne veut pas dire zéro.",
        "nl": "{who}: het aantal {when} is onbekend. Onbekend is niet nul.",
        "de": "{who}: Die Zahl {when} ist unbekannt. Unbekannt heißt nicht null.",
        "en": "{who}: the number {when} is unknown. Unknown does not mean zero.",
    },
    "zero": {
        "fr": "{who} : aucun {when}.",
        "nl": "{who}: geen {when}.",
        "de": "{who}: keine {when}.",
        "en": "{who}: none {when}.",
    },
    "not_applicable": {
        "fr": "{who} : sans objet {when}.",
        "nl": "{who}: niet van toepassing {when}.",
        "de": "{who}: nicht zutreffend {when}.",
        "en": "{who}: does not apply {when}.",
    },
}


def headline(entry: Mapping[str, Any], table: pl.DataFrame) -> Text:
    """Language → the headline of an indicator.

    It gives the last period (or all years, where the table has none), what stood five periods
    before, the room that linkage leaves (`linkage_interval` of the entry, where it has one), and
    the largest group that is shown; each only where its cell is shown.
    """
    shape = entry["chart_tables"][0]
    across = next(d for d in entry["dimensions"] if d["name"] == shape["rows"])
    others = [d["name"] for d in entry["dimensions"] if d["name"] != shape["rows"]]
    totals = table.filter(*[pl.col(name) == TOTAL for name in others])
    cells = {row[shape["rows"]]: row for row in totals.to_dicts()}
    timed = across.get("kind") == "time"
    periods = [
        code["code"]
        for code in across["codes"]
        if timed and code["code"] != TOTAL and code["code"] not in _NOT_A_FINDING
    ]
    label = {code["code"]: code["label"] for code in across["codes"]}
    last = periods[-1] if periods else TOTAL
    cell = cells[last]
    earlier = cells[periods[-1 - _PERIODS_BACK]] if len(periods) > _PERIODS_BACK else None
    if earlier is not None and earlier["status"] != "shown":
        earlier = None
    finding = _finding(entry, table, shape, last)
    room = _room(cell["count"], entry.get("linkage_interval"))
    text: Text = {}
    for language in LANGUAGES:
        who = entry["numerator"][language]
        who = who[:1].upper() + who[1:]
        when = _when(label[last][language], language) if periods else _ALWAYS[language]
        if cell["status"] != "shown":
            text[language] = _ABSENT[cell["status"]][language].format(who=who, when=when)
            continue
        words = _COUNT[language].format(who=who, count=_number(cell["count"], language), when=when)
        if earlier is not None:
            words += _AGAINST[language].format(
                count=_number(earlier["count"], language),
                when=_when(label[earlier[shape["rows"]]][language], language),
            )
        if periods and entry["year_of"] == "facts":
            words += _OF_FACTS[language]
        words += "."
        if room is not None:
            low, high = (_number(value, language) for value in room)
            words += _ROOM[language].format(low=low, high=high)
        if finding is not None:
            form = _YES if finding.question else _LARGEST
            words += form[language].format(
                question=(finding.question or {}).get(language),
                name=finding.name[language],
                count=_number(finding.count, language),
            )
        text[language] = words
    return text


def _room(count: int | None, interval: Mapping[str, Any] | None) -> tuple[int, int] | None:
    """The interval of a shown count by the ratios of its entry; None where it is the count."""
    if count is None or interval is None:
        return None
    room = floor(count * interval["lower"]), ceil(count * interval["upper"])
    return None if room == (count, count) else room


def _when(period: str, language: str) -> str:
    """`period`, a label such as 2025 or 2022-2025, inside a sentence."""
    one_year = period.isdigit() and len(period) == 4
    return _WHEN[language][0 if one_year else 1].format(period=period)


@dataclass(frozen=True)
class _Finding:
    """A group worth naming; `question` where it is the answer to one."""

    name: Text
    count: int
    question: Text | None = None


def _finding(
    entry: Mapping[str, Any], table: pl.DataFrame, shape: Mapping[str, Any], period: str
) -> _Finding | None:
    """How many answered yes, or the largest group under the total; from shown cells only."""
    if shape["columns"] is None:
        return None
    down = next(d for d in entry["dimensions"] if d["name"] == shape["columns"])
    labels = {
        code["code"]: code["label"]
        for code in down["codes"]
        if code["parent"] in (None, TOTAL) and code["code"] not in (TOTAL, *_NOT_A_FINDING)
    }
    question = down["label"] if _YES_CODE in labels else None
    wanted = [_YES_CODE] if question else list(labels)
    fixed = [pl.col(name) == code for name, code in shape["fixed"].items()]
    shown = table.filter(
        pl.col(shape["rows"]) == period,
        pl.col(down["name"]).is_in(wanted),
        pl.col("status") == "shown",
        *fixed,
    ).sort("count", descending=True, maintain_order=True)
    if shown.height == 0 or (shown.height > 1 and shown["count"][0] == shown["count"][1]):
        return None
    return _Finding(labels[shown[down["name"]][0]], int(shown["count"][0]), question)


def _number(value: int, language: str) -> str:
    """A whole number as `language` writes it."""
    return f"{value:,}".replace(",", THOUSANDS[language])
