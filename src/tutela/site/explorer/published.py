"""The 2018 report's figures as the page shows them: with body and year, conflicts together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.formats import localize

from tutela.publication.release import Release


@dataclass(frozen=True)
class Published:
    """One figure as published; `value` is empty where the report names a fact without a figure."""

    id: str
    measure: str
    part: str
    unit: str
    period: str
    value: str
    published_by: str
    note: str
    remark: str
    conflicts: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """Figures on one subject; `conflicts` holds those that contradict each other, side by side."""

    label: str
    figures: tuple[Published, ...]
    conflicts: tuple[tuple[Published, ...], ...]


@lru_cache(maxsize=8)
def published_figures(release: Release, language: str) -> tuple[Topic, ...]:
    """The report's figures by topic, in the order of the report."""
    topics: dict[str, list[Published]] = {}
    for row in release.published_figures().iter_rows(named=True):
        topics.setdefault(_label(row, "topic", language), []).append(_published(row, language))
    return tuple(Topic(label, tuple(rows), _conflicts(rows)) for label, rows in topics.items())


def _published(row: Mapping[str, Any], language: str) -> Published:
    """One row of published_figures.csv in `language`."""
    return Published(
        id=row["id"],
        measure=_label(row, "measure", language),
        part=_label(row, "disaggregation", language),
        unit=_label(row, "unit", language),
        period=(row["period"] or "").replace("/", "–"),
        value=_value(row),
        published_by=_label(row, "published_by", language),
        note=row["cited_via_note"] or "",
        remark=_label(row, "remark", language),
        conflicts=tuple((row["conflicts_with"] or "").split()),
    )


def _value(row: Mapping[str, Any]) -> str:
    """The figure as the language writes numbers; a number to dial stays as it is dialled."""
    if not row["value"]:
        return ""
    value = float(row["value"])
    whole = int(value) if value.is_integer() else value
    return str(whole) if row["topic"] == "hotline" else str(localize(whole))


def _label(row: Mapping[str, Any], field: str, language: str) -> str:
    """A field in `language` where the file has it translated, otherwise as it stands."""
    return str(row.get(f"{field}_{language}") or row.get(field) or "")


def _conflicts(rows: list[Published]) -> tuple[tuple[Published, ...], ...]:
    """Groups of figures that contradict each other, each group once."""
    by_id = {row.id: row for row in rows}
    groups = {
        tuple(sorted({row.id, *row.conflicts} & by_id.keys())) for row in rows if row.conflicts
    }
    return tuple(tuple(by_id[name] for name in group) for group in sorted(groups))
