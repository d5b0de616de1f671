"""Planted records: a small synthetic nation, as the agencies would write it, with its truth.

They are encoded with the live key and sent to the centre to measure linkage by. Nothing of them may
look like a value of a real person: telephone numbers are of a kind that no subscriber has, and file
numbers say that they are planted.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
import polars as pl

from tutela.declared_profiles import declared_profile
from tutela.errors import Misuse
from tutela.simulation.chance import Ints
from tutela.simulation.habits import load_habits
from tutela.simulation.name_pools import CULTURES
from tutela.simulation.nation import SHEETS, agency_rows
from tutela.simulation.people import SEXES
from tutela.simulation.sheet import register_twice
from tutela.simulation.world import World, make_world

#: What the linkage reads, as text.
FIELDS = (
    "given_names",
    "family_names",
    "other_names",
    "mother_names",
    "birth_date",
    "birth_date_quality",
    "sex",
    "citizenship",
    "residence",
    "phone",
    "case_reference",
    "person_reference",
)
TRUTH = ("person_id", "household", "culture", "true_sex", "age")
#: Last year of age of each band; the breaks are those of Belgian law.
AGES = ((5, "0-5"), (9, "6-9"), (13, "10-13"), (15, "14-15"), (17, "16-17"), (999, "18+"))
MOST_CHILDREN = 50_000


def planted_records(children: int, seed: int, country: str = "be") -> pl.DataFrame:
    """Records of `children` invented exploited children and of the suspects around them.

    One row per mention: record_id, source (the agency), role, FIELDS and TRUTH (person_id and
    household are labels, culture and true_sex those of the person, age a band at the facts).
    Raises Misuse for a number of children that is not from 100 to MOST_CHILDREN.
    """
    if not 100 <= children <= MOST_CHILDREN:
        raise Misuse(
            f"{children} children cannot be planted",
            remedy=f"Give a number from 100 to {MOST_CHILDREN}.",
        )
    world = make_world(children, seed, country)
    habits, _ = load_habits(country)
    parts = []
    for agency, draw in SHEETS.items():
        rows = register_twice(world, draw(world))
        rows_known = rows.who >= 0
        if not rows_known.any():
            continue
        frame = agency_rows(world, habits[agency], rows)
        held = {column["name"] for column in declared_profile(agency, country)["columns"]}
        written = frame.select(
            pl.lit(agency).alias("source"),
            "role",
            *(_field(name, frame, held).alias(name) for name in FIELDS),
        )
        truth = _truth(world, np.maximum(rows.who, 0), seed)
        parts.append(pl.concat([written, truth], how="horizontal").filter(pl.Series(rows_known)))
    named = pl.any_horizontal(pl.col("given_names", "family_names", "birth_date").is_not_null())
    together = pl.concat(parts).filter(named)
    labels = [_label("record", seed, number) for number in range(together.height)]
    return (
        together.with_columns(pl.Series("record_id", labels))
        .with_columns(
            pl.col("phone").map_batches(lambda s: _invented_phones(s, seed), pl.String),
            *(("planted " + pl.col(name)).alias(name) for name in _NUMBERS),
        )
        .select("record_id", "source", "role", *FIELDS, *TRUTH)
        .sort("record_id")
    )


_NUMBERS = ("case_reference", "person_reference")


def _field(name: str, frame: pl.DataFrame, held: set[str]) -> pl.Expr:
    """A field as text, null where the agency's file has no such column."""
    if name not in held or name not in frame.columns:
        return pl.lit(None, dtype=pl.String)
    if name != "birth_date":
        return pl.col(name).cast(pl.String)
    year_only = pl.col("birth_date.precision") == "year"
    day = pl.col("birth_date")
    return pl.when(year_only).then(day.dt.strftime("%Y")).otherwise(day.dt.strftime("%Y-%m-%d"))


def _truth(world: World, who: Ints, seed: int) -> pl.DataFrame:
    """Who is behind each row, and what of them the measures are split by."""
    family = np.arange(len(world.people)) + int(world.children.family.max(initial=0)) + 1
    family[: world.child_count] = world.children.family
    people: Any = world.people
    age = (world.facts.date - people.birth).astype(np.int64) * 4 // 1461
    last = np.array([year for year, _ in AGES])
    bands = np.array([name for _, name in AGES])[np.searchsorted(last, age[who])]
    return pl.DataFrame(
        {
            "person_id": [_label("person", seed, int(number)) for number in who],
            "household": [_label("household", seed, int(number)) for number in family[who]],
            "culture": np.array(CULTURES)[people.culture[who]],
            "true_sex": np.array(SEXES)[people.sex[who]],
            "age": bands,
        }
    )


def _label(kind: str, seed: int, number: int) -> str:
    """A label that tells nothing to who does not know the seed."""
    return "planted-" + sha256(f"{kind}|{seed}|{number}".encode()).hexdigest()[:16]


def _invented_phones(phones: pl.Series, seed: int) -> pl.Series:
    """Another number for each: eight last digits from 00 on, which no subscriber has."""
    distinct = phones.drop_nulls().unique().sort()
    numbers = np.random.default_rng([seed, 8]).permutation(1_000_000)[: len(distinct)]
    invented = [f"+32400{number:06}" for number in numbers]
    return phones.replace_strict(distinct, invented, default=None, return_dtype=pl.String)
