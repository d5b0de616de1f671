"""How far two records agree, field by field: the loops over pairs, compiled.

Records stand in rows of whole numbers, -1 where a value is missing: filter numbers of names, parts
of dates, codes. Which columns there are says compare.py.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tutela.linkage import dates
from tutela.linkage.compiled import compiled

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

#: Dice from which a name is another, far, near, nearly equal.
STEPS = (0.50, 0.65, 0.78, 0.88)
#: Level of a name from which an alias may stand for it.
NEAR = 3
#: Share of the smaller filter's bits found in the larger, from which it counts as held by it.
HELD = 0.97
#: Grades of commonness for names that agree in part and for equal ones.
GRADES, BINS = 3, 8
EQUAL = 4 + 3 * GRADES
NAME_LEVELS = EQUAL + BINS
DATE_LEVELS = 14
CODE_BINS = 6
CODE_LEVELS = 2 + CODE_BINS
#: Columns of a date in a row: full, swapped, year, year with month, year with day, month with day,
#: quality, and whether the full date is a common one.
DATE_WIDTH = 8

_M1 = np.uint64(0x5555555555555555)
_M2 = np.uint64(0x3333333333333333)
_M4 = np.uint64(0x0F0F0F0F0F0F0F0F)
_H01 = np.uint64(0x0101010101010101)
_ONE, _TWO, _FOUR, _TOP = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)
_EXACT = dates.EXACT


@compiled
def _shared(words: Words, a: int, b: int) -> int:
    """How many bits two filters share."""
    total = np.uint64(0)
    first, second = np.uint64(a), np.uint64(b)
    for k in range(np.uint64(8)):
        x = words[first, k] & words[second, k]
        x = x - ((x >> _ONE) & _M1)
        x = (x & _M2) + ((x >> _TWO) & _M2)
        x = (x + (x >> _FOUR)) & _M4
        total += (x * _H01) >> _TOP
    return int(total)


@compiled
def _similar(words: Words, bits: Ints, a: int, b: int) -> float:
    """Dice of two filters; -1 where one is missing, 1 for one and the same, and 2 added where the
    smaller is held by the larger."""
    if a < 0 or b < 0:
        return -1.0
    if a == b:
        return 1.0
    shared = _shared(words, a, b)
    size, other = bits[np.uint64(a)], bits[np.uint64(b)]
    dice = min(2.0 * shared / max(int(size) + int(other), 1), 0.999)
    if dice < STEPS[3] and shared >= HELD * min(size, other):
        return 2.0 + dice
    return dice


@compiled
def _strength(similar: float) -> float:
    """Similarity on one scale: a name that holds the other counts as near."""
    if similar >= 2.0:
        return similar - 2.0 if similar > 2.8 else 0.8
    return similar if similar > 0.0 else 0.0


@compiled
def _name_level(similar: float, a: int, b: int, grade: Bytes) -> int:
    if similar < 0.0:
        return 0
    if similar == 1.0:
        return EQUAL + int(grade[a])
    if similar < STEPS[2]:
        return 1 + int(similar >= STEPS[0]) + int(similar >= STEPS[1])
    commonest = min(grade[a], grade[b])
    rough = 0 if commonest < 3 else (1 if commonest < 5 else 2)
    if similar >= 2.0:
        return 4 + rough
    if similar < STEPS[3]:
        return 4 + GRADES + rough
    return 4 + 2 * GRADES + rough


@compiled
def _date_level(rows: Ints, i: int, j: int, at: int) -> int:
    """1 years apart, 2 and guessed, 3 a year apart, 4 and guessed, 5 day and month but not year,
    6 same year, 7 and guessed, 8 same year and day, 9 and month, 10 day and month exchanged,
    11 equal and guessed or a date that many have, 12 equal, guessed and rare, 13 equal."""
    year, year_other = rows[i, at + 2], rows[j, at + 2]
    if year < 0 or year_other < 0:
        return 0
    guessed = rows[i, at + 6] != _EXACT or rows[j, at + 6] != _EXACT
    if rows[i, at] >= 0 and rows[i, at] == rows[j, at]:
        if rows[i, at + 7] == 1:
            return 11
        return 12 if guessed else 13
    month = rows[i, at + 3] >= 0 and rows[i, at + 3] == rows[j, at + 3]
    day = rows[i, at + 4] >= 0 and rows[i, at + 4] == rows[j, at + 4]
    if year == year_other:
        if guessed:
            return 7
        if rows[i, at + 1] >= 0 and rows[i, at + 1] == rows[j, at]:
            return 10
        return 9 if month else (8 if day else 6)
    if rows[i, at + 5] >= 0 and rows[i, at + 5] == rows[j, at + 5] and not guessed:
        return 5
    return (3 if abs(year - year_other) == 1 else 1) + int(guessed)


@compiled
def _own_levels(
    rows: Ints, i: int, j: int, words: Words, bits: Ints, grade: Bytes
) -> tuple[int, int]:
    """Levels of the given and the family name."""
    given = _similar(words, bits, rows[i, 0], rows[j, 0])
    family = _similar(words, bits, rows[i, 1], rows[j, 1])
    first = _name_level(given, rows[i, 0], rows[j, 0], grade)
    second = _name_level(family, rows[i, 1], rows[j, 1], grade)
    straight = _strength(given) + _strength(family)
    if straight < 2.0 * STEPS[3]:
        # Clerks exchange given and family names; the better half stands for the given name.
        one = _similar(words, bits, rows[i, 0], rows[j, 1])
        two = _similar(words, bits, rows[i, 1], rows[j, 0])
        if _strength(one) + _strength(two) > straight + 0.3:
            left = _name_level(one, rows[i, 0], rows[j, 1], grade)
            right = _name_level(two, rows[i, 1], rows[j, 0], grade)
            first, second = max(left, right), min(left, right)
    # An alias of one side stands for the name where it agrees better.
    for a, b in ((i, j), (j, i)):
        alias = rows[a, 2]
        if alias >= 0:
            name = rows[b, 0]
            level = _name_level(_similar(words, bits, alias, name), alias, name, grade)
            if level >= NEAR:
                first = max(first, level)
            name = rows[b, 1]
            level = _name_level(_similar(words, bits, alias, name), alias, name, grade)
            if level >= NEAR:
                second = max(second, level)
    return first, second


@compiled
def levels_of_pairs(
    i: Ints,
    j: Ints,
    rows: Ints,
    own: bool,
    relatives: int,
    date_count: int,
    codes: int,
    words: Words,
    bits: Ints,
    grade: Bytes,
    relative_grade: Bytes,
    code_grade: Bytes,
    code_start: Ints,
    out: Bytes,
) -> None:
    """The levels of the pairs (i, j) into `out`, shape (pairs, features)."""
    first_date = 3 + relatives
    first_code = first_date + date_count * DATE_WIDTH
    for pair in range(len(i)):
        a, b = i[pair], j[pair]
        put = 0
        if own:
            out[pair, 0], out[pair, 1] = _own_levels(rows, a, b, words, bits, grade)
            put = 2
        for k in range(relatives):
            left, right = rows[a, 3 + k], rows[b, 3 + k]
            similar = _similar(words, bits, left, right)
            out[pair, put + k] = _name_level(similar, left, right, relative_grade[k])
        put += relatives
        for k in range(date_count):
            out[pair, put + k] = _date_level(rows, a, b, first_date + k * DATE_WIDTH)
        put += date_count
        for k in range(codes):
            left, right = rows[a, first_code + k], rows[b, first_code + k]
            if left < 0 or right < 0:
                out[pair, put + k] = 0
            elif left != right:
                out[pair, put + k] = 1
            else:
                out[pair, put + k] = 2 + code_grade[code_start[k] + left]


@compiled
def odds_of_levels(
    levels: Bytes,
    starts: Ints,
    chances: npt.NDArray[np.float64],
    shares: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
) -> None:
    """Log odds of each row of levels; the first class of pairs is one person.

    `chances` (levels of all features, classes) from `starts[feature]`; `shares` by class.
    """
    classes = len(shares)
    product = np.empty(classes, np.float64)
    for pair in range(len(levels)):
        for k in range(classes):
            product[k] = shares[k]
        for feature in range(levels.shape[1]):
            at = starts[feature] + levels[pair, feature]
            for k in range(classes):
                product[k] *= chances[at, k]
        other = 0.0
        for k in range(1, classes):
            other += product[k]
        out[pair] = np.log(max(product[0], 1e-300)) - np.log(max(other, 1e-300))
