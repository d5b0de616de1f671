"""The audit: attack tables as they are published, from whatever tool they come."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tutela.disclosure.attack import Attack, Findings
from tutela.disclosure.attackers import View, all_views, attacker_names
from tutela.disclosure.columns import columns_of
from tutela.disclosure.earlier import EarlierTable
from tutela.disclosure.graph import CellGraph, build_graph
from tutela.disclosure.policy import Policy
from tutela.disclosure.primary import find_sensitive, with_consequences
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.solver import Solver
from tutela.disclosure.table import FrequencyTable
from tutela.disclosure.witness import Witnesses
from tutela.errors import InputRefused


@dataclass(frozen=True)
class AuditReport:
    """What the attack found.

    `attacked` cells were attacked; `unsafe` of them can be bounded more tightly than the
    protection, `exact` of these can be told exactly. `passed` only when none can. `by_attacker`
    holds the unsafe and exact cells per kind of attacker.
    """

    passed: bool
    attackers: tuple[str, ...]
    attacked: int
    unsafe: int
    exact: int
    seconds: float = field(compare=False)
    by_attacker: dict[str, tuple[int, int]] = field(default_factory=dict)
    cells: tuple[dict[str, str], ...] = ()
    """The first unsafe cells by their codes."""

    def as_dict(self) -> dict[str, Any]:
        """For manifests and `--json`."""
        return {
            "passed": self.passed,
            "attackers": list(self.attackers),
            "attacked": self.attacked,
            "unsafe": self.unsafe,
            "exact": self.exact,
        }


@dataclass(frozen=True)
class Situation:
    """What there is to attack: the graph, what is hidden in it, and one table that fits."""

    graph: CellGraph
    hidden: np.ndarray
    start: np.ndarray
    views: list[View]
    targets: np.ndarray
    shown: np.ndarray
    """Ids of small counts that are shown outright."""
    names: tuple[str, ...]


def audit_published(
    published: Sequence[PublishedTable],
    policy: Policy,
    originals: Sequence[FrequencyTable] | None = None,
    earlier: Sequence[EarlierTable] = (),
) -> AuditReport:
    """Attack published tables together, as one graph, with all `earlier` releases.

    With `originals` (same names and codes) the targets are the truly small counts, and a small
    count that is shown is unsafe and exact. Without, every hidden cell is a target. Refuses tables
    that contradict themselves or their originals; blocks when the solver proves nothing.
    """
    began = time.perf_counter()
    case = situation(published, policy, originals, earlier)
    findings = find(case, policy)
    return report_of(case, findings, time.perf_counter() - began)


def find(case: Situation, policy: Policy, witnesses: Witnesses | None = None) -> Findings:
    """Attack a situation, beyond what `witnesses` prove already."""
    attack = Attack(case.graph, case.start, case.hidden, case.views, policy.protection)
    return attack.run(case.targets, witnesses)


def report_of(case: Situation, findings: Findings, seconds: float) -> AuditReport:
    """The report on what an attack found."""
    unsafe = len(findings.unsafe) + len(case.shown)
    cells = [*case.shown.tolist(), *findings.unsafe][:20]
    return AuditReport(
        passed=unsafe == 0,
        attackers=case.names,
        attacked=len(case.targets) + len(case.shown),
        unsafe=unsafe,
        exact=len(findings.exact) + len(case.shown),
        seconds=seconds,
        by_attacker={
            name: (narrow + len(case.shown), exact + len(case.shown))
            for name, (narrow, exact) in findings.by_attacker.items()
        },
        cells=tuple(case.graph.cell_name(int(cell)) for cell in cells),
    )


def situation(
    published: Sequence[PublishedTable],
    policy: Policy,
    originals: Sequence[FrequencyTable] | None = None,
    earlier: Sequence[EarlierTable] = (),
) -> Situation:
    """Put together what attackers see, and what the centre knows where it gives the originals."""
    seen = build_graph(published, [_as_seen(table) for table in earlier])
    hidden = _hidden(seen)
    if originals is None:
        graph, small = seen, hidden & (seen.since < 0)
    else:
        graph = _true_graph(seen, published, originals, earlier)
        small = find_sensitive(graph, policy).primary
    zeros = ~hidden & (graph.value == 0)
    views = [
        replace(view, known=with_consequences(graph, zeros, view.known))
        if len(view.known)
        else view
        for view in all_views(graph, policy)
    ]
    return Situation(
        graph=graph,
        hidden=hidden,
        start=_feasible(graph, hidden, views),
        views=views,
        targets=np.flatnonzero(small & hidden),
        shown=np.flatnonzero(small & ~hidden),
        names=attacker_names(graph, policy),
    )


def _as_seen(table: EarlierTable) -> EarlierTable:
    return EarlierTable(table.release, table.published, None, table.relation)


def _hidden(seen: CellGraph) -> np.ndarray:
    """What nobody can read: no table tells it, nor two tables by their difference."""
    hidden: np.ndarray = ~seen.told
    return hidden


def _true_graph(
    seen: CellGraph,
    published: Sequence[PublishedTable],
    originals: Sequence[FrequencyTable],
    earlier: Sequence[EarlierTable],
) -> CellGraph:
    """The same graph with the true counts, checked against what is shown."""
    for one, two in zip(published, originals, strict=True):
        if [tree.codes for tree in one.trees] != [tree.codes for tree in two.trees]:
            raise InputRefused(
                f"Table {one.name}: its codes are not those of its original.",
                remedy="Audit a published table against the table it was made from.",
                details={"table": one.name},
            )
    true = build_graph(originals, earlier)
    wrong = np.flatnonzero(seen.told & true.told & (seen.value != true.value))
    if len(wrong):
        cell = seen.cell_name(int(wrong[0]))
        raise InputRefused(
            f"The published cell {cell} shows {seen.value[wrong[0]]} and is "
            f"{true.value[wrong[0]]} in the original ({len(wrong)} such cells).",
            remedy="Audit a published table against the table it was made from.",
            details={"cell": cell, "cells": len(wrong)},
        )
    return true


def _feasible(graph: CellGraph, hidden: np.ndarray, views: Sequence[View]) -> np.ndarray:
    """Some table of whole numbers that agrees with everything told and every attacker's bounds."""
    start = graph.value.copy()
    ids = np.flatnonzero(hidden & ~graph.told)
    start[ids] = 0
    if len(ids):
        lower = views[0].lower
        for view in views[1:]:
            lower = np.maximum(lower, view.lower)
        columns = columns_of(graph.sums).pick(ids)
        touched = np.bincount(columns.index, minlength=columns.rows) > 0
        side = -(graph.sums @ start.astype(np.float64))
        if np.any(side[~touched] != 0):
            _refuse_contradiction()
        answer = Solver().minimise(
            np.zeros(len(ids)),
            columns_of(graph.sums).cut(ids),
            lower[ids].astype(np.float64),
            np.full(len(ids), np.inf),
            right=side[touched],
            whole=np.ones(len(ids), dtype=bool),
        )
        if answer is None:
            _refuse_contradiction()
        else:
            start[ids] = np.round(answer.point).astype(np.int64)
    if np.any(graph.sums @ start.astype(np.float64) != 0):
        _refuse_contradiction()
    return start


def _refuse_contradiction() -> None:
    raise InputRefused(
        "What the published tables show does not add up: no table agrees with all of it.",
        remedy="Check the margins, the hierarchy and `zeros` in the specification.",
    )
