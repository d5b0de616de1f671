"""Sweeps: few linear programs with random objectives that prove many cells at once.

A program that pushes half of all open cells up and half down, and its opposite, end in tables that
are far apart in most cells; two such tables are a proof by arithmetic. Large graphs are swept block
by block: what moves inside a block while all else stands still is feasible in the whole.
"""

from __future__ import annotations

import numpy as np

from tutela.disclosure.columns import Columns, Neighbours
from tutela.disclosure.solver import Program
from tutela.disclosure.witness import Witnesses, whole_change

#: Hidden cells in one block.
BLOCK = 1500
#: Sweeps of one block at most; a sweep that settles fewer cells than WORTH was not worth it, and
#: after MISSES of these the rest is quicker done one by one.
SWEEPS, WORTH, MISSES = 40, 4, 1
#: How far a cell that is no target may move, in protections.
REACH = 10


def sweep(
    sums: Columns,
    near: Neighbours,
    hidden: np.ndarray,
    room: np.ndarray,
    witnesses: Witnesses,
    singles: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Prove as many open targets as random objectives can.

    `hidden` and `room` (how far below its starting value it may fall) are per cell. Cells that
    insiders know (`singles`, ids) stand still in the first sweep, and a random half in the others.
    """
    single = np.zeros(len(room), dtype=bool)
    single[singles] = True
    left = np.zeros(len(room), dtype=bool)
    left[witnesses.pending(np.flatnonzero(hidden))] = True
    while left.any():
        seed = np.flatnonzero(left)[:1]
        inner = near.around(seed, hidden, BLOCK // 2)
        _sweep_block(sums, near.around(inner, hidden, BLOCK), room, witnesses, single, rng)
        left[inner] = False
        left &= ~witnesses.done


def _sweep_block(
    sums: Columns,
    cells: np.ndarray,
    room: np.ndarray,
    witnesses: Witnesses,
    single: np.ndarray,
    rng: np.random.Generator,
) -> None:
    matrix = sums.cut(cells)
    n = len(cells)
    far = float(REACH * witnesses.protection)
    reach = np.where(witnesses.target[cells], float(witnesses.protection), far)
    lower, upper = -np.minimum(room[cells], reach), reach
    known = single[cells]
    program = Program(matrix, lower, upper)
    highest, lowest = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    in_highest, in_lowest = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    misses = 0
    for number in range(SWEEPS):
        pending = witnesses.target[cells] & ~witnesses.done[cells]
        before = int(pending.sum())
        if not before or misses >= MISSES:
            return
        low, high = lower, upper
        if known.any():
            still = known & ((rng.random(n) < 0.5) | (number == 0))
            low, high = np.where(still, 0.0, lower), np.where(still, 0.0, upper)
            program.set_bounds(low, high)
        sign = np.where(rng.random(n) < 0.5, -1.0, 1.0)
        cost = np.where(pending, sign * rng.uniform(0.5, 1.0, n), 0.0)
        pair = []
        for way in (cost, -cost):
            change = whole_change(program.minimise(way), matrix, low, high)
            table = witnesses.add(cells, change)
            pair.append(table)
            up, down = change > highest, change < lowest
            highest[up], in_highest[up] = change[up], table
            lowest[down], in_lowest[down] = change[down], table
        witnesses.compare(*pair)
        wide = (highest - lowest >= witnesses.protection) & witnesses.target[cells]
        for i in np.flatnonzero(wide & ~witnesses.covered[cells]):
            witnesses.prove(int(cells[i]), int(in_lowest[i]), int(in_highest[i]))
        after = int((witnesses.target[cells] & ~witnesses.done[cells]).sum())
        misses += before - after < WORTH
