"""What agencies publish themselves: a folder of declared outside publications, for the audit.

    OUTSIDE/<name>.toml     source, population, file, date; [dimensions] column = dimension
    OUTSIDE/<file>.csv      one column per dimension, and `count`

An agency's own yearbook counts its own cases among ours. Whoever reads both subtracts, so each of
its counts is a least value of the same cell, and what remains of a cell without it must not be
small and shown. Margins may be given or left out; a count is never larger than ours (then it counts
something else, and ours is taken).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tutela.errors import InputRefused

if TYPE_CHECKING:
    from tutela.disclosure.table import FrequencyTable

_KEYS = {"source", "population", "file", "date", "dimensions"}
_REMEDY = "Write source, population, file, date and [dimensions] column = dimension."


@dataclass(frozen=True)
class OutsidePublication:
    """One outside table: its `cells` have one column per dimension of ours, and `count`."""

    name: str
    source: str
    population: str
    cells: pl.DataFrame


def read_outside(folder: Path) -> list[OutsidePublication]:
    """All publications declared in `folder`, by name.

    Raises InputRefused for a declaration or a table that cannot be read whole.
    """
    return [_read(path) for path in sorted(folder.glob("*.toml"))]


def announce(tables: Sequence[FrequencyTable], outside: Path | None) -> dict[str, int]:
    """Tell `tables` what the publications in the folder `outside` say; cells told, by publication.

    Raises InputRefused when one names a population, a dimension or a code that no table has: what
    is not understood cannot be reckoned with.
    """
    told = {}
    for publication in [] if outside is None else read_outside(outside):
        names = [name for name in publication.cells.columns if name != "count"]
        fitting = [
            table
            for table in tables
            if table.population == publication.population and set(names) <= set(table.names)
        ]
        if not fitting:
            known = sorted({table.population for table in tables})
            raise InputRefused(
                f"{publication.name}: no table counts {publication.population!r} by "
                f"{', '.join(names)}.",
                remedy=f"Populations: {', '.join(known)}; name dimensions as the indicators do.",
                details={"publication": publication.name},
            )
        told[publication.name] = sum(_tell(table, publication, names) for table in fitting)
    return told


def _tell(table: FrequencyTable, publication: OutsidePublication, names: list[str]) -> int:
    counts = np.zeros(table.values.shape, dtype=np.int64)
    for row in publication.cells.iter_rows(named=True):
        place = []
        for name, tree in zip(table.names, table.trees, strict=True):
            code = row[name] if name in names else tree.codes[0]
            if code not in tree.index:
                raise InputRefused(
                    f"{publication.name}: {name} {code!r} is no code of {table.name}.",
                    remedy=f"Known codes: {', '.join(tree.codes[:12])} ...",
                    details={"publication": publication.name, "column": name, "value": code},
                )
            place.append(tree.index[code])
        counts[tuple(place)] = row["count"]
    table.announced[f"{publication.name} ({publication.source})"] = np.minimum(counts, table.values)
    return int((counts > 0).sum())


def _read(path: Path) -> OutsidePublication:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputRefused(f"{path} cannot be read: {error}.", remedy=_REMEDY) from error
    missing = sorted(_KEYS - set(raw))
    strange = sorted(set(raw) - _KEYS)
    dimensions = raw.get("dimensions")
    if missing or strange or not isinstance(dimensions, dict) or not dimensions:
        what = f"lacks {missing[0]}" if missing else f"has {(strange or ['dimensions'])[0]}"
        raise InputRefused(f"{path} {what}, and cannot be understood.", remedy=_REMEDY)
    return OutsidePublication(
        name=path.stem,
        source=str(raw["source"]),
        population=str(raw["population"]),
        cells=_cells(path.parent / str(raw["file"]), dimensions),
    )


def _cells(path: Path, dimensions: Mapping[str, Any]) -> pl.DataFrame:
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputRefused(f"{path} cannot be read as a table: {error}.") from error
    needed = [*dimensions, "count"]
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise InputRefused(
            f"{path}: column {missing[0]!r} is missing (it has {', '.join(frame.columns)}).",
            remedy="Name the columns under [dimensions] as the file does.",
            details={"file": str(path), "column": missing[0]},
        )
    # A cell that the agency itself left empty tells nothing.
    frame = frame.select(needed).filter(pl.col("count").str.strip_chars() != "")
    number = frame["count"].str.strip_chars().cast(pl.Int64, strict=False)
    bad = (number.is_null() | (number < 0)).arg_true()
    if len(bad):
        row = int(bad[0])
        raise InputRefused(
            f"{path}: count {frame['count'][row]!r} is no whole number of 0 or more.",
            remedy="Give what was published as a number; leave the cell empty where it was not.",
            details={"file": str(path), "value": frame["count"][row]},
        )
    frame = frame.with_columns(number.alias("count")).rename(
        {column: str(name) for column, name in dimensions.items()}
    )
    doubled = frame.select(pl.struct(pl.exclude("count")).is_duplicated()).to_series()
    if doubled.any():
        raise InputRefused(f"{path}: a cell stands in more than one row.")
    return frame
