"""A malformed code file is refused by file, row and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutela.errors import InputRefused
from tutela.vocabulary.rows import parse_date, read_rows


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sex.csv"
    path.write_text("code,fr\nF,Féminin\n", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"sex\.csv: column nl is missing"):
        read_rows(path, ("code", "fr", "nl"))


def test_a_short_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sex.csv"
    path.write_text("code,fr\nF,Féminin\nM\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="line 3: 1 cells where the header has 2"):
        read_rows(path, ("code", "fr"))


def test_a_date_is_iso_or_empty() -> None:
    assert parse_date("", "here") is None
    with pytest.raises(InputRefused, match=r"list x, code a: '31/12/2020' is not a date"):
        parse_date("31/12/2020", "list x, code a")
