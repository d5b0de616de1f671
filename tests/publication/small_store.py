"""A store with a linkage run and a tables run of a few declared indicators, counts invented."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tutela.indicators import load
from tutela.indicators.calendar import Calendar

#: Three of one population (one a hierarchy, one without time), one of bands of days with a life
#: table, and one whose source is absent.
INDICATORS = [
    "victims_by_form",
    "victims_by_territory",
    "victims_by_form_age_sex",
    "suspects_decision",
    "reports_received",
]
CHILDREN = 4000
SUBMISSIONS = [
    "federal_police-federal_police-aaaaaaaaaaaa",
    "local_police-local_police-bbbbbbbbbbbb",
]


def write_small_store(
    path: Path,
    *,
    synthetic: bool = True,
    seed: int = 5,
    indicators: list[str] | None = None,
    even_years: bool = False,
) -> Path:
    """Write the store by its contract (docs/architecture.md) and return it.

    With `even_years` each year knows enough children for their lists to be compared.
    """
    indicators = INDICATORS if indicators is None else indicators
    random = np.random.default_rng(seed)
    asked = {"federal_police": range(2014, 2026), "local_police": range(2016, 2026)}
    calendar = Calendar.of_country("be", date(2025, 12, 31), asked)
    declared = {indicator.id: indicator for indicator in load("be")}
    tables = path / "tables/t1"
    tables.mkdir(parents=True)
    described = []
    dated = {name: with_years(declared[name].dimensions, calendar) for name in indicators}
    children = people(random, list(dated.values()), even_years=even_years)
    for name, dimensions in dated.items():
        indicator = declared[name]
        names = [d.name for d in dimensions]
        collected = name != "reports_received"
        entry = replace(indicator, dimensions=dimensions).entry()
        counted = children.group_by(names).agg(pl.len().cast(pl.Int64).alias("count")).sort(names)
        frame = counted if collected else counted.clear()
        frame.write_parquet(tables / f"{name}.parquet")
        timed = dimensions[0].kind == "time"
        described.append(
            entry
            | {"not_collected": ["2010", "2011", "2012", "2013"] if timed else []}
            | {"counting": {"collected": collected, "structural": [], "restricted": names}}
        )
    histories = on_lists(random, children)
    histories.write_parquet(tables / "hidden_figure.parquet")
    manifests = [
        {
            "submission": name,
            "agency": name.split("-")[0],
            "profile": name.split("-")[1],
            "period": {"from": "2014-01-01", "to": "2025-12-31"},
            "synthetic": synthetic,
            "content_hash": name[-12:] * 5,
            "supersedes": None,
        }
        for name in SUBMISSIONS
    ]
    report = {
        "run": "t1",
        "linkage": "l1",
        "country": "be",
        "synthetic": synthetic,
        "submissions": manifests,
        "sources": {"present": sorted(asked), "absent": ["hotline"]},
        "indicators": described,
        "hidden_figure": {
            "years": {
                year: {"warnings": [{"code": "still-rising"}] if year == "2025" else []}
                for year in sorted(set(histories["year"]))
            },
            "linkage": {"carried": True, "draws": 20, "shift": -0.004, "spread": 0.012},
        },
    }
    write(tables / "report.json", report)
    for manifest in manifests:
        write(path / "submissions" / str(manifest["submission"]) / "manifest.json", manifest)
    (path / "linkage/l1").mkdir(parents=True)
    clusters = pl.DataFrame(
        {
            "record_id": [f"r{seed}", "s1"],
            "role": ["victim", "suspect"],
            "cluster_id": ["c1", "c2"],
            "probability": [0.97, 1.0],
        }
    )
    clusters.write_parquet(path / "linkage/l1/clusters.parquet")
    linkage = {"method": "Fellegi-Sunter", "threshold": 0.5, "roles": {"victim": {"persons": 3}}}
    write(path / "linkage/l1/report.json", linkage)
    write(path / "store.json", {"format": 1})
    run = {"run": "t1", "linkage": "l1", "submissions": SUBMISSIONS}
    write(
        path / "current.json", {"linkage": {"run": "l1", "submissions": SUBMISSIONS}, "tables": run}
    )
    return path


def people(
    random: np.random.Generator, indicators: list[Any], *, even_years: bool = False
) -> pl.DataFrame:
    """One row per invented child with a leaf of every dimension, so that all tables agree."""
    dimensions = {d.name: d.leaves() for dims in indicators for d in dims}
    return pl.DataFrame(
        {
            name: random.permutation(np.resize(leaves, CHILDREN))
            if even_years and name == "year"
            else random.choice(leaves, CHILDREN, p=random.dirichlet(np.ones(len(leaves))))
            for name, leaves in dimensions.items()
        }
    )


def on_lists(random: np.random.Generator, children: pl.DataFrame) -> pl.DataFrame:
    """The invented children by year and by the lists that happen to know them."""
    chances = {
        "federal_police": 0.4,
        "local_police": 0.5,
        "victim_support": 0.3,
        "youth_care": 0.35,
    }
    seen = {name: random.random(children.height) < chance for name, chance in chances.items()}
    # Everybody is on some list: whoever none happened to know stands on the local police's.
    seen["local_police"] |= ~np.any(list(seen.values()), axis=0)
    on = {name: np.where(here, "yes", "no").astype(str) for name, here in seen.items()}
    return (
        children.select("year")
        .with_columns(**{name: pl.Series(each) for name, each in on.items()})
        .group_by("year", *on)
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .sort("year", *on)
    )


def with_years(dimensions: tuple[Any, ...], calendar: Calendar) -> tuple[Any, ...]:
    """The dimensions with the years of which some source was asked."""
    return tuple(
        replace(
            d,
            codes=tuple(c for c in calendar.codes(d.name) if c.code >= "2014" and not c.residual),
        )
        if d.kind == "time"
        else d
        for d in dimensions
    )


def write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
