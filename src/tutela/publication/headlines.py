"""One plain sentence or two per indicator, in four languages, from shown cells only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tutela.publication.charts.cells import TOTAL
from tutela.publication.charts.words import THOUSANDS
from tutela.publication.release import LANGUAGES

Text = dict[str, str]

#: How far back a headline looks for something to compare with.
_YEARS_BACK = 5
#: Codes that say how a record was filled in, not what happened.
_NOT_A_FINDING = ("unknown", "UNKNOWN", "several", "other", "not_collected")

#: Many, and one: a label of a unit is a plural, which one child does not take.
_COUNT = {
    "fr": ("{period} : {count} {unit}", "{period} : {unit} : {count}"),
    "nl": ("{period}: {count} {unit}", "{period}: {unit}: {count}"),
    "de": ("{period}: {count} {unit}", "{period}: {unit}: {count}"),
    "en": ("{period}: {count} {unit}", "{period}: {unit}: {count}"),
}
_AGAINST = {
    "fr": ", contre {count} en {period}",
    "nl": ", tegenover {count} in {period}",
    "de": ", gegenüber {count} im Zeitraum {period}",
    "en": ", against {count} in {period}",
}
_LARGEST = {
    "fr": " Le plus grand groupe visible : {name} ({count}).",
    "nl": " De grootste zichtbare groep: {name} ({count}).",
    "de": " Die größte sichtbare Gruppe: {name} ({count}).",
    "en": " The largest group shown: {name} ({count}).",
}
_ABSENT = {
    "hidden": {
        "fr": "{period} : le nombre est caché, car il est trop petit pour être montré sans risque.",
        "nl": "{period}: het aantal is verborgen, want het is te klein om veilig te tonen.",
        "de": "{period}: Die Zahl ist verborgen; sie ist zu klein, um sie gefahrlos zu zeigen.",
        "en": "{period}: the number is hidden, for it is too small to be shown safely.",
    },
    "unknown": {
        "fr": "{period} : le nombre est inconnu. Inconnu ne veut pas dire zéro.",
        "nl": "{period}: het aantal is onbekend. Onbekend is niet nul.",
        "de": "{period}: Die Zahl ist unbekannt. Unbekannt heißt nicht null.",
        "en": "{period}: the number is unknown. Unknown does not mean zero.",
    },
    "zero": {
        "fr": "{period} : aucun cas, et aucun n’était possible.",
        "nl": "{period}: geen, en geen enkel was mogelijk.",
        "de": "{period}: keine, und keine waren möglich.",
        "en": "{period}: none, and none was possible.",
    },
    "not_applicable": {
        "fr": "{period} : sans objet.",
        "nl": "{period}: niet van toepassing.",
        "de": "{period}: nicht zutreffend.",
        "en": "{period}: does not apply.",
    },
}


def headline(entry: Mapping[str, Any], table: pl.DataFrame) -> Text:
    """Language → the headline of an indicator.

    It gives the last period, what stood five periods before, and the largest group that is shown;
    each only where its cell is shown.
    """
    shape = entry["chart_tables"][0]
    across = next(d for d in entry["dimensions"] if d["name"] == shape["rows"])
    others = [d["name"] for d in entry["dimensions"] if d["name"] != shape["rows"]]
    totals = table.filter(*[pl.col(name) == TOTAL for name in others])
    cells = {row[shape["rows"]]: row for row in totals.to_dicts()}
    periods = [
        code["code"]
        for code in across["codes"]
        if code["code"] != TOTAL and code["code"] not in _NOT_A_FINDING
    ]
    label = {code["code"]: code["label"] for code in across["codes"]}
    last = periods[-1]
    cell = cells[last]
    if cell["status"] != "shown":
        return {
            language: _ABSENT[cell["status"]][language].format(period=label[last][language])
            for language in LANGUAGES
        }
    before = periods[-1 - _YEARS_BACK] if len(periods) > _YEARS_BACK else None
    earlier = cells[before] if before is not None else None
    largest = _largest(entry, table, shape, last)
    text: Text = {}
    for language in LANGUAGES:
        form = _COUNT[language][0 if cell["count"] != 1 else 1]
        words = form.format(
            period=label[last][language],
            count=_number(cell["count"], language),
            unit=entry["unit"]["label"][language],
        )
        if earlier is not None and earlier["status"] == "shown":
            words += _AGAINST[language].format(
                count=_number(earlier["count"], language), period=label[before][language]
            )
        words += "."
        if largest is not None:
            name, count = largest
            words += _LARGEST[language].format(name=name[language], count=_number(count, language))
        text[language] = words
    return text


def _largest(
    entry: Mapping[str, Any], table: pl.DataFrame, shape: Mapping[str, Any], period: str
) -> tuple[Text, int] | None:
    """The label and count of the largest shown group under the total, if the chart has groups."""
    if shape["columns"] is None:
        return None
    down = next(d for d in entry["dimensions"] if d["name"] == shape["columns"])
    labels = {
        code["code"]: code["label"]
        for code in down["codes"]
        if code["parent"] in (None, TOTAL) and code["code"] not in (TOTAL, *_NOT_A_FINDING)
    }
    fixed = [pl.col(name) == code for name, code in shape["fixed"].items()]
    shown = table.filter(
        pl.col(shape["rows"]) == period,
        pl.col(down["name"]).is_in(list(labels)),
        pl.col("status") == "shown",
        *fixed,
    ).sort("count", descending=True, maintain_order=True)
    if shown.height == 0 or (shown.height > 1 and shown["count"][0] == shown["count"][1]):
        return None
    return labels[shown[down["name"]][0]], int(shown["count"][0])


def _number(value: int, language: str) -> str:
    """A whole number as `language` writes it."""
    return f"{value:,}".replace(",", THOUSANDS[language])
