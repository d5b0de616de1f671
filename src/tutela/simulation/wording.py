"""Puts rows into an agency's words: its headings, labels, dates and places."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from tutela.declared_profiles import declared_profile
from tutela.simulation.habits import Habits
from tutela.vocabulary import load

_DAY_FORMATS = {"dmy": "%d/%m/%Y", "iso": "%Y-%m-%d", "typed": "%Y-%m-%d"}
_MONTH_FORMATS = {"dmy": "%m/%Y", "iso": "%Y-%m", "typed": "%Y-%m"}
SYNTHETIC = "SYNTHETIC"


def in_words(frame: pl.DataFrame, habits: Habits, country: str = "be") -> pl.DataFrame:
    """The columns of the agency's profile under its headings, written its way, and `synthetic`.

    `frame` has canonical names; a partial date `x` comes with `x.precision` (day, month, year).
    Columns that the profile does not have are left out.
    """
    profile = declared_profile(habits.agency, country)
    written: list[pl.Expr] = []
    for column in profile["columns"]:
        name = column["name"]
        if name in frame.columns:
            written.append(_written(column, frame, habits, country).alias(_heading(column, habits)))
    written.append(pl.lit(SYNTHETIC).alias("synthetic"))
    return frame.select(written)


def _heading(column: Mapping[str, Any], habits: Habits) -> str:
    aliases = column.get("aliases", {}).get(habits.language, [])
    if habits.headings == "alias" and aliases:
        return str(aliases[0])
    return str(column["label"][habits.language])


def _written(
    column: Mapping[str, Any], frame: pl.DataFrame, habits: Habits, country: str
) -> pl.Expr:
    name, kind = column["name"], column["type"]
    value = pl.col(name)
    if kind == "date":
        return value if habits.dates == "typed" else value.dt.strftime(_DAY_FORMATS[habits.dates])
    if kind == "partial_date":
        return _partial(value, pl.col(f"{name}.precision"), habits)
    if kind == "place":
        return _renamed(value, frame[name], place_words(habits.places, habits.language, country))
    # Justice writes offences by article everywhere: their labels are long and not all unique.
    by_article = column.get("codelist") == "offences"
    if (
        kind in ("country", "code", "codes", "yes_no")
        and habits.codes == "label"
        and not by_article
    ):
        lists = {"country": "countries", "yes_no": "yes_no"}
        words = code_words(lists.get(kind) or column["codelist"], habits.language, country)
        return _renamed(value, frame[name], words)
    return value


def _partial(value: pl.Expr, precision: pl.Expr, habits: Habits) -> pl.Expr:
    return (
        pl.when(precision == "year")
        .then(value.dt.strftime("%Y"))
        .when(precision == "month")
        .then(value.dt.strftime(_MONTH_FORMATS[habits.dates]))
        .otherwise(value.dt.strftime(_DAY_FORMATS[habits.dates]))
    )


def _renamed(value: pl.Expr, texts: pl.Series, words: Mapping[str, str]) -> pl.Expr:
    """Replace codes, and codes apart by `;`, by words; a code without words stays."""
    table = {
        text: "; ".join(words.get(code, code) for code in text.split(";"))
        for text in texts.drop_nulls().unique().to_list()
    }
    return value.replace_strict(table, default=None, return_dtype=pl.String) if table else value


@cache
def code_words(codelist: str, language: str, country: str) -> dict[str, str]:
    """Labels of a code list in one language."""
    codes = load(country).codelist(codelist)
    return {code: codes.label(code, language) for code in codes.codes()}


@cache
def place_words(way: str, language: str, country: str) -> dict[str, str]:
    """Names or postal codes of municipalities, where they mean one municipality only."""
    if way == "refnis":
        return {}
    if way == "postal":
        frame = load(country).mapping("municipality_of_postal_code").frame()
        words = frame.select(frame.columns[:2]).rows()
        return {municipality: postal for postal, municipality in reversed(words)}
    names = code_words("municipalities", language, country)
    seen: dict[str, int] = {}
    for name in names.values():
        seen[name] = seen.get(name, 0) + 1
    return {code: name for code, name in names.items() if seen[name] == 1}
