"""The audit: attack tables as they are published, from whatever tool they come."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tutela.disclosure.attack import Attack
from tutela.disclosure.graph import CellGraph, build_graph
from tutela.disclosure.policy import Policy
from tutela.disclosure.primary import find_sensitive
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.solver import Solver
from tutela.disclosure.table import FrequencyTable
from tutela.errors import InputRefused


@dataclass(frozen=True)
class AuditReport:
    """What the attack found.

    `attacked` cells were attacked; `unsafe` of them can be bounded more tightly than the
    protection, `exact` of these can be told exactly. `passed` only when none can.
    """

    passed: bool
    attackers: tuple[str, ...]
    attacked: int
    unsafe: int
    exact: int
    seconds: float = field(compare=False)

    def as_dict(self) -> dict[str, Any]:
        """For manifests and `--json`."""
        return {
            "passed": self.passed,
            "attackers": list(self.attackers),
            "attacked": self.attacked,
            "unsafe": self.unsafe,
            "exact": self.exact,
        }


def attackers(policy: Policy) -> tuple[str, ...]:
    """Who is tried: the outsider, and where zeros are shown whoever draws on them as well.

    The zero-aware reader allows strictly less than the outsider, so what is safe from the one is
    safe from the other; one attack answers for both.
    """
    return ("outsider", "zero-aware") if policy.zeros == "structural" else ("outsider",)


def audit_published(
    published: Sequence[PublishedTable],
    policy: Policy,
    originals: Sequence[FrequencyTable] | None = None,
) -> AuditReport:
    """Attack published tables together, as one graph.

    With `originals` (same names and codes) the targets are the truly small counts, and a small
    count that is shown is unsafe and exact. Without, every hidden cell is a target. Refuses tables
    that contradict themselves or their originals; blocks when the solver proves nothing.
    """
    began = time.perf_counter()
    graph = build_graph(published)
    hidden = graph.value < 0
    lower = np.full(len(graph), int(policy.zeros == "structural"), dtype=np.int64)
    if originals is None:
        start = _feasible(graph, hidden, lower)
        targets, shown = np.flatnonzero(hidden), 0
    else:
        start, small = _truth(graph, published, originals, policy)
        targets = np.flatnonzero(small & hidden)
        shown = int((small & ~hidden).sum())
    findings = Attack(graph.sums, start, hidden, lower).run(targets, policy.protection)
    unsafe, exact = len(findings.unsafe) + shown, len(findings.exact) + shown
    return AuditReport(
        passed=unsafe == 0,
        attackers=attackers(policy),
        attacked=len(targets) + shown,
        unsafe=unsafe,
        exact=exact,
        seconds=time.perf_counter() - began,
    )


def _truth(
    graph: CellGraph,
    published: Sequence[PublishedTable],
    originals: Sequence[FrequencyTable],
    policy: Policy,
) -> tuple[np.ndarray, np.ndarray]:
    """The true counts and which of them are small, checked against what is shown."""
    for one, two in zip(published, originals, strict=True):
        if [tree.codes for tree in one.trees] != [tree.codes for tree in two.trees]:
            raise InputRefused(
                f"Table {one.name}: its codes are not those of its original.",
                remedy="Audit a published table against the table it was made from.",
                details={"table": one.name},
            )
    true = build_graph(originals)
    wrong = np.flatnonzero((graph.value >= 0) & (graph.value != true.value))
    if len(wrong):
        cell = graph.cell_name(int(wrong[0]))
        raise InputRefused(
            f"The published cell {cell} shows {graph.value[wrong[0]]} and is "
            f"{true.value[wrong[0]]} in the original ({len(wrong)} such cells).",
            remedy="Audit a published table against the table it was made from.",
            details={"cell": cell, "cells": len(wrong)},
        )
    return true.value, find_sensitive(true, policy).primary


def _feasible(graph: CellGraph, hidden: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Some table of whole numbers that agrees with everything shown."""
    start = graph.value.copy()
    ids = np.flatnonzero(hidden)
    start[ids] = 0
    if len(ids):
        columns = graph.sums[:, ids].tocsr()
        touched = np.diff(columns.indptr) > 0
        side = -(graph.sums @ start.astype(np.float64))
        if np.any(side[~touched] != 0):
            _refuse_contradiction()
        answer = Solver().minimise(
            np.zeros(len(ids)),
            columns[touched].tocsc(),
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
