"""Certificates: why no small count can be told, in a form that arithmetic alone can check.

A certificate holds what is published, a base table that agrees with all of it, a few other tables
as differences from the base, and per cell two of these that lie far enough apart. The centre's own
certificate starts from the true counts and tells small counts from other hidden cells: it stays at
the centre. The publishable one is made from what is published and nothing else, and treats all
hidden cells alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tutela.disclosure.audit import Situation, find, situation
from tutela.disclosure.earlier import EarlierTable
from tutela.disclosure.policy import Policy
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.table import FrequencyTable
from tutela.disclosure.verify import FORMAT, digest
from tutela.disclosure.witness import Witnesses
from tutela.errors import InputRefused, SafetyBlock


def centre_certificate(
    published: Sequence[PublishedTable],
    policy: Policy,
    originals: Sequence[FrequencyTable],
    earlier: Sequence[EarlierTable] = (),
) -> dict[str, Any]:
    """The certificate of what is small, from the true counts; it must not leave the centre.

    Raises SafetyBlock when a small count is not protected.
    """
    case = situation(published, policy, originals, earlier)
    findings = find(case, policy)
    if findings.unsafe or len(case.shown):
        raise SafetyBlock(
            f"{len(findings.unsafe) + len(case.shown)} small counts are not protected; there is "
            "nothing to certify.",
            remedy="Protect the table first.",
        )
    return _certificate("centre", case, policy, findings.witnesses)


def public_certificate(
    published: Sequence[PublishedTable], policy: Policy, earlier: Sequence[EarlierTable] = ()
) -> dict[str, Any]:
    """The certificate that anyone could make from the publication: all hidden cells alike.

    Cells that any reader can bound more tightly than the protection (none of them a small count)
    are listed as `narrow`.
    """
    case = situation(published, policy, None, earlier)
    findings = find(case, policy)
    return _certificate("public", case, policy, findings.witnesses)


def write_certificate(
    certificate: Mapping[str, Any], path: Path, published: Mapping[str, str] | None = None
) -> None:
    """Write as JSON, whole or not at all; `published` are the SHA-256 of the files it is for."""
    if published:
        certificate = {**certificate, "published": dict(published)}
        certificate["digest"] = digest(certificate)
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(json.dumps(certificate, separators=(",", ":")) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise InputRefused(f"{path} cannot be written: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _certificate(
    kind: str, case: Situation, policy: Policy, witnesses: Witnesses
) -> dict[str, Any]:
    graph = case.graph
    lower = np.maximum.reduce([view.lower for view in case.views])
    hidden = np.flatnonzero(case.hidden)
    proven = [int(c) for c in case.targets if witnesses.done[c]]
    used = sorted({t for c in proven for pair in witnesses.proofs[c] for t in pair} - {0})
    number = {0: 0, **{table: i + 1 for i, table in enumerate(used)}}
    certificate: dict[str, Any] = {
        "format": FORMAT,
        "kind": kind,
        "protection": policy.protection,
        "threshold": policy.threshold,
        "attackers": list(case.names),
        "tables": [
            {
                "name": table.name,
                "dimensions": [
                    {"name": name, "codes": tree.codes, "parents": tree.parent}
                    for name, tree in zip(table.names, table.trees, strict=True)
                ],
                "cells": grid.ravel().tolist(),
            }
            for table, grid in zip(graph.tables, graph.grids, strict=True)
        ],
        "differences": graph.differences.tolist(),
        "shown": [
            None if secret else int(value)
            for secret, value in zip(case.hidden.tolist(), case.start.tolist(), strict=True)
        ],
        "base": [[int(c), int(case.start[c])] for c in hidden],
        "least": [[int(c), int(lower[c])] for c in hidden],
        "insiders": [view.known.tolist() for view in case.views if len(view.known)],
        "others": [
            {"cells": cells.tolist(), "change": change.tolist()}
            for cells, change in (witnesses.tables[table] for table in used)
        ],
        "proofs": [
            [c, *(number[table] for pair in witnesses.proofs[c] for table in pair)] for c in proven
        ],
    }
    if kind == "public":
        certificate["narrow"] = [int(c) for c in case.targets if not witnesses.done[c]]
    certificate["digest"] = digest(certificate)
    return certificate
