"""Protect a set of tables together: hide, attack what was hidden, and block unless it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from tutela.disclosure.attack import Attack
from tutela.disclosure.audit import AuditReport, audit_published
from tutela.disclosure.graph import CellGraph, build_graph
from tutela.disclosure.policy import Policy
from tutela.disclosure.primary import Sensitivity, find_sensitive
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.secondary import Suppression
from tutela.disclosure.solver import Solver
from tutela.disclosure.table import FrequencyTable
from tutela.errors import Misuse, SafetyBlock

#: Rounds of attack and repair before giving up.
ROUNDS = 12


@dataclass(frozen=True)
class Protection:
    """`tables`: per name all cells with margins, `count` (null unless shown) and `status` (shown,
    hidden, zero); `report` per name: cells, primary, hidden, hidden_share. The primary counts stay
    at the centre: what is published never tells primary from secondary."""

    tables: dict[str, pl.DataFrame]
    audit: AuditReport
    report: dict[str, dict[str, Any]]


def protect(tables: Sequence[FrequencyTable], policy: Policy | None = None) -> Protection:
    """Protect `tables` as one cell graph by hiding cells.

    Raises SafetyBlock when a small count cannot be protected, when the attack still finds an unsafe
    cell, or when a solver answers anything but optimal; Misuse for a method that is not offered.
    """
    policy = policy or Policy()
    if policy.method != "suppress":
        raise Misuse(f"the method {policy.method!r} is not offered.", remedy="Use 'suppress'.")
    graph = build_graph(tables)
    if graph.single.any():
        raise SafetyBlock(
            "A table names singletons, and protection against what contributors know of their own "
            "cells is not offered.",
            remedy="Join codes until no cell has one contributor, then leave the column out.",
            details={"cells": int(graph.single.sum())},
        )
    sensitivity = find_sensitive(graph, policy)
    work = Suppression(graph, sensitivity, policy, _costs(graph, policy))
    work.run()
    _repair(graph, sensitivity, policy, work)
    frames = {
        table.name: _frame(graph, t, work.hidden, sensitivity) for t, table in enumerate(tables)
    }
    audit = _audit(tables, frames, policy)
    return Protection(
        frames,
        audit,
        {table.name: _counts(graph, t, work.hidden, sensitivity) for t, table in enumerate(tables)},
    )


def _costs(graph: CellGraph, policy: Policy) -> np.ndarray:
    """Hiding a margin or a large count costs readers most, detail in a dear dimension more still
    (`Dimension.hide_cost`); a secret jitter decides between equals.

    The jitter keeps whoever runs the algorithm again from learning what was primary (matching).
    """
    jitter = np.random.default_rng(policy.seed).random(len(graph))
    size = np.log2(2.0 + np.maximum(graph.value, 0))
    dear = np.ones(len(graph))
    for table, grid in zip(graph.tables, graph.grids, strict=True):
        factor = np.ones(grid.shape)
        for axis, dimension in enumerate(table.dimensions):
            detail = np.moveaxis(factor, axis, 0)[1:]
            detail *= dimension.hide_cost
        dear[grid] = factor
    costs: np.ndarray = size * (1.0 + 2.0 * graph.level) * dear * (1.0 + 0.05 * jitter)
    return costs


def _audit(
    tables: Sequence[FrequencyTable], frames: dict[str, pl.DataFrame], policy: Policy
) -> AuditReport:
    """Attack the frames as they will be read, built up again from nothing; block unless safe."""
    published = [
        PublishedTable(
            table.name,
            [
                replace(d, codes=tuple(tree.codes[1:]))
                for d, tree in zip(table.dimensions, table.trees, strict=True)
            ],
            frames[table.name],
            table.population,
        )
        for table in tables
    ]
    report = audit_published(published, policy, tables)
    if not report.passed:
        raise SafetyBlock(
            f"The audit found {report.unsafe} small counts that can be bounded too tightly, "
            f"{report.exact} of them exactly.",
            remedy="Publish less detail: join codes of the tables concerned.",
            details=report.as_dict(),
        )
    return report


def _repair(graph: CellGraph, sensitivity: Sensitivity, policy: Policy, work: Suppression) -> None:
    """Attack; hide more for what is unsafe; attack again until all holds."""
    targets = np.flatnonzero(sensitivity.primary)
    for _ in range(ROUNDS):
        attack = Attack(graph.sums, graph.value, work.hidden, sensitivity.lower, Solver())
        unsafe = attack.run(targets, policy.protection).unsafe
        if not len(unsafe):
            return
        before = int(work.hidden.sum())
        for cell in unsafe:
            work.protect(int(cell))
        if int(work.hidden.sum()) == before:
            # Nothing was left to hide near these cells: hide what surrounds them.
            _hide_around(graph, work, unsafe)
    raise SafetyBlock(
        f"{len(unsafe)} small counts can still be bounded too tightly after {ROUNDS} rounds",
        remedy="Publish less detail: join codes of the tables concerned.",
        details={"cells": [graph.cell_name(int(c)) for c in unsafe[:20]]},
    )


def _hide_around(graph: CellGraph, work: Suppression, cells: np.ndarray) -> None:
    """Hide, in every sum that holds one of `cells`, the cheapest cell still shown."""
    for cell in cells:
        for row in graph.sums[:, [int(cell)]].indices:
            line = graph.by_row[row].indices
            shown = line[~work.hidden[line] & work.movable[line]]
            if len(shown):
                work.hidden[shown[np.argmin(work.cost[shown])]] = True


def _frame(graph: CellGraph, t: int, hidden: np.ndarray, sensitivity: Sensitivity) -> pl.DataFrame:
    table = graph.tables[t]
    cells = graph.grids[t].ravel()
    status = np.where(hidden[cells], "hidden", np.where(sensitivity.known[cells], "zero", "shown"))
    counts = pl.Series("count", graph.value[cells]).set(pl.Series(status != "shown"), None)
    return table.frame().with_columns(counts, pl.Series("status", status.tolist()))


def _counts(
    graph: CellGraph, t: int, hidden: np.ndarray, sensitivity: Sensitivity
) -> dict[str, Any]:
    cells = graph.grids[t].ravel()
    return {
        "cells": len(cells),
        "primary": int(sensitivity.primary[cells].sum()),
        "hidden": int(hidden[cells].sum()),
        "hidden_share": round(float(hidden[cells].mean()), 4),
    }
