"""The empty workbook: the same bytes each time, and filled in it is a valid file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tutela.errors import Misuse
from tutela.submissions.profiles import LANGUAGES, load_profile, profile_names
from tutela.submissions.template import write_template
from tutela.submissions.validate import validate_file

from .sample import sample_row


def test_the_same_profile_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_template(load_profile("courts"), tmp_path / name, "fr")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize("name", profile_names())
def test_filled_in_it_is_valid(tmp_path: Path, name: str) -> None:
    """Every drop-down is filled with a choice that it offers, in the language of the workbook."""
    lang = LANGUAGES[profile_names().index(name) % 4]
    profile = load_profile(name)
    path = tmp_path / "t.xlsx"
    write_template(profile, path, lang)
    book = openpyxl.load_workbook(path)
    sheet, codes = book.worksheets[0], book.worksheets[1]
    offered: dict[str, list[str]] = {}
    for validation in sheet.data_validations.dataValidation:
        column = next(iter(validation.sqref.ranges)).min_col
        where = validation.formula1.split("!")[1].replace("$", "")
        offered[profile.columns[column - 1].name] = [
            cell.value for (cell,) in codes[where] if cell.value
        ]
    row = sample_row(profile)
    for at, column in enumerate(profile.columns, start=1):
        assert sheet.cell(1, at).value == column.label[lang]
        value: object = row[column.name]
        if column.name in offered and column.type in ("code", "yes_no") and value:
            value = offered[column.name][0]
        if column.type == "date" and value:
            day, month, year = str(value).split("/")
            value = date(int(year), int(month), int(day))
        sheet.cell(2, at).value = value or None
    if profile.has("role"):
        assert len(offered["role"]) == 2
    book.save(path)
    report = validate_file(path, profile, lang)
    assert (report.rows, report.errors) == (1, 0), report.as_dict()


@pytest.mark.parametrize("name", profile_names())
def test_every_choice_is_understood(name: str) -> None:
    from tutela.submissions.template import _choices, _shown
    from tutela.submissions.values import reader_for

    profile = load_profile(name)
    for column in profile.columns:
        if _choices(column, profile) is None or column.type in ("place", "country"):
            continue
        reader = reader_for(column, profile)
        assert reader is not None
        for lang in LANGUAGES:
            for shown, code in _shown(column, profile, lang):
                assert reader(shown)[0] in (code, [code])


def test_a_place_to_write_that_is_not_there_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse):
        write_template(load_profile("courts"), tmp_path / "t.csv", "fr")
    with pytest.raises(Misuse):
        write_template(load_profile("courts"), tmp_path / "no" / "t.xlsx", "fr")
