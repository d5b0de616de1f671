"""Compare candidate pairs field by field into small levels; level 0 is "one side is missing".

Names by the Dice coefficient of their filters, given and family names in whichever order agrees
best (clerks swap them), aliases standing in for either; dates by their parts and quality; codes
and tokens by equality, apart for common and rare values, since two who share a rare name agree more
than two who share a common one (term frequency, Winkler 2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutela.linkage import dates
from tutela.linkage.schema import Field, Kind, Part
from tutela.linkage.table import MISSING, DateColumns, Ints, Table

Levels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

#: Dice at which a name's level rises; at 1 come three levels by how common the value is.
STEPS = (0.50, 0.65, 0.78, 0.88)
NAME_LEVELS = 1 + 1 + len(STEPS) + 3
DATE_LEVELS = 9
CODE_LEVELS = 5
#: A value is common above the first share of the records and rare below the second.
COMMON, RARE = 0.005, 0.0005


@dataclass(frozen=True)
class Feature:
    """One compared thing and how many levels it has, 0 (missing) included."""

    name: str
    levels: int


class Comparison:
    """Compares pairs of one table; `features` say what the columns of `levels` mean."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._words = table.bits.view(np.uint64) if len(table.bits) else np.zeros((0, 8), np.uint64)
        self._common = _commonness_of_filters(table)
        self._code_common = {
            name: _commonness(codes) for name, codes in {**table.codes, **table.tokens}.items()
        }
        self.features = tuple(self._declare())

    def _declare(self) -> list[Feature]:
        table = self.table
        found = []
        if self._own():
            found += [Feature("given", NAME_LEVELS), Feature("family", NAME_LEVELS)]
        found += [Feature(f.name, NAME_LEVELS) for f in self._other_names()]
        found += [Feature(name, DATE_LEVELS) for name in table.dates]
        found += [Feature(name, CODE_LEVELS) for name in (*table.codes, *table.tokens)]
        return found

    def _own(self) -> bool:
        return any(self.table.own_name(p) is not None for p in (Part.GIVEN, Part.FAMILY))

    def _other_names(self) -> list[Field]:
        return [
            f
            for f in self.table.schema.of_kind(Kind.NAME)
            if f.part in (Part.RELATIVE, Part.TEXT) and f.name in self.table.names
        ]

    def levels(self, i: Ints, j: Ints) -> Levels:
        """Levels of the pairs (i, j), shape (pairs, features)."""
        table = self.table
        columns: list[Levels] = []
        if self._own():
            columns += self._own_names(i, j)
        for field in self._other_names():
            numbers = table.names[field.name]
            columns.append(self._name_level(*self._dice(numbers[i], numbers[j])))
        columns += [_date_level(column, i, j) for column in table.dates.values()]
        for name, codes in {**table.codes, **table.tokens}.items():
            columns.append(_code_level(codes, self._code_common[name], i, j))
        return np.stack(columns, axis=1) if columns else np.zeros((len(i), 0), np.uint8)

    def _own_names(self, i: Ints, j: Ints) -> list[Levels]:
        none = np.full(self.table.rows, MISSING, dtype=np.int32)
        given, family, other = (
            none if (n := self.table.own_name(p)) is None else n
            for p in (Part.GIVEN, Part.FAMILY, Part.OTHER)
        )
        straight_given = self._dice(given[i], given[j])
        straight_family = self._dice(family[i], family[j])
        total = _known(straight_given[0]) + _known(straight_family[0])
        # Only pairs that do not agree as they stand are tried in the other order.
        weak = np.flatnonzero(total < 2 * STEPS[-1])
        crossed_given = self._dice(given[i[weak]], family[j[weak]])
        crossed_family = self._dice(family[i[weak]], given[j[weak]])
        crossed = _known(crossed_given[0]) + _known(crossed_family[0])
        swap = crossed > total[weak] + 0.3
        # The better half stands for the given name, so that the order of the pair does not matter.
        second = crossed_family[0] > crossed_given[0]
        for column in range(2):
            left, right = crossed_given[column], crossed_family[column]
            left[second], right[second] = right[second], left[second]
        for straight, turned in (
            (straight_given, crossed_given),
            (straight_family, crossed_family),
        ):
            straight[0][weak[swap]] = turned[0][swap]
            straight[1][weak[swap]] = turned[1][swap]
        if (other != MISSING).any():
            for best, numbers in ((straight_given, given), (straight_family, family)):
                self._aliases(best, numbers, other, i, j)
        return [self._name_level(*straight_given), self._name_level(*straight_family)]

    def _aliases(
        self, best: tuple[Floats, Levels], numbers: Ints, other: Ints, i: Ints, j: Ints
    ) -> None:
        """Let an alias of one side stand for the name where it agrees better."""
        for left, right in ((other, numbers), (numbers, other)):
            rows = np.flatnonzero((left[i] != MISSING) & (right[j] != MISSING) & (best[0] < 0.88))
            if rows.size:
                dice, common = self._dice(left[i[rows]], right[j[rows]])
                better = dice > np.maximum(best[0][rows], STEPS[1])
                best[0][rows[better]] = dice[better]
                best[1][rows[better]] = common[better]

    def _dice(self, left: Ints, right: Ints) -> tuple[Floats, Levels]:
        """Dice of two columns of filter numbers (-1 where missing), and how common equals are."""
        dice = np.full(len(left), -1.0, dtype=np.float32)
        common = np.zeros(len(left), dtype=np.uint8)
        both = np.flatnonzero((left != MISSING) & (right != MISSING))
        if both.size == 0:
            return dice, common
        a, b = left[both], right[both]
        same = a == b
        value = np.ones(len(both), dtype=np.float32)
        apart = np.flatnonzero(~same)
        a, b = a[apart], b[apart]
        shared = np.bitwise_count(self._words[a] & self._words[b]).sum(axis=1, dtype=np.int32)
        total = self.table.popcount[a].astype(np.int32) + self.table.popcount[b]
        value[apart] = np.minimum(2.0 * shared / np.maximum(total, 1), 0.999)
        dice[both] = value
        common[both[same]] = self._common[left[both[same]]]
        return dice, common

    def _name_level(self, dice: Floats, common: Levels) -> Levels:
        level = np.searchsorted(np.array(STEPS, dtype=np.float32), dice, side="right") + 1
        level = np.where(dice < 0, 0, level)
        exact = dice >= 1.0
        level[exact] = 2 + len(STEPS) + common[exact]
        return level.astype(np.uint8)


