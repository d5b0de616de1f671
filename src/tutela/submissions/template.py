"""Writes an empty workbook for a profile: headings, drop-downs, a sheet of codes, notes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutela.errors import Misuse
from tutela.submissions.profiles import Column, Profile, Texts
from tutela.submissions.values import allowed_codes, reader_for
from tutela.vocabulary import load

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

#: Rows that carry drop-downs and formats.
ROWS = 5000
#: The workbook says no other time, so that the same profile gives the same bytes.
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - workbooks know no time zone
_SAND, _TEAL = "#F3EBDD", "#0F4C4C"


@cache
def _texts() -> Mapping[str, Mapping[str, Texts]]:
    file = files("tutela.submissions").joinpath("template_texts.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def write_template(profile: Profile, out: Path, lang: str) -> None:
    """Write the workbook of a profile in one language; the same call writes the same bytes.

    The first sheet takes the rows; headings are the profile's labels, drop-downs show labels, which
    the readers understand as well as codes.
    """
    import xlsxwriter

    if out.suffix != ".xlsx":
        raise Misuse(f"{out.name} is no .xlsx file.", remedy="Name it with the ending .xlsx.")
    if not out.parent.is_dir():
        raise Misuse(f"There is no folder {out.parent}.")
    beside = out.with_name(f".{out.name}.new")
    with xlsxwriter.Workbook(beside) as book:
        book.set_properties({"title": f"Tutela {profile.name}", "created": _CREATED})
        sheets = {
            name: book.add_worksheet(words[lang]) for name, words in _texts()["sheets"].items()
        }
        ranges = _write_codes(book, sheets["codes"], profile, lang)
        _write_data(book, sheets["data"], profile, lang, ranges)
        _write_notes(book, sheets["notes"], profile, lang)
    beside.replace(out)


def _choices(column: Column, profile: Profile) -> tuple[str, tuple[str, ...]] | None:
    """The list that a column's values come from, and the codes of it that it takes."""
    lists = {"place": "municipalities", "country": "countries"}
    if column.type in lists:
        return lists[column.type], load(profile.country).codelist(lists[column.type]).codes()
    return None if column.codelist is None else (column.codelist, allowed_codes(column, profile))


def _shown(column: Column, profile: Profile, lang: str) -> list[tuple[str, str]]:
    """(what the drop-down offers, code): the label, or the code where the label is not clear."""
    chosen = _choices(column, profile)
    reader = reader_for(column, profile)
    if chosen is None or reader is None:
        return []
    codes = load(profile.country).codelist(chosen[0])
    shown = []
    for code in chosen[1]:
        label = codes.label(code, lang)
        meant = reader(label)[0]
        shown.append((label if meant in (code, [code]) else code, code))
    return shown


def _write_codes(
    book: Workbook, sheet: Worksheet, profile: Profile, lang: str
) -> dict[str, tuple[str, list[str]]]:
    """Write each column's choices beside their codes; returns the ranges of the drop-downs."""
    head = book.add_format({"bold": True, "font_color": "white", "bg_color": _TEAL})
    ranges: dict[str, tuple[str, list[str]]] = {}
    written: dict[tuple[str, ...], str] = {}
    position = 0
    for column in profile.columns:
        shown = _shown(column, profile, lang)
        if not shown:
            continue
        key = tuple(code for _, code in shown)
        if key not in written:
            sheet.write(0, position, column.label[lang], head)
            sheet.write(0, position + 1, "code", head)
            for row, (label, code) in enumerate(shown, start=1):
                sheet.write_string(row, position, label)
                sheet.write_string(row, position + 1, code)
            letters = _letters(position)
            written[key] = (
                f"='{_texts()['sheets']['codes'][lang]}'!${letters}$2:${letters}${len(shown) + 1}"
            )
            sheet.set_column(position, position, 34)
            position += 2
        ranges[column.name] = (written[key], [label for label, _ in shown])
    sheet.freeze_panes(1, 0)
    return ranges


def _write_data(
    book: Workbook,
    sheet: Worksheet,
    profile: Profile,
    lang: str,
    ranges: Mapping[str, tuple[str, list[str]]],
) -> None:
    head = {"bold": True, "text_wrap": True, "valign": "top", "font_color": "white"}
    usual = book.add_format({**head, "bg_color": _TEAL})
    needed = book.add_format({**head, "bg_color": "#8C3B2E"})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for position, column in enumerate(profile.columns):
        sheet.write(0, position, column.label[lang], needed if column.required else usual)
        # Everything but whole days is text, so that 2015 stays a year and 0123 keeps its zero.
        form = day if column.type == "date" else text
        if column.type in ("integer", "amount"):
            form = None
        sheet.set_column(position, position, 20, form)
        if column.name in ranges:
            source, _ = ranges[column.name]
            strict = column.type in ("code", "yes_no")
            sheet.data_validation(1, position, ROWS, position, _drop_down(source, lang, strict))
    sheet.freeze_panes(1, 1)


def _drop_down(source: str, lang: str, strict: bool) -> dict[str, Any]:
    """A list to choose from; where several values or other spellings are fine, only a hint."""
    return {
        "validate": "list",
        "source": source,
        "error_message": _texts()["notes"]["not_in_list"][lang],
        "error_type": "stop" if strict else "information",
        "show_error": strict,
    }


def _write_notes(book: Workbook, sheet: Worksheet, profile: Profile, lang: str) -> None:
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top", "bg_color": _SAND})
    words = _texts()["notes"]
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write(0, 0, f"{profile.label[lang]} ({profile.name}, {profile.version})", bold)
    for row, key in enumerate(("intro", "empty", "identity", "never"), start=1):
        sheet.write(row, 1, words[key][lang], wrap)
    sheet.write(6, 0, words["column"][lang], bold)
    sheet.write(6, 1, words["explanation"][lang], bold)
    for row, column in enumerate(profile.columns, start=7):
        sheet.write(row, 0, column.label[lang])
        sheet.write(row, 1, _explained(column, lang), wrap)


def _explained(column: Column, lang: str) -> str:
    words = _texts()["notes"]
    parts = [_texts()["types"][column.type][lang]]
    if column.note:
        parts.append(column.note[lang])
    if column.required:
        parts.append(words["required"][lang])
    if column.personal:
        parts.append(words["personal"][lang])
    return " ".join(dict.fromkeys(parts))


def _letters(position: int) -> str:
    """The letters of a sheet's column: 0 → A, 26 → AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
