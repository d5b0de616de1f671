"""Makes a synthetic nation on disk: ten agencies' files, and the truth beside them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tutela.errors import InputRefused, Misuse
from tutela.simulation import truth
from tutela.simulation.accounts import case_columns, written_dates, written_facts
from tutela.simulation.agency_files import write_file
from tutela.simulation.care_sheets import (
    compensation_commission,
    guardianship_service,
    immigration_office,
    specialised_centre,
    youth_care,
)
from tutela.simulation.chance import Ints, year_of
from tutela.simulation.habits import Habits, load_habits
from tutela.simulation.hotline_sheet import hotline
from tutela.simulation.justice_sheets import courts, federal_police, local_police, prosecution
from tutela.simulation.mentions import write_mentions
from tutela.simulation.sheet import Sheet, register_twice
from tutela.simulation.wording import in_words
from tutela.simulation.world import World, make_world

SHEETS: dict[str, Callable[[World], Sheet]] = {
    "federal_police": federal_police,
    "local_police": local_police,
    "prosecution": prosecution,
    "courts": courts,
    "hotline": hotline,
    "specialised_centre": specialised_centre,
    "guardianship_service": guardianship_service,
    "immigration_office": immigration_office,
    "compensation_commission": compensation_commission,
    "youth_care": youth_care,
}
MOST_CHILDREN = 5_000_000
_IDENTITY = ("given_names", "family_names", "other_names", "birth_date", "phone")


def simulate(
    out: Path,
    children: int,
    seed: int,
    country: str = "be",
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Write `out/agencies` and `out/truth` for a nation with `children` exploited children.

    Returns what was written: rows and path per agency (no path without rows), persons, records,
    children seen by nobody.
    The same `children` and `seed` give the same bytes. Refuses to write over files that are there.
    """
    if not 1 <= children <= MOST_CHILDREN:
        raise Misuse(
            f"{children} children cannot be simulated.",
            remedy=f"Give a number from 1 to {MOST_CHILDREN}.",
        )
    if seed < 0:
        raise Misuse(f"The seed {seed} is negative.", remedy="Give zero or a positive number.")
    for folder in ("agencies", "truth"):
        if (out / folder).exists():
            raise InputRefused(
                f"{out / folder} is there already.", remedy="Give another folder, or remove it."
            )
    beside = out / ".simulation.part"
    if beside.exists():
        shutil.rmtree(beside)
    tell = progress or (lambda _: None)
    tell(f"drawing {children} children")
    try:
        summary = _write(make_world(children, seed, country), beside, country, tell)
        (beside / "agencies").mkdir(exist_ok=True)
        for folder in ("agencies", "truth"):
            (beside / folder).rename(out / folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    for entry in summary["agencies"].values():
        if entry["path"] is not None:
            entry["path"] = str(out / entry["path"])
    return {"children": children, "seed": seed, "synthetic": True, **summary}


def _write(world: World, folder: Path, country: str, tell: Callable[[str], None]) -> dict[str, Any]:
    habits, excel_rows = load_habits(country)
    labels = truth.person_labels(world)
    seen = np.zeros(len(world.people), dtype=np.int64)
    agencies: dict[str, Any] = {}
    mentions: list[pl.DataFrame] = []
    for agency, draw in SHEETS.items():
        rows = _filed(register_twice(world, draw(world)))
        frame = agency_rows(world, habits[agency], rows)
        named = frame.select(pl.any_horizontal(pl.col(_IDENTITY).is_not_null())).to_series()
        mentions.append(
            truth.records(world, labels, agency, frame["record"], rows.who, named.to_numpy())
        )
        seen[np.unique(rows.who[named.to_numpy()])] += 1
        path: str | None = None
        if frame.height:  # who has nothing to hand in hands in no file
            written = in_words(frame, habits[agency], country)
            file = write_file(written, folder / "agencies" / agency, habits[agency], excel_rows)
            path = str(file.relative_to(folder))
        agencies[agency] = {"rows": frame.height, "path": path}
        tell(f"{agency}: {frame.height} rows")
    records = pl.concat(mentions)
    persons = truth.persons(world, labels, seen)
    truth.write_parquet(records, folder / "truth" / "records.parquet")
    truth.write_parquet(persons, folder / "truth" / "persons.parquet")
    truth.write_parquet(truth.events(world, labels), folder / "truth" / "events.parquet")
    victims = seen[: world.child_count]
    return {
        "agencies": agencies,
        "suspects": len(world.people) - world.child_count,
        "children_seen": int((victims > 0).sum()),
        "children_unseen": int((victims == 0).sum()),
        "victim_records": int((records["role"] == "victim").sum()),
        "suspect_records": int((records["role"] == "suspect").sum()),
    }


def _filed(rows: Sheet) -> Sheet:
    """In the order in which the agency filed them: by day."""
    order = np.argsort(rows.columns[rows.main], kind="stable")
    return Sheet(
        rows.agency,
        rows.who[order],
        rows.main,
        {name: values[order] for name, values in rows.columns.items()},
    )


def agency_rows(world: World, habits: Habits, rows: Sheet) -> pl.DataFrame:
    """One agency's rows in canonical names and codes, as the agency believes them to be."""
    known_on = rows.columns[rows.main]
    facts, precision = written_dates(world, rows)
    mentions = write_mentions(world, habits, rows.who, known_on, facts)
    own = {name: values for name, values in rows.columns.items() if "." not in name}
    columns = own | written_facts(world, rows, facts) | case_columns(world, rows, habits.number)
    return pl.DataFrame(
        {
            "record": _own_numbers(habits, known_on),
            "role": np.where(world.is_child(rows.who), "victim", "suspect"),
            "facts_date": facts,
            "facts_date.precision": precision,
            **{name: _polars(values) for name, values in columns.items()},
        }
    ).hstack(mentions)


def _own_numbers(habits: Habits, known_on: Any) -> pl.Series:
    """The agency's numbers: its letters, the year, a counter."""
    years: Ints = year_of(known_on)
    counter = np.arange(1, len(years) + 1)
    return (
        f"{habits.number}-"
        + pl.Series(years).cast(pl.String)
        + "-"
        + pl.Series(counter).cast(pl.String).str.zfill(6)
    )


def _polars(values: Any) -> pl.Series:
    """A column with what is not known as null."""
    if isinstance(values, pl.Series):
        return values
    series = pl.Series(values, dtype=pl.String if values.dtype.kind in "OU" else None)
    if series.dtype == pl.String:
        return series.set(series == "", None)
    if series.dtype.is_integer():
        return series.set(series < 0, None)
    return series.fill_nan(None) if series.dtype.is_float() else series
