"""A tables run: counts the store's current linkage and keeps the unprotected tables there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from tutela import __version__
from tutela.durable import json_bytes, sync_folder, write_synced, write_whole
from tutela.errors import InputRefused
from tutela.indicators.calendar import Calendar
from tutela.indicators.compared_lists import ComparedLists, compared_lists, count_histories
from tutela.indicators.count import IndicatorTable, count_prepared, prepared
from tutela.indicators.declared import Indicator, load
from tutela.indicators.hidden_figure import DRAWS, HiddenFigure, enough_years, hidden_figure
from tutela.submissions.drawing import draw_store
from tutela.submissions.store import Store

REPORT = "report.json"
HISTORIES = "hidden_figure.parquet"
_RELINK = "Run `tutela link` on this store."


@dataclass(frozen=True)
class StoredTable:
    """One table of a run as publication reads it back.

    `entry` describes the indicator as a release does; `counts`, `structural`, `not_collected` and
    `collected` are those of `tutela.indicators.count.IndicatorTable`.
    """

    id: str
    population: str
    entry: dict[str, Any]
    counts: pl.DataFrame
    structural: pl.DataFrame
    not_collected: tuple[str, ...]
    collected: bool

    def parents(self, dimension: str) -> dict[str, str]:
        """Code → the code above it, in one dimension; codes right under the total left out."""
        codes = next(d["codes"] for d in self.entry["dimensions"] if d["name"] == dimension)
        return {c["code"]: c["parent"] for c in codes if c["parent"] not in (None, "_T")}

    def codes(self, dimension: str) -> tuple[str, ...]:
        """The codes of one dimension in order, without the total."""
        codes = next(d["codes"] for d in self.entry["dimensions"] if d["name"] == dimension)
        return tuple(code["code"] for code in codes if code["parent"] is not None)


@dataclass(frozen=True)
class TablesRun:
    """A tables run in the store: its name, its report, its tables by indicator, and the children
    by year and by list (`tutela.indicators.compared_lists.count_histories`)."""

    run: str
    folder: Path
    report: dict[str, Any]
    tables: dict[str, StoredTable]
    histories: pl.DataFrame


def make_tables(store: Path, country: str = "be") -> TablesRun:
    """Count all indicators of `country` over the current linkage run of `store`.

    Writes `tables/<run>/` and names it in current.json, both whole or not at all. The same linkage
    run and declarations give the same run name. Raises InputRefused when the store was never
    linked, or holds other submissions than those that were linked.
    """
    opened = Store.open(store)
    linkage = opened.current().get("linkage")
    if not isinstance(linkage, dict):
        raise InputRefused(f"{store} has no linkage run", remedy=_RELINK)
    submissions = opened.submissions()
    _check_linked(store, linkage, [submission.name for submission in submissions])
    clusters = store / "linkage" / linkage["run"] / "clusters.parquet"
    if not clusters.is_file():
        raise InputRefused(f"{clusters} is missing", remedy=_RELINK)
    indicators = load(country)
    manifests = {submission.name: submission.manifest for submission in submissions}
    asked, until = _coverage(manifests)
    compared = compared_lists(country)
    with prepared(
        [submission.folder / "records.parquet" for submission in submissions],
        [submission.folder / "events.parquet" for submission in submissions],
        clusters,
        asked=asked,
        until=until,
        country=country,
    ) as (connection, calendar):
        tables = count_prepared(connection, calendar, indicators)
        hidden = _hidden_figure(connection, calendar, compared, store, clusters)
    run = _run_name(clusters, sorted(manifests), indicators, compared)
    report = _report(run, linkage["run"], country, manifests, tables, hidden)
    with opened.writing():
        with _written_beside(store / "tables" / run) as scratch:
            for name, table in tables.items():
                table.counts.write_parquet(scratch / f"{name}.parquet")
            hidden.histories.write_parquet(scratch / HISTORIES)
            write_synced(scratch / REPORT, json_bytes(report))
        made = {"run": run, "linkage": linkage["run"], "submissions": sorted(manifests)}
        current = {**opened.current(), "tables": made}
        write_whole(store / "current.json", json_bytes(current))
    return read_tables(store)


def read_tables(store: Path) -> TablesRun:
    """The current tables run of `store`.

    Raises InputRefused when nothing was counted yet, or when the store was linked again or has
    received or lost submissions since.
    """
    opened = Store.open(store)
    current = opened.current()
    tables = current.get("tables")
    remedy = "Run `tutela tables` on this store."
    if not isinstance(tables, dict):
        raise InputRefused(f"{store} has no tables", remedy=remedy)
    linkage = current.get("linkage") or {}
    if tables["linkage"] != linkage.get("run"):
        raise InputRefused(f"{store} was linked again after its tables were made", remedy=remedy)
    held = [submission.name for submission in opened.submissions()]
    if sorted(tables["submissions"]) != sorted(held):
        raise InputRefused(
            f"{store} holds other submissions than its tables were made from",
            remedy="Run `tutela link` and `tutela tables` on this store.",
        )
    folder = store / "tables" / tables["run"]
    for name in (REPORT, HISTORIES):
        if not (folder / name).is_file():
            raise InputRefused(f"{folder / name} is missing", remedy=remedy)
    report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    stored = {entry["id"]: _stored(folder, entry) for entry in report["indicators"]}
    histories = pl.read_parquet(folder / HISTORIES)
    return TablesRun(tables["run"], folder, report, stored, histories)


def _hidden_figure(
    connection: duckdb.DuckDBPyConnection,
    calendar: Calendar,
    compared: ComparedLists,
    store: Path,
    clusters: Path,
) -> HiddenFigure:
    """Estimates by year, under the current linkage and under others drawn from its probabilities.

    A linkage run that kept no scored pairs cannot be drawn again; the report then says so.
    """
    mine = pl.read_parquet(clusters, columns=["record_id", "role", "cluster_id"]).filter(
        pl.col("role") == "victim"
    )
    histories = count_histories(connection, compared, mine.rename({"cluster_id": "person"}))
    try:
        draws = draw_store(store, "victim", DRAWS) if enough_years(histories, compared) else None
    except InputRefused:
        draws = None
    drawn = (
        count_histories(connection, compared, frame.rename({"cluster_id": "person"}))
        for frame in (draws.frames() if draws is not None else ())
    )
    return hidden_figure(histories, compared, last_year=calendar.until.year, draws=drawn)


def _stored(folder: Path, entry: dict[str, Any]) -> StoredTable:
    names = [dimension["name"] for dimension in entry["dimensions"]]
    counting = entry["counting"]
    return StoredTable(
        id=entry["id"],
        population=entry["population"],
        entry={key: value for key, value in entry.items() if key != "counting"},
        counts=pl.read_parquet(folder / f"{entry['id']}.parquet"),
        structural=pl.DataFrame(
            counting["structural"] or None,
            schema={name: pl.String for name in names if name in counting["restricted"]},
            orient="row",
        ),
        not_collected=tuple(entry["not_collected"]),
        collected=counting["collected"],
    )


def _check_linked(store: Path, linkage: Mapping[str, Any], submissions: Sequence[str]) -> None:
    linked = set(linkage["submissions"])
    for name in sorted(set(submissions) ^ linked):
        what = "was not linked yet" if name in submissions else "was linked and is gone"
        raise InputRefused(
            f"{store}: the submission {name} {what}",
            remedy=_RELINK,
            details={"submission": name},
        )
    if not linked:
        raise InputRefused(
            f"{store} holds no submission", remedy="Receive submissions, then link them."
        )


def _coverage(
    submissions: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, set[int]] | None, date | None]:
    """Agency → years its submissions cover, and the last day that any of them covers.

    Nothing is known, and both are read from the events, when no submission states its period.
    """
    asked: dict[str, set[int]] = {}
    until: date | None = None
    for manifest in submissions.values():
        period = manifest.get("period")
        if not period:
            continue
        start, end = date.fromisoformat(period["from"]), date.fromisoformat(period["to"])
        asked.setdefault(manifest["agency"], set()).update(range(start.year, end.year + 1))
        until = end if until is None else max(until, end)
    return asked or None, until


def _run_name(
    clusters: Path,
    submissions: Sequence[str],
    indicators: Sequence[Indicator],
    compared: ComparedLists,
) -> str:
    """A name that follows from what was counted and how."""
    basis = [
        __version__,
        sha256(clusters.read_bytes()).hexdigest(),
        submissions,
        [indicator.entry() for indicator in indicators],
        asdict(compared),
    ]
    return sha256(json_bytes(basis)).hexdigest()[:12]


def _report(
    run: str,
    linkage: str,
    country: str,
    submissions: Mapping[str, Mapping[str, Any]],
    tables: Mapping[str, IndicatorTable],
    hidden: HiddenFigure,
) -> dict[str, Any]:
    """What was counted from what; unprotected, so it stays in the store."""
    present = {manifest["agency"] for manifest in submissions.values()}
    needed = {source.agency for table in tables.values() for source in table.indicator.sources}
    return {
        "run": run,
        "linkage": linkage,
        "country": country,
        "code_version": __version__,
        "synthetic": any(manifest.get("synthetic") for manifest in submissions.values()),
        "submissions": [
            {
                "submission": name,
                "agency": manifest["agency"],
                "profile": manifest["profile"],
                "period": manifest.get("period"),
                "synthetic": bool(manifest.get("synthetic")),
                "content_hash": manifest.get("content_hash"),
            }
            for name, manifest in sorted(submissions.items())
        ],
        "sources": {"present": sorted(present), "absent": sorted(needed - present)},
        "indicators": [
            {**table.entry(), "counting": _counting(table, present)} for table in tables.values()
        ],
        "hidden_figure": hidden.report(),
    }


def _counting(table: IndicatorTable, present: set[str]) -> dict[str, Any]:
    sources = [source.agency for source in table.indicator.sources]
    return {
        "units": int(table.counts["count"].sum()),
        "leaves": table.counts.height,
        "collected": table.collected,
        "sources_present": [agency for agency in sources if agency in present],
        "sources_absent": [agency for agency in sources if agency not in present],
        "restricted": table.structural.columns,
        "structural": table.structural.rows(),
    }


@contextmanager
def _written_beside(folder: Path) -> Iterator[Path]:
    """A scratch folder that takes the place of `folder` when the block ends well."""
    scratch = folder.parent / f".{folder.name}.new"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        yield scratch
        if folder.exists():
            # A run of this name was made from the same; the one in use stays.
            shutil.rmtree(scratch)
        else:
            scratch.rename(folder)
            sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