def _known(dice: Floats) -> Floats:
    return np.maximum(dice, 0.0)


def _commonness(codes: Ints) -> Levels:
    """0 common, 1 in between, 2 rare, by code."""
    known = codes[codes != MISSING]
    counts = np.bincount(known) if len(known) else np.zeros(1, dtype=np.int64)
    share = counts / max(1, len(known))
    return np.where(share > COMMON, 0, np.where(share > RARE, 1, 2)).astype(np.uint8)


def _commonness_of_filters(table: Table) -> Levels:
    """How common each filter is over all name fields together."""
    if not table.names:
        return np.zeros(1, dtype=np.uint8)
    together = np.concatenate(list(table.names.values()))
    levels = np.full(len(table.bits), 2, dtype=np.uint8)
    found = _commonness(together)
    levels[: len(found)] = found[: len(levels)]
    return levels


def _code_level(codes: Ints, common: Levels, i: Ints, j: Ints) -> Levels:
    a, b = codes[i], codes[j]
    level = np.where(a == b, 2 + common[np.maximum(a, 0)], 1)
    return np.where((a == MISSING) | (b == MISSING), 0, level).astype(np.uint8)


def _date_level(column: DateColumns, i: Ints, j: Ints) -> Levels:
    """1 years apart, 2 a year apart and guessed, 3 same year, 4 same year and guessed, 5 day and
    month but not year, 6 same year and month or day, 7 day and month exchanged, 8 equal."""
    year_i, year_j = column.year[i], column.year[j]
    rough = (dates.ESTIMATED, dates.YEAR, dates.MONTH)
    guessed = np.isin(column.quality[i], rough) | np.isin(column.quality[j], rough)
    same_year = year_i == year_j
    near = (column.year_before[i] == year_j) | (column.year_after[i] == year_j)
    month = (column.month[i] == column.month[j]) & (column.month[i] != MISSING)
    day = (column.day[i] == column.day[j]) & (column.day[i] != MISSING)
    full = (column.full[i] == column.full[j]) & (column.full[i] != MISSING)
    turned = (column.swapped[i] == column.full[j]) & (column.swapped[i] != MISSING)
    level = np.ones(len(i), dtype=np.uint8)
    level[near & guessed] = 2
    level[month & day & ~guessed] = 5
    level[same_year] = 3
    level[same_year & guessed] = 4
    level[same_year & (month | day) & ~guessed] = 6
    level[turned & ~guessed] = 7
    level[full & ~guessed] = 8
    level[(year_i == MISSING) | (year_j == MISSING)] = 0
    return level
