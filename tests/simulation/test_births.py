"""Written birth dates: uncertain where no paper proves them, never impossible."""

from __future__ import annotations

import numpy as np
import polars as pl

from tutela.simulation.births import written_births
from tutela.simulation.chance import stream
from tutela.simulation.world import World


def written(world: World, who: np.ndarray) -> pl.DataFrame:  # type: ignore[type-arg]
    known_on = world.children.found[who]
    facts = world.facts.date[who]
    return pl.DataFrame(written_births(stream(1, "test"), world, who, known_on, facts))


def test_nobody_is_born_after_the_facts_nor_grown_up_at_them(world: World) -> None:
    who = np.arange(world.child_count)
    frame = written(world, who).with_columns(facts=world.facts.date[who])
    known = frame.drop_nulls("birth_date")
    age = (known["facts"] - known["birth_date"]).dt.total_days()
    assert age.min() >= 0  # type: ignore[operator]
    assert age.max() < 6575  # type: ignore[operator]


def test_unproven_dates_vary_and_love_the_first_of_january(world: World) -> None:
    frame = written(world, np.flatnonzero(~world.people.papers[: world.child_count]))
    known = frame.drop_nulls("birth_date")["birth_date"]
    january = ((known.dt.month() == 1) & (known.dt.day() == 1)).mean()
    assert 0.25 < january < 0.75  # type: ignore[operator]
    assert set(frame["birth_date_quality"]) == {"estimated", "year_only", "unknown"}


def test_proven_dates_are_mostly_right(world: World) -> None:
    who = np.flatnonzero(world.people.papers[: world.child_count])
    frame = written(world, who).with_columns(true=world.people.birth[who])
    known = frame.drop_nulls("birth_date")
    right = (known["birth_date"] == known["true"]).mean()
    assert 0.95 < right < 0.995  # type: ignore[operator]


def test_an_age_stands_where_no_date_does(world: World) -> None:
    frame = written(world, np.arange(world.child_count))
    missing = frame.filter(pl.col("birth_date").is_null())
    assert missing.height > 100
    assert missing["age_at_identification"].null_count() == 0
    assert set(missing["birth_date_quality"]) == {"unknown"}
    assert (
        frame.drop_nulls("birth_date")["age_at_identification"].null_count()
        == frame.drop_nulls("birth_date").height
    )
