"""Additive rounding: every cell a multiple of a base, and every margin the sum of its parts.

The alternative where every cell must show a number. Each leaf goes to one of the two multiples
beside it, at first by a draw that keeps its expected value (Cox, 1987), then by a search that keeps
the errors of all margins small (as Heldal and Langsrud's small count rounding does). Margins are
sums of rounded leaves, so that they tell nothing that the leaves do not.

What readers learn, by attacker:
- the outsider: a cell that shows R counts between R - base + 1 and R + base - 1, never below 0; the
  range is at least base - 1 wide, that is 2 for base 3 and 4 for base 5. That is less than hiding
  gives;
- the insider (one contributor): one less;
- who runs the program again: nothing without the secret seed of the draw. One seed gives one
  rounding of one table, so that asking again averages nothing out.
Exact figures of the same units beside it undo it: the ledger refuses to mix methods.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import polars as pl
from scipy import sparse

from tutela.disclosure.dimension import CodeTree
from tutela.disclosure.policy import Policy
from tutela.disclosure.table import FrequencyTable, add_margins
from tutela.errors import SafetyBlock

BASES = {"round3": 3, "round5": 5}
#: Passes over all leaves: the first ones accept some that do not help, the last none.
PASSES = 30


@dataclass(frozen=True)
class Rounded:
    """`cells`: all cells with margins, `count` and `status` (`rounded`); `error` of the counts."""

    cells: pl.DataFrame
    error: dict[str, float]
    small: int
    """How many counts are below the threshold, all of which are safe."""


def round_table(table: FrequencyTable, policy: Policy) -> Rounded:
    """Round `table` to multiples of the base of `policy.method`.

    The errors are absolute differences to the true counts: mean and greatest, over all cells and
    over margins alone. Raises SafetyBlock when the result is not what is promised.
    """
    base = BASES[policy.method]
    leaf = table.leaf_mask().ravel()
    above = reduce(sparse.kron, [_codes_over_leaves(tree) for tree in table.trees])
    true = table.values.ravel()[leaf]
    rest = true % base
    up = _choose(sparse.csc_matrix(above), rest, base, policy.seed)
    values = np.zeros(table.values.shape, dtype=np.int64)
    values[table.leaf_mask()] = true - rest + base * up
    add_margins(values, table.trees)
    _check(values, table, leaf, base)
    off = np.abs(values - table.values).ravel()
    cells = table.frame().with_columns(
        pl.Series("count", values.ravel()), pl.lit("rounded").alias("status")
    )
    margins = off[~leaf]
    return Rounded(
        cells=cells,
        error={
            "mean": round(float(off.mean()), 3),
            "max": int(off.max()),
            "margins_mean": round(float(margins.mean()), 3) if len(margins) else 0.0,
            "margins_max": int(margins.max()) if len(margins) else 0,
        },
        small=int(((table.values < policy.threshold) & ~table.impossible).sum()),
    )


def feasible_range(shown: np.ndarray, base: int) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest true count of leaves that show multiples of `base`."""
    return np.maximum(shown - base + 1, 0), shown + base - 1


def _codes_over_leaves(tree: CodeTree) -> sparse.csr_matrix:
    """Codes × leaves: 1 where the leaf stands at or under the code."""
    rows, columns = [], []
    for number, leaf in enumerate(tree.leaves):
        at = leaf
        while at >= 0:
            rows.append(at)
            columns.append(number)
            at = tree.parent[at]
    entries = (np.ones(len(rows)), (rows, columns))
    return sparse.csr_matrix(entries, shape=(len(tree), len(tree.leaves)))


def _choose(above: sparse.csc_matrix, rest: np.ndarray, base: int, seed: int) -> np.ndarray:
    """Per leaf whether it goes up (0 or 1): small squared errors over all cells, by annealing."""
    random = np.random.default_rng([seed, base])
    up = (random.random(len(rest)) < rest / base).astype(np.int64)
    error = above @ (base * up - rest).astype(np.float64)
    open_leaves = np.flatnonzero(rest)
    start, index = above.indptr, above.indices
    for turn in range(PASSES):
        heat = 2.0 * base**2 * (1 - (turn + 1) / PASSES) ** 2
        moved = False
        for leaf in random.permutation(open_leaves).tolist():
            lines = index[start[leaf] : start[leaf + 1]]
            step = -base if up[leaf] else base
            worse = 2 * step * error[lines].sum() + step * step * len(lines)
            if worse < 0 or (heat > 0 and random.random() < np.exp(-worse / (heat * len(lines)))):
                error[lines] += step
                up[leaf] ^= 1
                moved = True
        if not moved and heat == 0:
            break
    return up


def _check(values: np.ndarray, table: FrequencyTable, leaf: np.ndarray, base: int) -> None:
    """Block unless everything adds, every cell is a multiple, and every leaf is near its count."""
    again = values.copy()
    add_margins(again, table.trees)
    low, high = feasible_range(values.ravel()[leaf], base)
    true = table.values.ravel()[leaf]
    if (
        not np.array_equal(again, values)
        or np.any(values % base)
        or np.any((true < low) | (true > high))
        or np.any(high - low < base - 1)
    ):
        raise SafetyBlock(
            f"Table {table.name}: rounding failed its own check; nothing is written.",
            remedy="This is a fault of the program; please report it with the input.",
        )
