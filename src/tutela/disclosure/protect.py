"""Protect a set of tables together: hide, attack what was hidden, and block unless it holds."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from tutela.disclosure.audit import AuditReport
from tutela.disclosure.auditor import Case, audit_apart, prepare
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.earlier import EarlierTable
from tutela.disclosure.graph import CellGraph, build_graph
from tutela.disclosure.policy import Policy
from tutela.disclosure.primary import Sensitivity, find_sensitive
from tutela.disclosure.rounding import round_table
from tutela.disclosure.secondary import Suppression
from tutela.disclosure.table import FrequencyTable
from tutela.disclosure.witness import Witnesses
from tutela.errors import Misuse, SafetyBlock


@dataclass(frozen=True)
class Protection:
    """`tables`: per name all cells with margins, `count` (null unless shown) and `status` (shown,
    hidden, zero); `report` per name: cells, primary, hidden, hidden_share. The primary counts stay
    at the centre: what is published never tells primary from secondary."""

    tables: dict[str, pl.DataFrame]
    audit: AuditReport
    report: dict[str, dict[str, Any]]


def protect(
    tables: Sequence[FrequencyTable],
    policy: Policy | None = None,
    earlier: Sequence[EarlierTable] = (),
) -> Protection:
    """Protect `tables` as one cell graph by hiding cells, together with all that is out already.

    `earlier` are the tables of earlier releases with their true counts: what they show stays shown,
    what they hide stays hidden, and differences since are protected as counts are. Raises
    SafetyBlock when a small count cannot be protected, when the attack still finds an unsafe cell,
    or when a solver answers anything but optimal; Misuse for a method that is not offered.
    """
    policy = policy or Policy()
    if policy.method != "suppress":
        return _round(tables, policy, earlier)
    prepare()
    graph = build_graph(tables, earlier)
    sensitivity = find_sensitive(graph, policy)
    work = Suppression(graph, sensitivity, policy, *costs(graph, policy))
    work.run()
    frames = {
        table.name: _frame(graph, t, work.hidden, sensitivity) for t, table in enumerate(tables)
    }
    audit = _audit(tables, frames, policy, earlier, work.witnesses)
    return Protection(
        frames,
        audit,
        {table.name: _counts(graph, t, work.hidden, sensitivity) for t, table in enumerate(tables)},
    )


def _round(
    tables: Sequence[FrequencyTable], policy: Policy, earlier: Sequence[EarlierTable]
) -> Protection:
    """Round each table; tables of one population would contradict each other's margins."""
    began = time.perf_counter()
    populations = [table.population for table in tables]
    if len(set(populations)) < len(populations):
        raise Misuse(
            "Two tables of one population cannot be rounded: their common margins would differ.",
            remedy="Round the one table that holds all dimensions, or hide instead.",
        )
    if earlier:
        raise SafetyBlock(
            "Rounding cannot answer for earlier releases of the same units that were not rounded.",
            remedy="Keep one method for a population.",
        )
    rounded = {table.name: round_table(table, policy) for table in tables}
    return Protection(
        tables={name: each.cells for name, each in rounded.items()},
        audit=AuditReport(
            passed=True,
            attackers=("outsider",),
            attacked=sum(each.small for each in rounded.values()),
            unsafe=0,
            exact=0,
            seconds=time.perf_counter() - began,
        ),
        report={
            name: {
                "cells": each.cells.height,
                "primary": each.small,
                "hidden": 0,
                "hidden_share": 0.0,
                "error": each.error,
            }
            for name, each in rounded.items()
        },
    )


def costs(graph: CellGraph, policy: Policy) -> tuple[np.ndarray, np.ndarray]:
    """What showing a cell is worth, and what hiding it costs.

    Large counts are shown first: they are the margins and what most readers look for. Hiding a cell
    costs much the same everywhere, so that few cells are hidden, and more in a dear dimension
    (`Dimension.hide_cost`). A secret jitter decides between equals: it keeps whoever runs the
    algorithm again from learning what was primary (matching).
    """
    jitter = 1.0 + 0.1 * np.random.default_rng(policy.seed).random(len(graph))
    dear = np.ones(len(graph))
    for table, grid in zip(graph.tables, graph.grids, strict=True):
        factor = np.ones(grid.shape)
        for axis, dimension in enumerate(table.dimensions):
            detail = np.moveaxis(factor, axis, 0)[1:]
            detail *= dimension.hide_cost
        dear[grid] = factor
    worth = (1.0 + np.maximum(graph.value, 0)) * dear * jitter
    price = (1.0 + 0.05 * np.log2(1.0 + np.maximum(graph.value, 0))) * dear * jitter
    return worth, price


def published_tables(
    tables: Sequence[FrequencyTable], frames: Mapping[str, pl.DataFrame]
) -> list[tuple[str, list[Dimension], pl.DataFrame, str]]:
    """What `PublishedTable` takes to read each frame again: name, dimensions, cells, population."""
    return [
        (
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


def _audit(
    tables: Sequence[FrequencyTable],
    frames: dict[str, pl.DataFrame],
    policy: Policy,
    earlier: Sequence[EarlierTable],
    witnesses: Witnesses,
) -> AuditReport:
    """Have the frames attacked as they will be read, in a separate process; block unless safe."""
    case = Case(
        policy=policy,
        published=published_tables(tables, frames),
        originals=list(tables),
        earlier=list(earlier),
        tables=witnesses.tables,
        proofs=witnesses.proofs,
    )
    report = audit_apart(case)
    if not report.passed:
        raise SafetyBlock(
            f"The audit found {report.unsafe} small counts that can be bounded too tightly, "
            f"{report.exact} of them exactly.",
            remedy="Publish less detail: join codes of the tables concerned.",
            details={**report.as_dict(), "cells": list(report.cells)},
        )
    return report


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
