"""Writes one agency's rows to its file: CSV, Excel or Parquet, whole or not at all."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl

from tutela.simulation.habits import Habits

_CREATED = datetime(2026, 1, 15, 12, 0, 0)  # noqa: DTZ001 - Excel knows no time zones


def write_file(frame: pl.DataFrame, folder: Path, habits: Habits, excel_rows: int) -> Path:
    """Write `folder/<agency>.<ending>`; returns the path. The same rows give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    ending = habits.format
    if ending == "xlsx" and frame.height > excel_rows:
        ending = "csv"
    path = folder / f"{habits.agency}.{ending}"
    beside = folder / f".{path.name}.part"
    if ending == "xlsx":
        _excel(frame, beside, habits.agency)
    elif ending == "parquet":
        frame.write_parquet(beside, compression="zstd", compression_level=3)
    else:
        _csv(frame, beside, habits)
    beside.replace(path)
    return path


def _csv(frame: pl.DataFrame, path: Path, habits: Habits) -> None:
    days = [name for name, kind in frame.schema.items() if kind == pl.Date]
    frame = frame.with_columns(pl.col(days).dt.strftime("%d/%m/%Y")) if days else frame
    if habits.encoding == "latin-1":
        # Polars writes UTF-8 alone; the system of this agency knows no letters but Western ones.
        text = frame.write_csv(separator=habits.delimiter)
        path.write_bytes(text.encode("latin-1", errors="replace"))
        return
    frame.write_csv(path, separator=habits.delimiter, include_bom=habits.encoding == "utf-8-sig")


def _excel(frame: pl.DataFrame, path: Path, title: str) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False})
    book.set_properties({"title": f"SYNTHETIC {title}", "created": _CREATED})
    page = book.add_worksheet(title[:31])
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for place, heading in enumerate(frame.columns):
        page.write_string(0, place, heading, bold)
    for number, row in enumerate(frame.iter_rows(), start=1):
        for place, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                page.write_string(number, place, value)
            elif isinstance(value, date):
                page.write_datetime(number, place, value, day)
            else:
                page.write_number(number, place, value)
    page.freeze_panes(1, 1)
    book.close()
