"""Birth dates as agencies write them: proven, estimated, the first of January, a year, a slip."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from tutela.simulation.chance import NEVER, Bools, Dates, Ints, between, happens
from tutela.simulation.world import World

EIGHTEEN_YEARS = np.timedelta64(6574, "D")
DAY, YEAR = "day", "year"


def written_births(
    rng: np.random.Generator, world: World, who: Ints, known_on: Dates, facts: Dates
) -> dict[str, Any]:
    """`birth_date`, its precision and quality, and the age on `known_on` where no date is noted."""
    people, rates, size = world.people, world.rates, len(who)
    proven = people.papers[who]
    date = people.estimate[who].copy()
    differs = ~proven & happens(rng, rates.number("writing.estimate_differs"), size)
    date = np.where(differs, _other_estimate(rng, date), date)
    slips = proven & happens(rng, rates.number("writing.birth_slip"), size)
    date = np.where(slips, _slip(rng, date), date)
    earliest = np.fmin(known_on, facts)
    date = _possible(world, who, date, earliest, facts)
    missing = happens(rng, rates.number("writing.birth_missing"), size)
    year_only = ~proven & happens(rng, rates.number("writing.year_only"), size) & ~missing
    quality = np.where(proven, "exact", "estimated")
    quality = np.where(year_only, "year_only", np.where(missing, "unknown", quality))
    age = (known_on - people.birth[who]).astype(np.int64) * 4 // 1461
    with_age = missing & (age >= 0)
    return {
        "birth_date": pl.Series(np.where(missing, NEVER, date)),
        "birth_date.precision": np.where(year_only, YEAR, DAY),
        "birth_date_quality": quality,
        "age_at_identification": pl.Series(age).set(pl.Series(~with_age), None),
    }


def _other_estimate(rng: np.random.Generator, date: Dates) -> Dates:
    years = date.astype("datetime64[Y]") + between(rng, -1, 1, len(date)).astype(np.int64)
    january = years.astype("datetime64[D]")
    return np.where(rng.random(len(date)) < 0.6, january, january + between(rng, 0, 364, len(date)))


def _slip(rng: np.random.Generator, date: Dates) -> Dates:
    """Day and month swapped, a day or month wrong, or a year wrong."""
    size = len(date)
    kind = rng.integers(0, 4, size)
    month_start = date.astype("datetime64[M]")
    year_start = date.astype("datetime64[Y]").astype("datetime64[M]")
    day = (date - month_start.astype("datetime64[D]")).astype(np.int64)
    month = (month_start - year_start).astype(np.int64)
    swapped = (year_start + np.minimum(day, 11)).astype("datetime64[D]") + month
    swapped = np.where(day <= 11, swapped, date + np.timedelta64(10, "D"))
    other_day = date + rng.choice([-10, -2, -1, 1, 2, 10], size)
    twentieth = np.minimum(day, 27)
    other_month = (month_start + rng.choice([-1, 1], size)).astype("datetime64[D]") + twentieth
    other_year = (month_start + rng.choice([-12, 12, -120], size)).astype("datetime64[D]")
    wrong_year = other_year + twentieth
    return np.select(
        [kind == 0, kind == 1, kind == 2], [swapped, other_day, other_month], wrong_year
    )


def _possible(world: World, who: Ints, date: Dates, earliest: Dates, facts: Dates) -> Dates:
    """The true date where what was written cannot be: a form would have refused it."""
    true = world.people.birth[who]
    unborn = date > earliest
    grown: Bools = world.is_child(who) & (facts - date >= EIGHTEEN_YEARS)
    too_old = ~world.is_child(who) & (date < np.datetime64("1925-01-01", "D"))
    return np.where(unborn | grown | too_old, true, date)
