"""What to publish instead of a table that would be mostly hidden: fewer levels or dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tutela.disclosure.dimension import CodeTree, Dimension
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import protect
from tutela.disclosure.table import FrequencyTable
from tutela.errors import SafetyBlock

#: Above this share of hidden cells a table is mostly hidden.
MOSTLY = 0.5
#: Levels and dimensions that are taken away at most.
STEPS = 4


@dataclass(frozen=True)
class Advice:
    """A coarser table and what it would show; `exact` when it was really protected."""

    text: str
    table: FrequencyTable
    cells: int
    hidden: int
    exact: bool

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: the words, the dimensions with their codes, and what would be hidden."""
        return {
            "text": self.text,
            "dimensions": [
                {"name": name, "codes": tree.codes}
                for name, tree in zip(self.table.names, self.table.trees, strict=True)
            ],
            "cells": self.cells,
            "hidden": self.hidden,
            "hidden_share": round(self.hidden / self.cells, 4),
            "exact": self.exact,
        }


def advise(
    table: FrequencyTable, policy: Policy, hidden_share: float, *, exact: bool = True
) -> Advice | None:
    """A coarser table that would be mostly shown, or None where none is needed or found.

    Takes away, step by step, the level or the dimension that leaves most cells shown. With `exact`
    the result is protected as it would be published; otherwise its hidden cells are those that
    are small themselves, which is too few.
    """
    if hidden_share <= MOSTLY or policy.method != "suppress":
        return None
    at, done = table, []
    for _ in range(STEPS):
        ways = [(_small(coarser, policy), words, coarser) for words, coarser in _coarser(at)]
        if not ways:
            return None
        # Most cells that would be shown; between equals, the one that keeps more.
        small, words, at = max(
            ways, key=lambda way: (way[2].values.size - way[0], way[2].values.size)
        )
        done.append(words)
        if small > MOSTLY * at.values.size:
            continue
        hidden = small
        if exact:
            try:
                hidden = protect([at], policy).report[at.name]["hidden"]
            except SafetyBlock:
                continue
            if hidden > MOSTLY * at.values.size:
                continue
        text = f"Publish {' × '.join(at.names)} {' and '.join(done)}."
        return Advice(text, at, at.values.size, hidden, exact)
    return None


def coarsest_useful(
    tables: Sequence[FrequencyTable], policy: Policy
) -> Iterator[tuple[str, list[FrequencyTable]]]:
    """The same tables at ever coarser detail, the same for all: words, and the tables.

    `tables` are alike (one per window of time). Full detail comes first; then, step by step, the
    level or dimension is taken away that leaves most cells of all of them shown.
    """
    at, done = list(tables), ["full detail"]
    yield done[0], at
    for _ in range(STEPS):
        # Every table offers the same ways, because all have the same codes.
        ways = list(zip(*(_coarser(table) for table in at), strict=True))
        if not ways:
            return
        best = max(
            ways,
            key=lambda way: sum(coarse.values.size - _small(coarse, policy) for _, coarse in way),
        )
        done = [*(done if done != ["full detail"] else []), best[0][0]]
        at = [coarse for _, coarse in best]
        yield " and ".join(done), at


def _small(table: FrequencyTable, policy: Policy) -> int:
    zero = (table.values == 0) & (policy.zeros == "structural")
    return int(((table.values < policy.threshold) & ~zero & ~table.impossible).sum())


def _coarser(table: FrequencyTable) -> Iterator[tuple[str, FrequencyTable]]:
    """Every way to take one level away; where there is none left, one dimension."""
    levels = any(max(tree.depth) > 1 for tree in table.trees)
    for name, tree in zip(table.names, table.trees, strict=True):
        deepest = max(tree.depth)
        if deepest > 1:
            gone = [code for code, depth in zip(tree.codes, tree.depth, strict=True)
                    if depth == deepest]  # fmt: skip
            words = f"without the finest codes of {name} ({', '.join(gone[:3])} …)"
            yield words, _without_level(table, name, tree, set(gone))
        if not levels and len(table.names) > 1:
            kept = [d for d in table.dimensions if d.name != name]
            yield f"without {name}", _rebuilt(table, kept, _leaves(table))


def _without_level(
    table: FrequencyTable, name: str, tree: CodeTree, gone: set[str]
) -> FrequencyTable:
    above = {code: tree.codes[tree.parent[tree.index[code]]] for code in gone}
    dimensions = [
        Dimension(
            d.name,
            d.total,
            {code: parent for code, parent in d.parents.items() if code not in gone},
            d.hide_cost,
            tuple(code for code in tree.codes[1:] if code not in gone),
        )
        if d.name == name
        else d
        for d in table.dimensions
    ]
    return _rebuilt(table, dimensions, _leaves(table).with_columns(pl.col(name).replace(above)))


def _leaves(table: FrequencyTable) -> pl.DataFrame:
    counts = table.frame().with_columns(pl.Series("count", table.values.ravel()))
    return counts.filter(pl.Series(table.leaf_mask().ravel()))


def _rebuilt(
    table: FrequencyTable, dimensions: list[Dimension], leaves: pl.DataFrame
) -> FrequencyTable:
    names = [dimension.name for dimension in dimensions]
    counts = leaves.group_by(names).agg(pl.col("count").sum())
    return FrequencyTable(table.name, dimensions, counts, population=table.population)
