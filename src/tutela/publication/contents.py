"""Everything that a release folder holds, from declared indicators and their protected tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from tutela.errors import Misuse
from tutela.publication.charts.cells import TOTAL
from tutela.publication.charts.chart import draw
from tutela.publication.codes import code_files
from tutela.publication.datapackage import datapackage_json
from tutela.publication.dcat import dcat_jsonld
from tutela.publication.folder import json_bytes
from tutela.publication.headlines import headline
from tutela.publication.linkage_quality import interval_of, quality_files
from tutela.publication.release import LANGUAGES
from tutela.publication.sdmx import check_codes, data_csv, structure_xml
from tutela.publication.tables import check_cells, in_order, safety, table_csv


def release_files(
    manifest: Mapping[str, Any],
    declared: Sequence[Mapping[str, Any]],
    tables: Mapping[str, pl.DataFrame],
    figures: pl.DataFrame,
    *,
    durations: Mapping[str, pl.DataFrame] | None = None,
) -> dict[str, bytes]:
    """Path → bytes of every file of a release but its manifest.

    `manifest` gives id, title, time, synthetic, linkage and the disclosure method. `declared` are
    the indicators as indicators.json has them, without what this function adds (tables, charts,
    chart_tables, safety, headline). `tables` maps each id to its protected table (dimensions,
    count, status). `figures` are those of the report, `durations` the life tables by id. Cells
    that must not be published block.
    """
    synthetic = manifest["synthetic"]
    files: dict[str, bytes] = {}
    entries: list[dict[str, Any]] = []
    for indicator in declared:
        name = indicator["id"]
        if name not in tables:
            raise Misuse(f"indicator {name} has no protected table")
        check_codes(indicator, tables[name])
        check_cells(name, tables[name])
        table = in_order(indicator, tables[name])
        roles = manifest.get("linkage", {}).get("roles", {})
        entry = completed(indicator, table, manifest["disclosure"]["method"], roles)
        if durations and name in durations:
            path = f"life_tables/{name}.csv"
            entry["life_table"] = path
            files[path] = table_csv(durations[name], synthetic=synthetic)
        entries.append(entry)
        files[f"tables/{name}.csv"] = table_csv(table, synthetic=synthetic)
        files[f"sdmx/{name}.csv"] = data_csv(entry, table, synthetic=synthetic)
        for language, svg in draw(entry, table, synthetic=synthetic).items():
            files[f"charts/{name}.{language}.svg"] = svg
    files |= quality_files(manifest.get("linkage", {}).get("roles", {}), synthetic=synthetic)
    files["sdmx/structure.xml"] = structure_xml(
        entries,
        time=datetime.fromisoformat(manifest["time"]),
        release=manifest["id"],
        synthetic=synthetic,
    )
    files |= code_files(entries)
    files["indicators.json"] = json_bytes(entries)
    files["published_figures.csv"] = _figures_csv(figures)
    files["datapackage.json"] = datapackage_json(manifest, entries, files)
    files["dcat.jsonld"] = dcat_jsonld(manifest, entries, files)
    return files


def completed(
    indicator: Mapping[str, Any],
    table: pl.DataFrame,
    method: str,
    roles: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """An entry of indicators.json: the declaration, where its files are, and what they say.

    `roles` is what the manifest says of the linkage by role.
    """
    name = indicator["id"]
    entry = {
        **indicator,
        "tables": [f"tables/{name}.csv"],
        "charts": {language: f"charts/{name}.{language}.svg" for language in LANGUAGES},
        "chart_tables": [chart_table(indicator)],
        "safety": safety(table, method),
    }
    interval = interval_of(entry, roles)
    if interval is not None:
        entry["linkage_interval"] = interval
    return {**entry, "headline": headline(entry, table)}


def chart_table(indicator: Mapping[str, Any]) -> dict[str, Any]:
    """Which cells the chart draws: time across and the next dimension down, all others in total.

    Without time the first dimension goes down, where its names have room.
    """
    names = [dimension["name"] for dimension in indicator["dimensions"]]
    time = [d["name"] for d in indicator["dimensions"] if d.get("kind") == "time"]
    order = [*time, *(name for name in names if name not in time)]
    if not time and len(order) > 1:
        order[:2] = order[1], order[0]
    return {
        "table": f"tables/{indicator['id']}.csv",
        "rows": order[0],
        "columns": order[1] if len(order) > 1 else None,
        "fixed": dict.fromkeys(order[2:], TOTAL),
    }


def _figures_csv(figures: pl.DataFrame) -> bytes:
    """The report's figures as it prints them: whole numbers without a decimal point."""
    for name, dtype in figures.schema.items():
        if dtype.is_float() and figures.filter(pl.col(name) != pl.col(name).floor()).is_empty():
            figures = figures.with_columns(pl.col(name).cast(pl.Int64))
    return figures.write_csv().encode()
