"""One agency's file before anyone writes it down: who stands in it, and the agency's own facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tutela.simulation.chance import NEVER, Bools, Dates, Floats, Ints, happens, stream
from tutela.simulation.children import FIRST_DAY, LAST_DAY, RISKS
from tutela.simulation.world import World

Column = np.ndarray[Any, Any]
UNKNOWN_NUMBER = -1


@dataclass(frozen=True)
class Sheet:
    """Rows of one agency. Nothing known: no date, "" for codes, NaN for amounts, -1 for numbers.

    `who` numbers persons (-1: a row about nobody by name), `main` is the date by which the agency
    files the row, `columns` are named as in the profile.
    """

    agency: str
    who: Ints
    main: str
    columns: dict[str, Column]

    def __len__(self) -> int:
        return len(self.who)


def within_window(dates: Dates) -> Bools:
    """Which dates lie in the years that agencies hand in."""
    return np.asarray((dates >= FIRST_DAY) & (dates <= LAST_DAY))


def sheet(agency: str, who: Ints, main: str, columns: dict[str, Column]) -> Sheet:
    """The rows whose main date lies in the years handed in."""
    kept = within_window(columns[main])
    return Sheet(agency, who[kept], main, {name: values[kept] for name, values in columns.items()})


def register_twice(world: World, rows: Sheet) -> Sheet:
    """Some children are registered again: the same main date, hardly anything else."""
    shares = world.rates.table("sees.registered_twice")
    if rows.agency not in shares:
        return rows
    rng = stream(world.seed, f"twice {rows.agency}")
    again = np.flatnonzero(world.is_child(rows.who) & happens(rng, shares[rows.agency], len(rows)))
    columns = {
        name: np.concatenate(
            [values, values[again] if name == rows.main else nothing(values, len(again))]
        )
        for name, values in rows.columns.items()
    }
    return Sheet(rows.agency, np.concatenate([rows.who, rows.who[again]]), rows.main, columns)


def nothing(like: Column, size: int) -> Column:
    """`size` missing values of the kind of `like`."""
    if like.dtype.kind == "M":
        return np.full(size, NEVER)
    if like.dtype.kind == "f":
        return np.full(size, np.nan)
    if like.dtype.kind == "i":
        return np.full(size, UNKNOWN_NUMBER)
    return np.full(size, "")


def codes_where(codes: Column, dates: Dates) -> Column:
    """The codes where the step has a date, nothing elsewhere."""
    return np.where(np.isnat(dates), "", codes)


def risk_columns(world: World, agency: str, who: Ints) -> dict[str, Column]:
    """Situations of risk as an agency notes them: yes, no, or nothing where it did not ask."""
    rng = stream(world.seed, f"risks {agency}")
    noted_share = world.rates.number("risks.noted")
    children = world.is_child(who)
    known = np.where(children, who, 0)
    columns: dict[str, Column] = {}
    for risk in RISKS:
        noted = children & happens(rng, noted_share, len(who))
        answer = np.where(world.children.risks[risk][known], "yes", "no")
        columns[f"risk_{risk}"] = np.where(noted, answer, "")
    return columns


def interview_columns(world: World, agency: str, who: Ints, dates: Dates) -> dict[str, Column]:
    """Numbers of interviews of children, and of those recorded."""
    rng = stream(world.seed, f"interviews {agency}")
    size = len(who)
    mean = world.rates.number("protection.interviews")
    number = rng.poisson(mean, size)
    since_2013 = dates >= np.datetime64("2013-01-01", "D")
    share: Floats = np.where(
        since_2013,
        world.rates.number("protection.recorded_since_2013"),
        world.rates.number("protection.recorded_before_2013"),
    )
    recorded = rng.binomial(number, share)
    noted = world.is_child(who) & (rng.random(size) < 0.85)
    return {
        "interviews": np.where(noted, number, UNKNOWN_NUMBER),
        "interviews_recorded": np.where(noted, recorded, UNKNOWN_NUMBER),
    }
