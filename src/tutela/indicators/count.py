"""Counts indicators: one DuckDB query per population over Parquet, leaves only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from tutela.errors import InputRefused, Misuse
from tutela.indicators.calendar import Calendar
from tutela.indicators.declared import Indicator
from tutela.indicators.dimension import Dimension
from tutela.indicators.queries import leaf_queries, steps
from tutela.indicators.reference import reference_tables
from tutela.vocabulary import load as load_vocabulary

_RISKS = ["disability", "street", "runaway", "care", "migration", "poverty", "conflict_with_law"]
_RECORDS = (
    "record_id agency role sex citizenship age_at_facts age_at_identification "
    "facts_date facts_date_precision " + " ".join(f"risk_{risk}" for risk in _RISKS)
).split()
_EVENTS = [
    "event_id",
    "record_id",
    "agency",
    "role",
    "matter",
    "event_type",
    "date",
    "date_precision",
    "place",
    "country",
    "form",
    "forms",
    "online",
    "offence",
    "outcome",
    "channel",
    "amount_eur",
    "quantity",
    "quantity_recorded",
    "extraterritorial",
]
_CLUSTERS = ["record_id", "role", "cluster_id"]
#: Two cores are what the smallest centre has.
_THREADS = 2


@dataclass(frozen=True)
class IndicatorTable:
    """The leaf counts of one indicator, unprotected.

    `counts` has one text column per dimension and `count`, one row per leaf that occurs; a leaf
    without a row counts 0. `dimensions` hold the codes of this table. Tables of one `population`
    count the same units and must be protected together. `structural` holds combinations of codes
    that cannot occur. `not_collected` names the codes of time of which no source was asked: they
    have no counts and are no zeros; `collected` is false when no source was asked at all.
    """

    indicator: Indicator
    population: str
    dimensions: tuple[Dimension, ...]
    counts: pl.DataFrame
    structural: pl.DataFrame
    not_collected: tuple[str, ...]
    collected: bool

    def entry(self) -> dict[str, Any]:
        """The indicator as a release describes it, with the codes of this table."""
        return {
            **replace(self.indicator, dimensions=self.dimensions).entry(),
            "not_collected": list(self.not_collected),
        }


def count(
    records: Sequence[Path],
    events: Sequence[Path],
    clusters: Path,
    indicators: Sequence[Indicator],
    *,
    asked: Mapping[str, set[int]] | None = None,
    until: date | None = None,
    country: str = "be",
) -> dict[str, IndicatorTable]:
    """Indicator id → its table, from Parquet files as the store has them.

    `asked` maps each agency to the years about which it handed in data, `until` is the last day
    observed; both are read from the events where they are not given. A person counts once per
    population, with one value per attribute (`sql/steps/4_person.sql`). Raises InputRefused when
    a column is missing, a record has no cluster, or a code is in no code list.
    """
    with prepared(records, events, clusters, asked=asked, until=until, country=country) as (
        connection,
        calendar,
    ):
        return count_prepared(connection, calendar, indicators)


def count_prepared(
    connection: duckdb.DuckDBPyConnection, calendar: Calendar, indicators: Sequence[Indicator]
) -> dict[str, IndicatorTable]:
    """As `count`, over a database that `prepared` made."""
    counted = {
        population: _frame(connection, query)
        for population, query in leaf_queries(indicators).items()
    }
    return _tables(indicators, counted, calendar)


@contextmanager
def prepared(
    records: Sequence[Path],
    events: Sequence[Path],
    clusters: Path,
    *,
    asked: Mapping[str, set[int]] | None = None,
    until: date | None = None,
    country: str = "be",
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Calendar]]:
    """A database with the tables that all populations share, and the calendar; see `count`."""
    with _connection() as connection:
        _view(connection, "records", records, _RECORDS)
        _view(connection, "events", events, _EVENTS)
        _view(connection, "clusters", [clusters], _CLUSTERS)
        _check_clusters(connection)
        calendar = Calendar.of_country(
            country, until or _last_day(connection), asked or _asked(connection)
        )
        references = reference_tables(load_vocabulary(country), country, calendar)
        for name, frame in references.items():
            connection.register(name, frame.to_arrow())
        for name, query in steps().items():
            connection.execute(f"CREATE TEMP TABLE {name} AS\n{query}")
        yield connection, calendar


def _frame(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    frame = pl.from_arrow(connection.sql(query).to_arrow_table())
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table of Arrow is a frame
    return frame


@contextmanager
def _connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory that reads local files only."""
    connection = duckdb.connect(
        config={
            "threads": _THREADS,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        yield connection
    finally:
        connection.close()


def _view(
    connection: duckdb.DuckDBPyConnection, name: str, paths: Sequence[Path], columns: Sequence[str]
) -> None:
    """A view over Parquet files with the columns that counting reads."""
    if not paths:
        raise InputRefused(
            f"there are no {name} to count", remedy="Receive submissions and link them first."
        )
    for path in paths:
        found = pl.read_parquet_schema(path)
        missing = [column for column in columns if column not in found]
        if missing:
            raise InputRefused(
                f"{path}: the column {missing[0]} is missing",
                remedy="Encode and receive the submission again with this version.",
                details={"file": str(path), "column": missing[0]},
            )
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    connection.execute(
        f"CREATE VIEW {name} AS SELECT {', '.join(columns)} "  # noqa: S608 - our own names
        f"FROM read_parquet([{files}], union_by_name = true)"
    )


def _check_clusters(connection: duckdb.DuckDBPyConnection) -> None:
    """Every record belongs to exactly one cluster, else children would be lost or doubled."""
    stray = connection.execute(
        "SELECT r.record_id, COUNT(c.record_id) AS n FROM records AS r "
        "LEFT JOIN clusters AS c ON c.record_id = r.record_id "
        "GROUP BY r.record_id HAVING COUNT(c.record_id) <> 1 ORDER BY r.record_id LIMIT 1"
    ).fetchone()
    if stray is not None:
        where = "no cluster" if stray[1] == 0 else f"{stray[1]} clusters"
        raise InputRefused(
            f"record {stray[0]} stands in {where} of the linkage run",
            remedy="The store has changed since it was linked: run `tutela link` again.",
            details={"record": stray[0]},
        )


def _last_day(connection: duckdb.DuckDBPyConnection) -> date:
    row = connection.execute("SELECT MAX(date) FROM events").fetchone()
    if row is None or row[0] is None:
        raise InputRefused("no event has a date", remedy="Check the dates of the submissions.")
    last: date = row[0]
    return date(last.year, 12, 31)


def _asked(connection: duckdb.DuckDBPyConnection) -> dict[str, set[int]]:
    """Agency → the years from its first to its last dated event."""
    rows = connection.execute(
        "SELECT agency, YEAR(MIN(date)), YEAR(MAX(date)) FROM events "
        "WHERE date IS NOT NULL GROUP BY agency"
    ).fetchall()
    return {agency: set(range(first, last + 1)) for agency, first, last in rows}


def _tables(
    indicators: Sequence[Indicator], counted: Mapping[str, pl.DataFrame], calendar: Calendar
) -> dict[str, IndicatorTable]:
    """The leaf counts of each indicator, taken out of its population's one result."""
    timed = {
        indicator.id: tuple(
            replace(d, codes=calendar.codes(d.name)) if d.kind == "time" else d
            for d in indicator.dimensions
        )
        for indicator in indicators
    }
    leaves = {i.id: _leaves(i, timed[i.id], counted[i.population.name]) for i in indicators}
    used = _used(indicators, leaves)
    tables = {}
    for indicator in indicators:
        population = indicator.population.name
        dimensions = tuple(_narrowed(d, used[population, d.name]) for d in timed[indicator.id])
        tables[indicator.id] = _table(indicator, dimensions, leaves[indicator.id], calendar)
    return tables


def _leaves(
    indicator: Indicator, dimensions: Sequence[Dimension], counted: pl.DataFrame
) -> pl.DataFrame:
    names = [dimension.name for dimension in dimensions]
    others = [name for name in counted.columns if name not in (*names, "count")]
    mine = counted.filter(
        pl.all_horizontal(pl.col(names).is_not_null()),
        *(pl.col(name).is_null() for name in others),
    ).select(*names, pl.col("count").cast(pl.Int64))
    for dimension in dimensions:
        stray = set(mine[dimension.name]) - set(dimension.leaves())
        if stray:
            raise InputRefused(
                f"indicator {indicator.id}: {dimension.name} {sorted(stray)[0]!r} is no code of "
                "this dimension",
                remedy="Add the code to its list, or correct it in the submission.",
                details={"indicator": indicator.id, "codes": sorted(stray)},
            )
    return mine.sort(names)


def _used(
    indicators: Sequence[Indicator], leaves: Mapping[str, pl.DataFrame]
) -> dict[tuple[str, str], set[str]]:
    """(population, dimension) → codes with at least one unit, in any table of the population."""
    used: dict[tuple[str, str], set[str]] = {}
    for indicator in indicators:
        for dimension in indicator.dimensions:
            key = indicator.population.name, dimension.name
            used.setdefault(key, set()).update(leaves[indicator.id][dimension.name])
    return used


def _narrowed(dimension: Dimension, used: set[str]) -> Dimension:
    """The dimension without the residual codes that nobody falls in."""
    kept = tuple(c for c in dimension.codes if not c.residual or c.code in used)
    return replace(dimension, codes=kept)


def _table(
    indicator: Indicator,
    dimensions: tuple[Dimension, ...],
    leaves: pl.DataFrame,
    calendar: Calendar,
) -> IndicatorTable:
    agencies = [source.agency for source in indicator.sources]
    time = next((d for d in dimensions if d.kind == "time"), None)
    absent: tuple[str, ...] = ()
    if time is not None and indicator.year_of == "registration":
        counted = set(leaves[time.name])
        absent = tuple(
            code for code in calendar.not_collected(time.name, agencies) if code not in counted
        )
        kept = tuple(code for code in time.codes if code.code not in absent)
        dimensions = tuple(replace(d, codes=kept) if d is time else d for d in dimensions)
    return IndicatorTable(
        indicator=indicator,
        population=indicator.population.name,
        dimensions=dimensions,
        counts=leaves,
        structural=_structural(dimensions, calendar),
        not_collected=absent,
        collected=any(calendar.asked.get(agency) for agency in agencies),
    )


def _structural(dimensions: Sequence[Dimension], calendar: Calendar) -> pl.DataFrame:
    """Pairs of a year and a band of time that lies beyond the last day observed."""
    time = next((d for d in dimensions if d.kind == "time"), None)
    banded = [d for d in dimensions if any(code.from_days for code in d.codes)]
    if time is None or not banded:
        return pl.DataFrame(schema={d.name: pl.String for d in dimensions})
    if len(banded) > 1:
        raise Misuse("a table may have one dimension of bands of time")
    band = banded[0]
    pairs = [
        (start.code, code.code)
        for start, code in product(time.codes, band.codes)
        if code.from_days and calendar.impossible(time.name, start.code, code.from_days)
    ]
    schema = {time.name: pl.String, band.name: pl.String}
    return pl.DataFrame(pairs, schema=schema, orient="row")
