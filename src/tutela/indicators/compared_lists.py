"""The lists that a country pack compares, and the children on them by year of registration."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb
import numpy as np
import polars as pl

from tutela.errors import Misuse
from tutela.estimation.lists import ListTable
from tutela.indicators.dimension import LANGUAGES, Text

#: The dimension of time of the histories, that of all tables of this population.
TIME = "year"
POPULATION = "presumed_victims"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class ComparedList:
    """Bodies that count as one list; `reason` says why, where they are several."""

    id: str
    agencies: tuple[str, ...]
    label: Text
    reason: Text | None


@dataclass(frozen=True)
class FedBodies:
    """Bodies that learn of children through the lists `by`: no list of their own."""

    agencies: tuple[str, ...]
    by: tuple[str, ...]
    counted_on: str
    reason: Text


@dataclass(frozen=True)
class ComparedLists:
    """The declaration of a country pack (`indicators/shared/hidden_figure.toml`)."""

    lists: tuple[ComparedList, ...]
    fed: tuple[FedBodies, ...]
    fewest_per_year: int
    settles_after_years: int

    @property
    def names(self) -> tuple[str, ...]:
        """The lists in the order of declaration."""
        return tuple(each.id for each in self.lists)

    @property
    def agencies(self) -> tuple[str, ...]:
        """Every body that stands in the declaration, in one order."""
        own = [agency for each in self.lists for agency in each.agencies]
        return (*own, *(agency for each in self.fed for agency in each.agencies))


@cache
def compared_lists(country: str = "be") -> ComparedLists:
    """The lists that `country` compares. Raises Misuse for a contradictory declaration."""
    path = ("indicators", "shared", "hidden_figure.toml")
    file = files("tutela.countries").joinpath(country, *path)
    raw: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    lists = tuple(
        ComparedList(
            each["id"],
            tuple(each["agencies"]),
            _text(each["label"], each["id"]),
            _text(each["reason"], each["id"]) if len(each["agencies"]) > 1 else None,
        )
        for each in raw["list"]
    )
    fed = tuple(
        FedBodies(
            tuple(each["agencies"]),
            tuple(each["by"]),
            each["counted_on"],
            _text(each["reason"], "fed"),
        )
        for each in raw.get("fed", [])
    )
    declared = ComparedLists(lists, fed, raw["fewest_per_year"], raw["settles_after_years"])
    for each in fed:
        for name in (*each.by, each.counted_on):
            if name not in declared.names:
                raise Misuse(f"hidden figure: {name!r} feeds others and is no list")
    if len(set(declared.agencies)) < len(declared.agencies):
        raise Misuse("hidden figure: a body stands in more than one place")
    return declared


def count_histories(
    connection: duckdb.DuckDBPyConnection, declared: ComparedLists, clustering: pl.DataFrame
) -> pl.DataFrame:
    """Children by year of registration and by list, from a database that `count.prepared` made.

    `clustering` has record_id and person for every victim's record. Returns `year`, one
    column of yes and no per list, and `count`; a child with no list does not occur. Raises Misuse
    when a body hands in victims and stands nowhere in the declaration.
    """
    present = connection.execute(
        "SELECT DISTINCT agency FROM mention WHERE role = 'victim' ORDER BY agency"
    ).fetchall()
    for (agency,) in present:
        if agency not in declared.agencies:
            raise Misuse(
                f"hidden figure: the body {agency!r} stands in no list",
                remedy="Declare in hidden_figure.toml which list it belongs to or is fed by.",
            )
    body = pl.DataFrame(
        {"agency": declared.agencies, "weight": [1 << i for i in range(len(declared.agencies))]}
    )
    connection.register("body", body.to_arrow())
    connection.register("clustering", clustering.select("record_id", "person").to_arrow())
    query = files("tutela.indicators").joinpath("sql", "bodies.sql").read_text(encoding="utf-8")
    found = pl.from_arrow(connection.sql(query).to_arrow_table())
    assert isinstance(found, pl.DataFrame)  # noqa: S101 - a table of Arrow is a frame
    connection.unregister("clustering")
    connection.unregister("body")
    return _by_list(found, declared)


def _by_list(found: pl.DataFrame, declared: ComparedLists) -> pl.DataFrame:
    """Bodies become lists; who is known to fed bodies alone counts where the declaration says."""
    place = {agency: i for i, agency in enumerate(declared.agencies)}
    bodies = found["bodies"].cast(pl.Int64).to_numpy()
    on = {
        each.id: np.any([(bodies >> place[a]) & 1 == 1 for a in each.agencies], axis=0)
        for each in declared.lists
    }
    for fed in declared.fed:
        known = np.any([(bodies >> place[a]) & 1 == 1 for a in fed.agencies], axis=0)
        through = np.any([on[name] for name in fed.by], axis=0)
        on[fed.counted_on] = on[fed.counted_on] | (known & ~through)
    return (
        pl.DataFrame(
            {TIME: found[TIME]}
            | {name: np.where(each, YES, NO).astype(str) for name, each in on.items()}
            | {"count": found["children"].cast(pl.Int64)}
        )
        .group_by(TIME, *declared.names)
        .agg(pl.col("count").sum())
        .sort(TIME, *declared.names)
    )


def list_table(histories: pl.DataFrame, names: tuple[str, ...]) -> ListTable:
    """The engine's table of histories (rows of `count_histories`, of one year or of all)."""
    masks = np.zeros(histories.height, dtype=np.int64)
    for i, name in enumerate(names):
        masks |= (histories[name] == YES).to_numpy().astype(np.int64) << i
    counts = np.bincount(
        masks, weights=histories["count"].to_numpy(), minlength=1 << len(names)
    ).astype(np.int64)
    return ListTable(names, counts)


def _text(text: Mapping[str, str], where: str) -> Text:
    missing = [language for language in LANGUAGES if not text.get(language)]
    if missing:
        raise Misuse(f"hidden figure, {where}: there is no text in {missing[0]}")
    return text
