"""Draw pairs that show the whole table: what agrees by chance, what agrees by kinship, what is one.

Random pairs almost never agree in a name, and candidate pairs almost always do. Pairs are drawn
from both, and from records that share one value (a name, a home, a telephone), and each is weighted
by the inverse of its chance to be drawn (multiple importance sampling, Veach and Guibas 1995). The
weighted sample stands for all pairs of the table, and its size does not grow with the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tutela.linkage.block import Blocks, mix
from tutela.linkage.compare import Comparison, Levels
from tutela.linkage.schema import Part
from tutela.linkage.table import MISSING, Ints, Table

Floats = npt.NDArray[np.float64]
Rng = np.random.Generator

#: Pairs drawn at random, from candidates, and from those that share one value.
RANDOM, CANDIDATES, SHARING = 200_000, 400_000, 30_000
#: Records among which pairs that share a value are drawn.
SOME = 200_000


@dataclass(frozen=True)
class Patterns:
    """Distinct rows of levels, whether blocking proposed the pairs, and how many pairs of the table
    show each."""

    levels: Levels
    proposed: npt.NDArray[np.bool_]
    counts: Floats


def draw_patterns(comparison: Comparison, blocks: Blocks, seed: int = 0) -> Patterns:
    """The weighted patterns of a sample that stands for all pairs of the table."""
    table = comparison.table
    rng = np.random.default_rng(seed)
    rows = table.rows
    if rows < 2:
        none = np.zeros((0, len(comparison.features)), np.uint8)
        return Patterns(none, np.zeros(0, np.bool_), np.zeros(0))
    every = rows * (rows - 1) / 2
    some = np.sort(rng.choice(rows, min(rows, SOME), replace=False)).astype(np.int32)
    columns = [_dense(column, some) for column in _shared_values(table, some)]
    sizes = [_pairs_sharing(column) for column in columns]
    drawn = [_random(rng, rows, int(min(RANDOM, 2 * every)))]
    drawn += [
        _sharing(rng, column, int(min(SHARING, 2 * size)))
        for column, size in zip(columns, sizes, strict=True)
    ]
    counts = [len(i) for i, _ in drawn]
    candidates, share = _candidates(rng, blocks, rows)
    i = np.concatenate([pair[0] for pair in drawn])
    j = np.concatenate([pair[1] for pair in drawn])
    held = np.concatenate([blocks.holds(i, j), np.ones(len(candidates[0]), np.bool_)])
    i, j = np.concatenate([i, candidates[0]]), np.concatenate([j, candidates[1]])
    expected = counts[0] / every + held * share
    for column, size, count in zip(columns, sizes, counts[1:], strict=True):
        if size:
            same = (column[i] == column[j]) & (column[i] != MISSING)
            expected += same * (count / size)
    return count_patterns(comparison.levels(i, j), held, 1.0 / expected)


def count_patterns(levels: Levels, proposed: npt.NDArray[np.bool_], weights: Floats) -> Patterns:
    """Distinct rows of levels, proposed or not, with their summed weights."""
    keys = mix(proposed.astype(np.uint8), *levels.T)
    distinct, first, where = np.unique(keys, return_index=True, return_inverse=True)
    total = np.bincount(where, weights=weights, minlength=len(distinct))
    return Patterns(levels[first], proposed[first], total.astype(np.float64))


def _shared_values(table: Table, some: Ints) -> list[Ints]:
    """Columns of values that two records may share by chance, by kinship or for being one."""
    own = [c for part in (Part.GIVEN, Part.FAMILY) if (c := table.own_name(part)) is not None]
    others = [n for name, n in table.names.items() if not any(n is c for c in own)]
    facts = [*table.codes.values(), *table.tokens.values()]
    found = [*own, *others, *facts, *(date.full for date in table.dates.values())]
    for column in [*facts, *others, *own[:1]]:
        found += [_both(own[-1], column, some)] if own and column is not own[-1] else []
    return found


def _both(one: Ints, other: Ints, some: Ints) -> Ints:
    """One column of the values of two, for `some` records."""
    rows = some[(one[some] != MISSING) & (other[some] != MISSING)]
    keys = mix(one[rows], other[rows])
    found = np.full(len(one), MISSING, np.int32)
    found[rows] = np.unique(keys, return_inverse=True)[1]
    return found


def _dense(column: Ints, some: Ints) -> Ints:
    """The column for `some` records, each value named after the first of them that has it, so that
    the numbers of filters change nothing; values that stand alone are left out."""
    known = some[column[some] != MISSING]
    codes = column[known]
    counts = np.bincount(codes, minlength=1)
    first = np.zeros(len(counts), np.int32)
    first[codes[::-1]] = known[::-1]
    found = np.full(len(column), MISSING, np.int32)
    found[known] = np.where(counts[codes] > 1, first[codes], MISSING)
    return found


def _pairs_sharing(column: Ints) -> float:
    counts = np.bincount(column[column != MISSING]).astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def _ordered(i: npt.NDArray[np.integer], j: npt.NDArray[np.integer]) -> tuple[Ints, Ints]:
    apart = i != j
    i, j = i[apart], j[apart]
    return np.minimum(i, j).astype(np.int32), np.maximum(i, j).astype(np.int32)


def _random(rng: Rng, rows: int, size: int) -> tuple[Ints, Ints]:
    return _ordered(rng.integers(rows, size=size), rng.integers(rows, size=size))


def _sharing(rng: Rng, column: Ints, size: int) -> tuple[Ints, Ints]:
    """Pairs drawn evenly among all that share a value."""
    rows = np.flatnonzero(column != MISSING)
    if not len(rows) or not size:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    rows = rows[np.argsort(column[rows], kind="stable")]
    counts = np.bincount(column[rows])
    starts = np.cumsum(counts) - counts
    pairs = np.cumsum(counts.astype(np.float64) * (counts - 1))
    value = np.searchsorted(pairs, rng.random(size) * pairs[-1], side="right")
    value = np.minimum(value, len(counts) - 1)
    one = (rng.random(size) * counts[value]).astype(np.int64)
    step = 1 + (rng.random(size) * (counts[value] - 1)).astype(np.int64)
    other = (one + step) % counts[value]
    return _ordered(rows[starts[value] + one], rows[starts[value] + other])


def _candidates(rng: Rng, blocks: Blocks, rows: int) -> tuple[tuple[Ints, Ints], float]:
    """The candidate pairs of some records, and the share of the records taken."""
    total = int(blocks.counts.sum(dtype=np.int64))
    share = min(1.0, CANDIDATES / max(total, 1))
    chosen = np.flatnonzero(rng.random(rows) < share) if share < 1 else np.arange(rows)
    return blocks.of(chosen.astype(np.int32)), share
