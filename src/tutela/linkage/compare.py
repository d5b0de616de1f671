"""Compare candidate pairs field by field into small levels; level 0 is "one side is missing".

Names by the Dice coefficient of their filters, given and family names in whichever order agrees
best (clerks swap them), aliases standing in for either, a name that holds the other apart; dates by
their parts and quality; codes and tokens by equality. Agreement is graded by how common the value
is, since two who share a rare name agree more than two who share a common one (term frequency,
Winkler 2000), for equal and for nearly equal names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from tutela.linkage.agreement import (
    BINS,
    CODE_LEVELS,
    DATE_LEVELS,
    NAME_LEVELS,
    levels_of_pairs,
)
from tutela.linkage.schema import Field, Kind, Part
from tutela.linkage.table import MISSING, OWN, Ints, Table

Levels = npt.NDArray[np.uint8]

#: Shares of the records below which a name or a code falls into the next grade, rarer and rarer.
NAME_SHARES = tuple(10.0 ** -(1.5 + step / 2) for step in range(BINS - 1))
CODE_SHARES = (0.3, 0.1, 0.03, 0.01, 0.003)
#: A date that more than this share of the records have is one that clerks write when in doubt.
HEAPED, FEWEST_HEAPED = 1 / 1500, 5


class Compared(StrEnum):
    """What is compared, which decides how its levels are to be read."""

    GIVEN = "given"
    NAME = "name"
    """A family name or a relative's: kin share it."""
    DATE = "date"
    CODE = "code"


@dataclass(frozen=True)
class Feature:
    """One compared thing and how many levels it has, 0 (missing) included."""

    name: str
    levels: int
    kind: Compared


@dataclass(frozen=True)
class Grades:
    """How common values are, by number: own names and each other name by filter, codes and tokens
    by code, and which full dates are heaped; the last three in the order of the table's fields."""

    own: Levels
    relatives: tuple[Levels, ...]
    codes: tuple[Levels, ...]
    heaped: tuple[Levels, ...]


class Comparison:
    """Compares pairs of one table; `features` say what the columns of `levels` mean.

    How common values are follows from the table, unless `grades` tells it of a larger whole.
    """

    def __init__(self, table: Table, grades: Grades | None = None) -> None:
        self.table = table
        relatives = other_names(table)
        codes = {**table.codes, **table.tokens}
        own = any(table.own_name(part) is not None for part in OWN)
        self.features = tuple(
            [Feature("given", NAME_LEVELS, Compared.GIVEN)] * own
            + [Feature("family", NAME_LEVELS, Compared.NAME)] * own
            + [Feature(field.name, NAME_LEVELS, Compared.NAME) for field in relatives]
            + [Feature(name, DATE_LEVELS, Compared.DATE) for name in table.dates]
            + [Feature(name, CODE_LEVELS, Compared.CODE) for name in codes]
        )
        grades = grades or grades_of(table)
        words = table.bits.view(np.uint64) if len(table.bits) else np.zeros((1, 8), np.uint64)
        columns = [*_own_columns(table), *(table.names[field.name] for field in relatives)]
        for date, heaped in zip(table.dates.values(), grades.heaped, strict=True):
            columns += [
                date.full, date.swapped, date.year, date.year_month, date.year_day,
                date.month_day, date.quality.astype(np.int32),
                heaped[date.full].astype(np.int32),
            ]  # fmt: skip
        columns += list(codes.values())
        starts = np.cumsum([0, *(len(levels) for levels in grades.codes)])[:-1].astype(np.int32)
        self._plan = (
            np.ascontiguousarray(np.stack(columns, axis=1)),
            own,
            len(relatives),
            len(table.dates),
            len(codes),
            np.ascontiguousarray(words),
            table.popcount.astype(np.int32) if len(table.bits) else np.ones(1, np.int32),
            grades.own,
            np.stack(grades.relatives or [np.zeros(len(words), np.uint8)]),
            np.concatenate([*grades.codes, np.zeros(1, np.uint8)]),
            starts if len(starts) else np.zeros(1, np.int32),
        )

    def levels(self, i: Ints, j: Ints) -> Levels:
        """Levels of the pairs (i, j), shape (pairs, features)."""
        out = np.zeros((len(i), len(self.features)), dtype=np.uint8)
        if out.size:
            levels_of_pairs(i.astype(np.int32), j.astype(np.int32), *self._plan, out)
        return out


def other_names(table: Table) -> list[Field]:
    """The name fields of the table that are not the person's own."""
    return [
        f
        for f in table.schema.of_kind(Kind.NAME)
        if f.part in (Part.RELATIVE, Part.TEXT) and f.name in table.names
    ]


def grades_of(table: Table) -> Grades:
    """How common the values of a table are in it."""
    filters = max(len(table.bits), 1)
    own = np.concatenate(_own_columns(table))
    codes = {**table.codes, **table.tokens}
    few = max(HEAPED, FEWEST_HEAPED / max(table.rows, 1))
    return Grades(
        name_grades(_shares(own, filters, table.rows)),
        tuple(name_grades(_shares(table.names[f.name], filters)) for f in other_names(table)),
        tuple(code_grades(_shares(column)) for column in codes.values()),
        tuple((_shares(d.full) > few).astype(np.uint8) for d in table.dates.values()),
    )


def name_grades(shares: npt.NDArray[np.float64]) -> Levels:
    """Grades of names by their share of the records."""
    return _grades(shares, NAME_SHARES)


def code_grades(shares: npt.NDArray[np.float64]) -> Levels:
    """Grades of codes and tokens by their share of the known values."""
    return _grades(shares, CODE_SHARES)


def _own_columns(table: Table) -> list[Ints]:
    """Given, family and other names; all missing where the table lacks one."""
    none = np.full(table.rows, MISSING, dtype=np.int32)
    return [none if (n := table.own_name(part)) is None else n for part in OWN]


def _shares(codes: Ints, size: int = 0, of: int = 0) -> npt.NDArray[np.float64]:
    """Share of each code among the known values (or of `of` records), by code."""
    known = codes[codes != MISSING]
    counts = np.bincount(known, minlength=max(size, 1))
    return counts / max(of or len(known), 1)


def _grades(shares: npt.NDArray[np.float64], edges: tuple[float, ...]) -> Levels:
    """0 for the commonest values, one more for each edge that the share stays below."""
    return np.searchsorted(-np.array(edges), -shares, side="left").astype(np.uint8)
