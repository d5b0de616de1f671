"""Reads agencies' files in chunks of text: CSV in any usual dialect, Excel, Parquet.

Row numbers are those of the file: the headings are row 1, the first row of data is row 2.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from tutela.errors import InputRefused

#: Rows of one chunk; what a pass holds in memory at a time.
CHUNK_ROWS = 50_000
_BLOCK_BYTES = 8 << 20
_DELIMITERS = ";,\t|"
ROW = "__row__"


@dataclass
class Source:
    """A file that is read once, from its headings to its last row.

    `chunks` yields frames whose columns are text, named by position ("0", "1", …), with the row
    number in ROW. `broken` collects the rows that have too many or too few cells, as (row, cells).
    """

    path: Path
    format: str
    headings: tuple[str, ...]
    chunks: Iterator[pl.DataFrame]
    broken: list[tuple[int, int]] = field(default_factory=list)


def open_source(path: Path, score: Callable[[list[str]], int]) -> Source:
    """Open a file by its ending; `score` says how many of some headings are known.

    Raises InputRefused where there is no such file, it is empty or not what its ending says.
    """
    if not path.is_file():
        raise InputRefused(f"There is no file {path}.")
    readers = {".csv": _csv, ".txt": _csv, ".tsv": _csv, ".xlsx": _excel, ".parquet": _parquet}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputRefused(
            f"{path.name} is neither CSV, Excel (.xlsx) nor Parquet.",
            remedy="Export the rows as .csv, .xlsx or .parquet.",
        )
    if path.stat().st_size == 0:
        raise InputRefused(f"{path.name} is empty.", remedy="Export it again.")
    return reader(path, score)


def _csv(path: Path, score: Callable[[list[str]], int]) -> Source:
    from pyarrow import ArrowInvalid, string
    from pyarrow import csv as arrow_csv

    encoding = _encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(1 << 16)
    delimiter, headings = max(
        ((mark, _first_row(head, mark)) for mark in _DELIMITERS),
        key=lambda dialect: (score(dialect[1]), len(dialect[1])),
    )
    if "\x00" in head:
        raise InputRefused(f"{path.name} is not a text file.", remedy="Export it as CSV.")
    names = [str(position) for position in range(len(headings))]
    broken: list[tuple[int, int]] = []

    def skip(row: Any) -> str:
        # The parser counts the headings as row 1, as we do.
        broken.append((row.number, row.actual_columns))
        return "skip"

    try:
        reader = arrow_csv.open_csv(
            path,
            read_options=arrow_csv.ReadOptions(
                encoding=encoding,
                use_threads=False,
                block_size=_BLOCK_BYTES,
                column_names=names,
                skip_rows_after_names=1,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: string() for name in names},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except ArrowInvalid as error:
        raise InputRefused(f"{path.name} cannot be read as CSV: {error}") from error
    words = f"csv, {encoding}, delimiter {delimiter!r}"
    source = Source(path, words, tuple(headings), iter(()), broken)
    source.chunks = _numbered(_arrow_batches(reader, path), broken)
    return source


def _arrow_batches(reader: Any, path: Path) -> Iterator[pl.DataFrame]:
    from pyarrow import ArrowInvalid

    try:
        for batch in reader:
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a batch is never a column
            yield frame
    except ArrowInvalid as error:
        raise InputRefused(f"{path.name} cannot be read as CSV: {error}") from error


def _numbered(
    frames: Iterator[pl.DataFrame], broken: list[tuple[int, int]]
) -> Iterator[pl.DataFrame]:
    """Add row numbers, leaving out the numbers of broken rows, which the parser skipped."""
    row = 2
    for frame in frames:
        skipped = {number for number, _ in broken}
        numbers: list[int] | range
        if not skipped:
            numbers = range(row, row + frame.height)
            row += frame.height
        else:
            numbers = []
            while len(numbers) < frame.height:
                if row not in skipped:
                    numbers.append(row)
                row += 1
        numbered = frame.with_columns(pl.Series(ROW, numbers, dtype=pl.UInt32))
        yield from _slices(numbered)


def _slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The frame in chunks, without the rows in which nothing is written."""
    written = pl.any_horizontal(pl.exclude(ROW).is_not_null())
    yield from frame.filter(written).iter_slices(CHUNK_ROWS)


def _first_row(head: str, delimiter: str) -> list[str]:
    first = next(csv.reader(head.splitlines(keepends=True), delimiter=delimiter), [])
    return [heading.strip().lstrip("\ufeff") for heading in first]


def _encoding_of(path: Path) -> str:
    """UTF-8 where every byte fits, else the Western code page that Windows writes."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(_BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _western(path)
    return "utf-8"


def _western(path: Path) -> str:
    """cp1252, or latin-1 for the few files with bytes that cp1252 leaves empty."""
    empty = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            if len(block.translate(None, empty)) != len(block):
                return "latin-1"
    return "cp1252"


def _excel(path: Path, score: Callable[[list[str]], int]) -> Source:
    """The first sheet of a workbook."""
    import fastexcel

    try:
        sheet = fastexcel.read_excel(str(path)).load_sheet(0, header_row=None, dtypes="string")
        frame = sheet.to_polars()
    except fastexcel.FastExcelError as error:
        raise InputRefused(
            f"{path.name} cannot be read as an Excel workbook.", remedy="Save it again as .xlsx."
        ) from error
    if frame.height == 0:
        raise InputRefused(f"{path.name} has no headings in its first sheet.")
    headings = tuple((heading or "").strip() for heading in frame.row(0))
    body = frame[1:].rename({name: str(at) for at, name in enumerate(frame.columns)})
    # A cell of date type comes as "2015-03-01 00:00:00"; the readers of dates know that.
    body = body.with_columns(pl.all().replace({"": None}))
    body = body.with_columns(pl.int_range(2, body.height + 2, dtype=pl.UInt32).alias(ROW))
    return Source(path, "xlsx", headings, _slices(body))


def _parquet(path: Path, score: Callable[[list[str]], int]) -> Source:
    import pyarrow
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except pyarrow.ArrowInvalid as error:
        raise InputRefused(f"{path.name} cannot be read as Parquet: {error}") from error
    headings = tuple(name.strip() for name in file.schema_arrow.names)
    return Source(path, "parquet", headings, _numbered(_parquet_batches(file), []))


def _parquet_batches(file: Any) -> Iterator[pl.DataFrame]:
    for batch in file.iter_batches(batch_size=CHUNK_ROWS):
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a batch is never a column
        yield pl.DataFrame(
            [_as_text(frame.to_series(at)).alias(str(at)) for at in range(frame.width)]
        )


def _as_text(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.List):
        text = column.cast(pl.List(pl.String)).list.join(";")
    elif column.dtype.is_float():
        # Money has two decimals; more would be read as thousands.
        text = column.round(2).cast(pl.String)
    else:
        text = column.cast(pl.String)
    return text.set(text == "", None)
