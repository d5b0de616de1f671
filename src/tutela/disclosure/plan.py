"""Plan releases: which wanted tables can be shown at which detail, and how many years together.

Every option is decided by protecting the real tables, as they would be published, and counting what
stays hidden; nothing is guessed from the size of a table. The units of a year are counted in that
year alone, so that releases of different years share none; a year is therefore put into one window
for good, and the ledger refuses to cut it again.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from tutela.disclosure.advice import coarsest_useful
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import protect
from tutela.disclosure.spec import Spec, read_cells, read_spec
from tutela.disclosure.table import FrequencyTable
from tutela.durable import write_whole
from tutela.errors import InputRefused, Misuse, SafetyBlock

_KEYS = {"spec", "period", "most_hidden", "cycles", "table"}
_TABLE = {"name", "dimensions"}
#: Above this share of hidden cells an option is of no use to a reader.
MOST_HIDDEN = 0.5
PLAN = "plan.json"


@dataclass(frozen=True)
class Wanted:
    """A table that somebody asks for: its name and its dimensions at full detail."""

    name: str
    dimensions: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """The wanted tables over several years, with the rules that protect them.

    `period` is the column of the year, `cycles` how many years may be put together.
    """

    spec: Spec
    period: str
    most_hidden: float
    cycles: tuple[int, ...]
    tables: tuple[Wanted, ...]


@dataclass(frozen=True)
class Option:
    """What one cycle shows of a table at one detail, over all its windows."""

    cycle: int
    windows: tuple[str, ...]
    detail: str
    dimensions: tuple[Dimension, ...]
    cells: int
    hidden: int

    @property
    def hidden_share(self) -> float:
        """Hidden cells of all cells, over all windows."""
        return self.hidden / self.cells if self.cells else 1.0

    @property
    def shown(self) -> int:
        """Cells that a reader sees, over all windows."""
        return self.cells - self.hidden

    def as_dict(self) -> dict[str, Any]:
        """For `--json` and the plan in a ledger."""
        return {
            "cycle_years": self.cycle,
            "windows": list(self.windows),
            "detail": self.detail,
            "dimensions": {one.name: sorted(one.codes) for one in self.dimensions},
            "cells": self.cells,
            "hidden": self.hidden,
            "hidden_share": round(self.hidden_share, 4),
        }


@dataclass(frozen=True)
class Planned:
    """All options of a wanted table, and the one that shows most; None where none shows enough."""

    wanted: Wanted
    options: tuple[Option, ...]
    chosen: Option | None


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue; Misuse or InputRefused name the key that is wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputRefused(
            f"{path}: the catalogue cannot be read: {error}.",
            remedy="Write it as TOML: spec, period, one [[table]] each.",
        ) from error
    _known(raw, _KEYS, str(path))
    tables = raw.get("table")
    if not isinstance(tables, list) or not tables:
        raise Misuse(f"{path}: there is no [[table]].", remedy="Declare one per wanted table.")
    if not isinstance(raw.get("spec"), str):
        raise Misuse(f"{path}: `spec` names no file.", remedy='Write spec = "SPEC.toml".')
    share = raw.get("most_hidden", MOST_HIDDEN)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
        raise Misuse(f"{path}: most_hidden is {share!r}, and must lie in [0, 1).")
    cycles = raw.get("cycles", [1, 2])
    if not isinstance(cycles, list) or not all(
        isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in cycles
    ):
        raise Misuse(f"{path}: cycles is {cycles!r}, and must be a list of numbers of years.")
    spec = read_spec(path.parent / raw["spec"])
    known = {dimension.name for dimension in spec.dimensions}
    return Catalogue(
        spec,
        str(raw.get("period", "year")),
        float(share),
        tuple(sorted(set(cycles))),
        tuple(_wanted(entry, known, str(path)) for entry in tables),
    )


def _wanted(entry: Any, known: set[str], where: str) -> Wanted:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise Misuse(f"{where}: a [[table]] has no name.")
    where = f"{where}, table {entry['name']}"
    _known(entry, _TABLE, where)
    dimensions = entry.get("dimensions")
    if not isinstance(dimensions, list) or not dimensions:
        raise Misuse(f"{where}: it names no dimensions.")
    for name in dimensions:
        if name not in known:
            raise Misuse(
                f"{where}: the specification has no dimension {name!r}.",
                remedy=f"Dimensions: {', '.join(sorted(known))}.",
            )
    return Wanted(entry["name"], tuple(dimensions))


def _known(raw: dict[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(raw) - known):
        raise Misuse(
            f"{where}: the key {unknown[0]!r} is not known.",
            remedy=f"Known keys: {', '.join(sorted(known))}.",
        )


def plan(catalogue: Catalogue, data: pl.DataFrame) -> list[Planned]:
    """The options of every wanted table, each protected as it would be published.

    `data` has the dimensions and the period as columns, one row per unit, or `count` besides. Of
    the options that hide no more than allowed, the one that shows most cells over all years is
    chosen; between equals the shorter cycle. Raises InputRefused for a missing column.
    """
    columns = {catalogue.period, *(name for one in catalogue.tables for name in one.dimensions)}
    if missing := sorted(columns - set(data.columns)):
        raise InputRefused(
            f"The data have no column {missing[0]!r} (they have {', '.join(data.columns)}).",
            remedy="Name the period and the dimensions as the columns are named.",
            details={"columns": missing},
        )
    if data[catalogue.period].null_count():
        row = int(data[catalogue.period].is_null().arg_true()[0])
        raise InputRefused(
            f"Row {row + 1}: the {catalogue.period} is missing.",
            remedy="A unit without a year can be in no window: count it elsewhere.",
            details={"row": row + 1, "column": catalogue.period},
        )
    data = data.with_columns(pl.col(catalogue.period).cast(pl.String))
    return [_planned(one, catalogue, data) for one in catalogue.tables]


def windows(years: Sequence[str], cycle: int) -> list[tuple[str, ...]]:
    """Years put together from the first on; what is left at the end waits for its window.

    >>> windows(["2019", "2020", "2021"], 2)
    [('2019', '2020')]
    """
    whole = len(years) // cycle
    return [tuple(years[n * cycle : (n + 1) * cycle]) for n in range(whole)]


def _planned(wanted: Wanted, catalogue: Catalogue, data: pl.DataFrame) -> Planned:
    years = sorted(data[catalogue.period].unique())
    options = [
        option
        for cycle in catalogue.cycles
        if (parts := windows(years, cycle))
        for option in _options(wanted, catalogue, data, cycle, parts)
    ]
    fit = [one for one in options if one.hidden_share <= catalogue.most_hidden]
    chosen = max(fit, key=lambda one: (one.shown, -one.cycle), default=None)
    return Planned(wanted, tuple(options), chosen)


def _options(
    wanted: Wanted, catalogue: Catalogue, data: pl.DataFrame, cycle: int,
    parts: list[tuple[str, ...]],
) -> Iterator[Option]:  # fmt: skip
    """Full detail, then coarser tables until one hides little enough."""
    tables = [_table(wanted, catalogue, data, part) for part in parts]
    for words, detail in coarsest_useful(tables, catalogue.spec.policy):
        cells = hidden = 0
        for table in detail:
            all_of_it = int(table.values.size)
            cells += all_of_it
            hidden += _hidden(table, catalogue.spec.policy, all_of_it)
        names = tuple(part[0] if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)
        dimensions = tuple(
            replace(one, codes=tuple(tree.codes[1:]))
            for one, tree in zip(detail[0].dimensions, detail[0].trees, strict=True)
        )
        option = Option(cycle, names, words, dimensions, cells, hidden)
        yield option
        if option.hidden_share <= catalogue.most_hidden:
            return


def _hidden(table: FrequencyTable, policy: Policy, all_of_it: int) -> int:
    """How many cells stay hidden; all of them where the table cannot be protected."""
    try:
        return int(protect([table], policy).report[table.name]["hidden"])
    except SafetyBlock:
        return all_of_it


def _table(
    wanted: Wanted, catalogue: Catalogue, data: pl.DataFrame, part: tuple[str, ...]
) -> FrequencyTable:
    """The counts of a window, with every code that occurs in any year, so that windows compare."""
    names = list(wanted.dimensions)
    within = data.filter(pl.col(catalogue.period).is_in(list(part)))
    counted = within.group_by(names).agg(
        pl.col("count").sum() if "count" in data.columns else pl.len().alias("count")
    )
    dimensions = []
    for one in catalogue.spec.dimensions:
        if one.name in names:
            seen = data[one.name].cast(pl.String).drop_nulls().unique().to_list()
            dimensions.append(replace(one, codes=tuple(sorted({*one.codes, *seen} - {one.total}))))
    order = {name: place for place, name in enumerate(names)}
    dimensions.sort(key=lambda one: order[one.name])
    return FrequencyTable(wanted.name, dimensions, counted.sort(names))


def read_data(path: Path) -> pl.DataFrame:
    """The table of several years, its codes as they are written."""
    return read_cells(path)


def fix(folder: Path, planned: Sequence[Planned]) -> None:
    """Fix the chosen cycles in a ledger: from then on it refuses what the plan does not hold.

    SafetyBlock where the ledger holds another plan: what was promised to readers, and what was
    published under it, cannot be planned again.
    """
    chosen = {one.wanted.name: one.chosen.as_dict() for one in planned if one.chosen is not None}
    text = json.dumps({"tables": chosen}, indent=1, sort_keys=True, ensure_ascii=False)
    path = folder / PLAN
    if path.is_file():
        if path.read_text(encoding="utf-8") != text:
            raise SafetyBlock(
                f"{folder} holds another plan.",
                remedy="Begin a new ledger for a new population, or keep the plan.",
            )
        return
    write_whole(path, text.encode("utf-8"))


def require_planned(folder: Path, table: FrequencyTable, release: str) -> None:
    """SafetyBlock unless the ledger's plan (if it has one) holds this table at this detail, for
    this window; `release` names the window."""
    path = folder / PLAN
    if not path.is_file():
        return
    tables = json.loads(path.read_text(encoding="utf-8"))["tables"]
    planned = tables.get(table.name)
    if planned is None:
        raise SafetyBlock(
            f"The plan of this ledger holds no table {table.name!r}.",
            remedy=f"Planned: {', '.join(sorted(tables)) or 'none'}.",
        )
    if release not in planned["windows"]:
        raise SafetyBlock(
            f"The plan publishes {table.name} for {', '.join(planned['windows'])}, and not for "
            f"{release!r}.",
            remedy="Name the release after its window, or wait until the window is whole.",
            details={"windows": planned["windows"]},
        )
    for dimension, tree in zip(table.dimensions, table.trees, strict=True):
        allowed = planned["dimensions"].get(dimension.name)
        finer = sorted(set(tree.codes[1:]) - set(allowed or ()))
        if allowed is None or finer:
            what = f"the code {finer[0]!r} of {dimension.name}" if allowed else dimension.name
            raise SafetyBlock(
                f"The plan publishes {table.name} without {what}.",
                remedy=f"Planned detail: {planned['detail']}.",
                details={"dimension": dimension.name, "codes": finer},
            )
