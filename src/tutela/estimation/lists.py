"""Capture histories: read, check, merge and drop lists.

A capture history is held as a bit mask over the lists: bit `i` is set when list `i` knows the
person. Mask 0 (known to no list) is never observed and always holds zero here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.errors import InputRefused, Misuse

MOST_LISTS = 12
"""Above this the table of 2^lists histories is too sparse to mean anything, and too big to fit."""


@dataclass(frozen=True)
class ListTable:
    """Counts of persons by capture history.

    `names` are the lists; `counts` has 2^len(names) entries, indexed by bit mask: whole numbers,
    except in a table made from its margins (`margins`), whose margins alone are whole.
    """

    names: tuple[str, ...]
    counts: npt.NDArray[np.int64] | npt.NDArray[np.float64]

    @property
    def observed(self) -> int:
        """Persons known to at least one list."""
        return round(float(self.counts.sum()))

    def sizes(self) -> dict[str, int]:
        """Persons on each list."""
        masks = np.arange(self.counts.size)
        return {
            name: round(float(self.counts[(masks >> i) & 1 == 1].sum()))
            for i, name in enumerate(self.names)
        }

    def overlaps(self) -> npt.NDArray[np.int64]:
        """Persons on both lists of each pair, shape (lists, lists); the diagonal is the sizes."""
        member = membership(len(self.names)).astype(np.int64)
        return np.rint(member.T @ (member * self.counts[:, None])).astype(np.int64)


def membership(lists: int) -> npt.NDArray[np.bool_]:
    """Which lists each capture history holds, shape (2^lists, lists)."""
    masks = np.arange(1 << lists)
    return np.asarray((masks[:, None] >> np.arange(lists)) & 1 == 1)


def read_lists(path: Path, *, count: str | None = None) -> ListTable:
    """Read a CSV or Parquet file with one 0/1 column per list.

    With a column of counts (`count`, or one that is called "count") each row is a capture history;
    without it each row is one person. Raises InputRefused with row, column and value.
    """
    try:
        frame = (
            pl.read_parquet(path)
            if path.suffix.lower() == ".parquet"
            else pl.read_csv(path, infer_schema=False)
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputRefused(
            f"{path.name} cannot be read as a table: {error}",
            remedy="Give a CSV file with a heading row, or a Parquet file.",
        ) from error
    return table_from_frame(frame, count=count, where=path.name)


def table_from_frame(
    frame: pl.DataFrame, *, count: str | None = None, where: str = "table"
) -> ListTable:
    """The list table of a frame of 0/1 columns; see `read_lists`."""
    if count is not None and count not in frame.columns:
        raise InputRefused(
            f"{where} has no column '{count}'",
            remedy=f"Its columns are {', '.join(frame.columns)}; name the counts with --count.",
        )
    counted = count or next((c for c in frame.columns if c.lower() == "count"), None)
    names = tuple(c for c in frame.columns if c != counted)
    _check_names(names, where)
    if frame.height == 0:
        raise InputRefused(f"{where} has no rows", remedy="Give at least one capture history.")
    masks = np.zeros(frame.height, dtype=np.int64)
    for i, name in enumerate(names):
        masks |= _zero_one(frame[name], name, where).astype(np.int64) << i
    numbers = (
        _whole_counts(frame[counted], counted, where)
        if counted is not None
        else np.ones(frame.height, dtype=np.int64)
    )
    seen_nowhere = np.flatnonzero((masks == 0) & (numbers > 0))
    if seen_nowhere.size:
        raise InputRefused(
            f"{where}, row {int(seen_nowhere[0]) + 2}: a person on no list",
            remedy="Nobody unseen can be in the table; remove rows in which every list is 0.",
            details={"row": int(seen_nowhere[0]) + 2},
        )
    counts = np.bincount(masks, weights=numbers, minlength=1 << len(names)).astype(np.int64)
    if counts.sum() == 0:
        raise InputRefused(
            f"{where}: all counts are zero", remedy="Nothing was observed, so nothing follows."
        )
    return ListTable(names, counts)


def _check_names(names: Sequence[str], where: str) -> None:
    if len(names) > MOST_LISTS:
        raise InputRefused(
            f"{where} has {len(names)} lists; at most {MOST_LISTS} can be estimated together",
            remedy="Merge lists of one kind with --merge NEW=A+B, or drop some with --drop.",
        )
    if not names:
        raise InputRefused(f"{where} has no list columns", remedy="Give one 0/1 column per list.")


def _zero_one(column: pl.Series, name: str, where: str) -> npt.NDArray[np.bool_]:
    words = column.cast(pl.String, strict=False).str.strip_chars().str.to_lowercase()
    known = words.is_in(["0", "1", "0.0", "1.0", "true", "false"]).fill_null(value=False)
    wrong = np.flatnonzero(~known.to_numpy())
    if wrong.size:
        row = int(wrong[0])
        raise InputRefused(
            f"{where}, row {row + 2}, column {name}: '{column[row]}' is neither 0 nor 1",
            remedy="A list column says 1 for known to this list and 0 for not known.",
            details={"row": row + 2, "column": name, "value": str(column[row])},
        )
    return words.is_in(["1", "1.0", "true"]).to_numpy()


def _whole_counts(column: pl.Series, name: str, where: str) -> npt.NDArray[np.int64]:
    values = column.cast(pl.Float64, strict=False).to_numpy()
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero(
            ~np.isfinite(values) | (values < 0) | (values != np.floor(values)) | (values > 2**53)
        )
    if wrong.size:
        row = int(wrong[0])
        raise InputRefused(
            f"{where}, row {row + 2}, column {name}: '{column[row]}' is not a count",
            remedy="Counts are whole numbers from 0; leave rows out that were never counted.",
            details={"row": row + 2, "column": name, "value": str(column[row])},
        )
    return values.astype(np.int64)


def merge_lists(table: ListTable, merges: Mapping[str, Sequence[str]]) -> ListTable:
    """Treat several lists as one: known to any of them is known to the new one."""
    for new, old in merges.items():
        table = _merge_one(table, new, tuple(old))
    return table


def _merge_one(table: ListTable, new: str, old: tuple[str, ...]) -> ListTable:
    for name in old:
        _position(table, name)
    if len(set(old)) < 2:
        raise Misuse(f"merging into '{new}' needs at least two different lists")
    kept = [n for n in table.names if n not in old]
    if new in kept:
        raise Misuse(f"'{new}' is already the name of another list", remedy="Choose a new name.")
    first = min(_position(table, n) for n in old)
    names = [n for n in table.names[:first] if n in kept] + [new]
    names += [n for n in table.names[first:] if n in kept]
    member = membership(len(table.names))
    columns: list[npt.NDArray[np.bool_]] = []
    for name in names:
        parts = [_position(table, o) for o in (old if name == new else (name,))]
        columns.append(np.asarray(member[:, parts].any(axis=1)))
    return _regroup(table, tuple(names), columns)


def drop_lists(table: ListTable, dropped: Iterable[str]) -> ListTable:
    """Leave lists out; persons known to nothing else leave with them."""
    gone = {_position(table, n) for n in dropped}
    member = membership(len(table.names))
    kept = [i for i in range(len(table.names)) if i not in gone]
    return _regroup(table, tuple(table.names[i] for i in kept), [member[:, i] for i in kept])


def _position(table: ListTable, name: str) -> int:
    if name not in table.names:
        raise Misuse(
            f"there is no list '{name}'", remedy=f"The lists are {', '.join(table.names)}."
        )
    return table.names.index(name)


def _regroup(
    table: ListTable, names: tuple[str, ...], columns: Sequence[npt.NDArray[np.bool_]]
) -> ListTable:
    masks = np.zeros(table.counts.size, dtype=np.int64)
    for i, column in enumerate(columns):
        masks |= column.astype(np.int64) << i
    counts = np.bincount(masks, weights=table.counts, minlength=1 << len(names))
    counts[0] = 0
    whole = np.issubdtype(table.counts.dtype, np.integer)
    return ListTable(names, counts.astype(np.int64) if whole else counts)


def drop_empty_lists(table: ListTable) -> tuple[ListTable, tuple[str, ...]]:
    """Leave out lists that know nobody: they say nothing and change nothing."""
    empty = tuple(name for name, size in table.sizes().items() if size == 0)
    return (drop_lists(table, empty) if empty else table), empty


def pair_names(table: ListTable) -> list[tuple[str, str]]:
    """The pairs of lists, in the order of the columns of `design.Design`."""
    names = table.names
    return [(names[i], names[j]) for i in range(len(names)) for j in range(i + 1, len(names))]
