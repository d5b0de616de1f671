"""The counting queries: files of plain SQL, and the one query that counts a population's tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from tutela.errors import Misuse
from tutela.indicators.calendar import EARLIER, UNKNOWN
from tutela.indicators.declared import Indicator

#: Time dimension → the date of a unit that it counts by, and the calendar's column.
_TIMES = {
    "year": ("counted_on", "year_code"),
    "period": ("counted_on", "period_code"),
    "year_facts": ("facts_on", "year_code"),
}


@cache
def steps() -> dict[str, str]:
    """Name → SELECT of the tables that all populations share, in the order they are made."""
    folder = files("tutela.indicators").joinpath("sql", "steps")
    return {
        entry.name.removesuffix(".sql").split("_", 1)[1]: entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
    }


@cache
def population_query(population: str) -> str:
    """The SELECT that gives one row per unit of a population: unit_id, counted_on, dimensions."""
    file = files("tutela.indicators").joinpath("sql", "populations", f"{population}.sql")
    if not file.is_file():
        raise Misuse(f"there is no counting query for the population {population!r}")
    return file.read_text(encoding="utf-8")


def leaf_query(population: str, tables: Sequence[Sequence[str]]) -> str:
    """One query that counts every table of a population in one pass over its units.

    `tables` holds the dimension names of each table. A row belongs to the table whose dimensions
    are not null in it: no unit has a null code, since what is unknown has a code of its own.
    """
    names = list(dict.fromkeys(name for table in tables for name in table))
    times = [name for name in names if name in _TIMES]
    joins, codes = [], []
    for name in times:
        column, code = _TIMES[name]
        joins.append(f"LEFT JOIN calendar AS c_{name} ON c_{name}.year = YEAR(unit.{column})")
        codes.append(
            f"CASE WHEN unit.{column} IS NULL THEN '{UNKNOWN}' "
            f"ELSE COALESCE(c_{name}.{code}, '{EARLIER}') END AS {name}"
        )
    plain = [f"unit.{name}" for name in names if name not in _TIMES]
    sets = ", ".join(f"({', '.join(table)})" for table in dict.fromkeys(map(tuple, tables)))
    return (
        f"WITH unit AS (\n{population_query(population)}),\n"
        f"coded AS (\nSELECT {', '.join([*codes, *plain])}\nFROM unit\n"
        + "\n".join(joins)
        + "\n)\n"
        f"SELECT {', '.join(names)}, COUNT(*) AS count\nFROM coded\n"
        f"GROUP BY GROUPING SETS ({sets})"
    )


def leaf_queries(indicators: Sequence[Indicator]) -> dict[str, str]:
    """Population → its one counting query, for the populations of `indicators`."""
    tables: dict[str, list[list[str]]] = {}
    for indicator in indicators:
        names = [dimension.name for dimension in indicator.dimensions]
        tables.setdefault(indicator.population.name, []).append(names)
    return {name: leaf_query(name, wanted) for name, wanted in tables.items()}
