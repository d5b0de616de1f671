"""Files of every usual dialect give the same rows, with the row numbers of the file."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tutela.errors import InputRefused
from tutela.submissions.profiles import load_profile
from tutela.submissions.reading import ROW, Source, open_source
from tutela.submissions.validate import validate_file

from .sample import sample_rows, write_csv

LOCAL = load_profile("local_police")


def opened(path: Path, known: tuple[str, ...] = ()) -> tuple[Source, pl.DataFrame]:
    source = open_source(path, lambda headings: sum(heading in known for heading in headings))
    chunks = list(source.chunks)
    return source, pl.concat(chunks) if chunks else pl.DataFrame()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_and_delimiter_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [{"Prénom": "Zoé", "Note": f"a{delimiter}b"}, {"Prénom": "Noël", "Note": "l1\nl2"}]
    path = write_csv(tmp_path / "f.csv", rows, encoding=encoding, delimiter=delimiter)
    source, frame = opened(path, ("Prénom", "Note"))
    assert source.headings == ("Prénom", "Note")
    assert frame["0"].to_list() == ["Zoé", "Noël"]
    assert frame["1"].to_list() == [f"a{delimiter}b", "l1\nl2"]


def test_empty_lines_and_broken_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a;b\n1;x\n\n;\n2;y;z\n3;\nonly\n4;w\n", encoding="utf-8")
    source, frame = opened(path)
    assert frame.select(ROW, "0").rows() == [(2, "1"), (6, "3"), (8, "4")]
    assert source.broken == [(5, 3), (7, 1)]


def test_broken_rows_deep_in_a_long_file_keep_their_numbers(tmp_path: Path) -> None:
    # Longer than one block of the parser, so that numbering crosses a block's border.
    lines = ["a;b", *(f"{row};{'x' * 90}" for row in range(2, 120_000))]
    lines[100_000 - 1] = "broken"
    path = tmp_path / "f.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    source, frame = opened(path)
    assert source.broken == [(100_000, 1)]
    assert (frame[ROW].cast(pl.String) == frame["0"]).all()


def test_a_file_is_the_same_as_csv_workbook_and_parquet(tmp_path: Path) -> None:
    rows = sample_rows(LOCAL, 4)
    write_csv(tmp_path / "f.csv", rows)
    pl.DataFrame(rows).write_parquet(tmp_path / "f.parquet")
    with xlsxwriter.Workbook(tmp_path / "f.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(rows[0]))
        for at, row in enumerate(rows, start=1):
            for position, value in enumerate(row.values()):
                sheet.write_string(at, position, value)
    frames = [opened(tmp_path / f"f.{kind}")[1] for kind in ("csv", "xlsx", "parquet")]
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


def test_typed_cells_are_read_as_what_they_say(tmp_path: Path) -> None:
    rows = {
        "record": ["1"], "role": ["victim"], "birth_date": [date(2003, 2, 1)],
        "complaint_on": [datetime.combine(date(2015, 3, 1), time(10, 30))], "interviews": [2],
        "forms": [["csam", "grooming"]], "risk_care": [True],
    }  # fmt: skip
    pl.DataFrame(rows).write_parquet(tmp_path / "f.parquet")
    report = validate_file(tmp_path / "f.parquet", LOCAL)
    assert (report.rows, report.errors) == (1, 0), report.as_dict()
    with xlsxwriter.Workbook(tmp_path / "f.xlsx") as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["record", "role", "birth_date", "interviews", "complaint_on"])
        sheet.write_row(1, 0, [1, "victim"])
        sheet.write_datetime(1, 2, datetime.combine(date(2003, 2, 1), time()), day)
        sheet.write_number(1, 3, 2)
        sheet.write_datetime(1, 4, datetime.combine(date(2015, 3, 1), time()), day)
    report = validate_file(tmp_path / "f.xlsx", LOCAL)
    assert (report.rows, report.errors, report.warnings) == (1, 0, 0), report.as_dict()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.csv", None),
        ("empty.csv", b""),
        ("f.doc", b"x"),
        ("f.xlsx", b"no workbook"),
        ("f.parquet", b"no parquet"),
        ("f.csv", b"a;b\x00\n1;2\n"),
    ],
)
def test_what_is_no_file_of_its_kind_is_refused(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputRefused):
        opened(tmp_path / name)
