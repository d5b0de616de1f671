"""A tables run: counts the store's current linkage and keeps the unprotected tables there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

import polars as pl

from tutela import __version__
from tutela.errors import InputRefused
from tutela.indicators.count import IndicatorTable, count
from tutela.indicators.declared import Indicator, load

CURRENT = "current.json"
REPORT = "report.json"
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
    """A tables run in the store: its name, its report and its tables by indicator."""

    run: str
    folder: Path
    report: dict[str, Any]
    tables: dict[str, StoredTable]


def make_tables(store: Path, country: str = "be") -> TablesRun:
    """Count all indicators of `country` over the current linkage run of `store`.

    Writes `tables/<run>/` and names it in current.json, both whole or not at all. The same linkage
    run and declarations give the same run name. Raises InputRefused when the store was never
    linked, or holds other submissions than those that were linked.
    """
    linkage = _current(store).get("linkage")
    if not isinstance(linkage, dict):
        raise InputRefused(f"{store} has no linkage run", remedy=_RELINK)
    submissions = _submissions(store)
    _check_linked(store, linkage, submissions)
    clusters = store / "linkage" / linkage["run"] / "clusters.parquet"
    if not clusters.is_file():
        raise InputRefused(f"{clusters} is missing", remedy=_RELINK)
    indicators = load(country)
    asked, until = _coverage(submissions)
    tables = count(
        [store / "submissions" / name / "records.parquet" for name in submissions],
        [store / "submissions" / name / "events.parquet" for name in submissions],
        clusters,
        indicators,
        asked=asked,
        until=until,
        country=country,
    )
    run = _run_name(linkage["run"], sorted(submissions), indicators)
    report = _report(run, linkage["run"], country, submissions, tables)
    folder = store / "tables" / run
    with _written_beside(folder) as scratch:
        for name, table in tables.items():
            table.counts.write_parquet(scratch / f"{name}.parquet")
        _write_json(scratch / REPORT, report)
    _set_current(
        store,
        {"run": run, "linkage": linkage["run"], "submissions": sorted(submissions)},
    )
    return read_tables(store)


def read_tables(store: Path) -> TablesRun:
    """The current tables run of `store`.

    Raises InputRefused when nothing was counted yet, or when the store was linked again or has
    received or lost submissions since.
    """
    current = _current(store)
    tables = current.get("tables")
    remedy = "Run `tutela tables` on this store."
    if not isinstance(tables, dict):
        raise InputRefused(f"{store} has no tables", remedy=remedy)
    linkage = current.get("linkage") or {}
    if tables["linkage"] != linkage.get("run"):
        raise InputRefused(f"{store} was linked again after its tables were made", remedy=remedy)
    if sorted(tables["submissions"]) != sorted(_submissions(store)):
        raise InputRefused(
            f"{store} holds other submissions than its tables were made from",
            remedy="Run `tutela link` and `tutela tables` on this store.",
        )
    folder = store / "tables" / tables["run"]
    if not (folder / REPORT).is_file():
        raise InputRefused(f"{folder / REPORT} is missing", remedy=remedy)
    report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    stored = {entry["id"]: _stored(folder, entry) for entry in report["indicators"]}
    return TablesRun(tables["run"], folder, report, stored)


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


def _current(store: Path) -> dict[str, Any]:
    if not (store / "store.json").is_file():
        raise InputRefused(
            f"{store} is no national store: store.json is missing",
            remedy="Name a folder that `tutela receive` has written to.",
        )
    file = store / CURRENT
    if not file.is_file():
        return {}
    current = json.loads(file.read_text(encoding="utf-8"))
    return current if isinstance(current, dict) else {}


def _submissions(store: Path) -> dict[str, dict[str, Any]]:
    """Name → manifest of the submissions that count: those that no other one supersedes."""
    manifests = {
        file.parent.name: json.loads(file.read_text(encoding="utf-8"))
        for file in sorted((store / "submissions").glob("*/manifest.json"))
    }
    superseded = {manifest.get("supersedes") for manifest in manifests.values()}
    return {name: each for name, each in manifests.items() if name not in superseded}


def _check_linked(
    store: Path, linkage: Mapping[str, Any], submissions: Mapping[str, object]
) -> None:
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


def _run_name(linkage: str, submissions: Sequence[str], indicators: Sequence[Indicator]) -> str:
    """A name that follows from what was counted and how."""
    basis = json.dumps(
        [__version__, linkage, submissions, [indicator.entry() for indicator in indicators]],
        sort_keys=True,
    )
    return sha256(basis.encode()).hexdigest()[:12]


def _report(
    run: str,
    linkage: str,
    country: str,
    submissions: Mapping[str, Mapping[str, Any]],
    tables: Mapping[str, IndicatorTable],
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
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = folder.parent / f".{folder.name}-{token_hex(4)}"
    scratch.mkdir()
    try:
        yield scratch
        if folder.exists():
            # An earlier run of this name was made from the same; keep the one that is in use.
            shutil.rmtree(scratch)
        else:
            scratch.rename(folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _set_current(store: Path, tables: dict[str, Any]) -> None:
    scratch = store / f".{CURRENT}-{token_hex(4)}"
    _write_json(scratch, {**_current(store), "tables": tables})
    os.replace(scratch, store / CURRENT)  # noqa: PTH105 - replaces on every system
