"""The indicators of the release as the pages show them, in one language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tutela.publication.release import Release
from tutela.site.explorer.downloads import Download, download
from tutela.site.explorer.durations import Duration, durations
from tutela.site.explorer.pivot import Table, axis, tables

#: The size that an SVG states for itself in its first tag.
SIZE = re.compile(rb'<svg[^>]*?\swidth="([\d.]+)"[^>]*?\sheight="([\d.]+)"')


@dataclass(frozen=True)
class Source:
    """A body that the figures come from, and what it can and cannot see."""

    label: str
    coverage: str


@dataclass(frozen=True)
class Summary:
    """An indicator in a list: its name, its one sentence, how much of it is hidden."""

    id: str
    theme: str
    label: str
    headline: str
    unit: str
    cells: int
    hidden: int

    @property
    def lead(self) -> str:
        """The first sentence of the headline."""
        return self.headline.partition(". ")[0].rstrip(".") + "." if self.headline else ""

    @property
    def rest(self) -> str:
        """What follows the first sentence."""
        return self.headline.partition(". ")[2]


@dataclass(frozen=True)
class Figure:
    """All that an indicator's page says."""

    summary: Summary
    definition: str
    how_to_read: str
    numerator: str
    denominator: str
    year_of: str
    age_at: str
    sources: tuple[Source, ...]
    standards: tuple[tuple[str, str], ...]
    answers: tuple[str, ...]
    tables: tuple[Table, ...]
    durations: tuple[Duration, ...]
    chart: Download | None
    chart_size: tuple[int, int] | None
    files: tuple[Download, ...]

    @property
    def statuses(self) -> set[str]:
        """The statuses that occur in the tables, for the key under them."""
        of_tables = {status for table in self.tables for status in table.statuses}
        return of_tables.union(*(duration.statuses for duration in self.durations))

    @property
    def hidden_percent(self) -> float:
        """Hidden cells of all cells, in per cent."""
        return 100 * self.summary.hidden / self.summary.cells if self.summary.cells else 0.0


@lru_cache(maxsize=1)
def _entries(release: Release) -> dict[str, dict[str, Any]]:
    """The entries of indicators.json by their id, read once."""
    return {entry["id"]: entry for entry in release.indicators()}


@lru_cache(maxsize=8)
def summaries(release: Release, language: str) -> tuple[Summary, ...]:
    """All indicators of the release, in the order of publication."""
    return tuple(_summary(entry, language) for entry in _entries(release).values())


@lru_cache(maxsize=512)
def figure(release: Release, name: str, language: str) -> Figure | None:
    """The indicator called `name`, or None if the release has none of that name."""
    entry = _entries(release).get(name)
    if entry is None:
        return None
    axes = [axis(dimension, language) for dimension in entry["dimensions"]]
    chart = f"charts/{name}.{language}.svg"
    paths = (
        f"tables/{name}.csv",
        f"life_tables/{name}.csv",
        f"sdmx/{name}.csv",
        "sdmx/structure.xml",
        chart,
    )
    files = (download(release, path) for path in paths)
    return Figure(
        summary=_summary(entry, language),
        definition=entry["definition"][language],
        how_to_read=entry["how_to_read"][language],
        numerator=_text(entry["numerator"], language),
        denominator=_text(entry["denominator"], language),
        year_of=entry.get("year_of") or "",
        age_at=entry.get("age_at") or "",
        sources=tuple(
            Source(one["label"][language], one["coverage"][language]) for one in entry["sources"]
        ),
        standards=tuple(
            (kind.upper(), ", ".join(codes) if isinstance(codes, list) else codes)
            for kind, codes in entry["standards"].items()
            if codes
        ),
        answers=tuple(one["text"][language] for one in entry["answers"]),
        tables=tuple(tables(release.table(name), axes)),
        durations=durations(release.life_table(name)),
        chart=download(release, chart),
        chart_size=_chart_size(release, chart),
        files=tuple(one for one in files if one is not None),
    )


def _summary(entry: Mapping[str, Any], language: str) -> Summary:
    """The part of an entry of indicators.json that lists show."""
    return Summary(
        id=entry["id"],
        theme=entry.get("theme") or "",
        label=entry["label"][language],
        headline=_text(entry["headline"], language),
        unit=_text(entry["unit"]["label"], language),
        cells=entry["safety"]["cells"],
        hidden=entry["safety"]["hidden"],
    )


def _chart_size(release: Release, path: str) -> tuple[int, int] | None:
    """Width and height of a chart in pixels, so that the page keeps its place for it."""
    if path not in release.manifest["files"]:
        return None
    found = SIZE.search(release.read(path))
    return (round(float(found[1])), round(float(found[2]))) if found else None


def _text(value: Mapping[str, Any] | str | None, language: str) -> str:
    """A text in four languages, a bare text, or nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    inner = value.get("text", value)
    return str(inner[language]) if inner else ""
