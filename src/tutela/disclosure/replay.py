"""The replayer: runs the algorithm on every table that could be the true one (a matching attack).

A deterministic algorithm tells more than what it shows: tables from which it would have hidden
other cells cannot be the true one. Whoever knows the seed of the choice among equally good cells
can do this; a seed that is secret leaves every seed to be thought of. The attack enumerates, and is
for small tables: it says what a seed protects, not whether a large table is safe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import polars as pl

from tutela.disclosure.graph import build_graph
from tutela.disclosure.policy import Policy
from tutela.disclosure.primary import find_sensitive
from tutela.disclosure.protect import costs
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.secondary import Suppression
from tutela.disclosure.table import FrequencyTable, add_margins
from tutela.errors import SafetyBlock


@dataclass(frozen=True)
class Replayer:
    """Knows the program and its rules, and the seed or only that it is one of `seeds`."""

    policy: Policy
    seeds: Sequence[int]

    def ranges(
        self, published: PublishedTable, most: int
    ) -> dict[tuple[int, ...], tuple[int, int]]:
        """Least and greatest value of each hidden cell (by position) over the tables that fit.

        A table fits when it agrees with all that is shown and the program hides from it, with one
        of the seeds, exactly the cells that are hidden. Hidden leaf cells are tried up to `most`.
        """
        hidden = published.hidden
        leaves = [tuple(p) for p in np.argwhere(hidden & published.leaf_mask())]
        least = 1 if self.policy.zeros == "structural" else 0
        found: dict[tuple[int, ...], tuple[int, int]] = {}
        for values in product(range(least, most + 1), repeat=len(leaves)):
            cube = np.where(published.leaf_mask(), np.maximum(published.values, 0), 0)
            for place, value in zip(leaves, values, strict=True):
                cube[place] = value
            add_margins(cube, published.trees)
            if np.any(cube[~hidden] != published.values[~hidden]):
                continue
            table = _candidate(published, cube)
            if not any(np.array_equal(self._pattern(table, s), hidden) for s in self.seeds):
                continue
            for position in map(tuple, np.argwhere(hidden)):
                value = int(table.values[position])
                low, high = found.get(position, (value, value))
                found[position] = min(low, value), max(high, value)
        return found

    def _pattern(self, table: FrequencyTable, seed: int) -> np.ndarray:
        return hidden_by(table, replace(self.policy, seed=seed))


def hidden_by(table: FrequencyTable, policy: Policy) -> np.ndarray:
    """Which cells the program hides of `table` (bool per cell; none when it blocks)."""
    graph = build_graph([table])
    work = Suppression(graph, find_sensitive(graph, policy), policy, *costs(graph, policy))
    try:
        work.run()
    except SafetyBlock:
        return np.zeros(table.values.shape, dtype=bool)
    pattern: np.ndarray = work.hidden[graph.grids[0]]
    return pattern


def _candidate(published: PublishedTable, cube: np.ndarray) -> FrequencyTable:
    cells = published.frame().with_columns(count=pl.Series(cube.ravel()))
    return FrequencyTable(published.name, published.dimensions, cells)
