"""New submissions join the current linkage run, where a full run is not needed.

A full run is needed where there is none that can be joined, where much is new, where the threshold,
the planted records or a rule about sources changed, where a constraint was taken back, and where
nothing is new (then only the model can change). Suspects and victims join apart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tutela import __version__
from tutela.errors import InputRefused
from tutela.linkage.dictionary import merge_dictionaries
from tutela.linkage.index import Index
from tutela.linkage.join import MOST_NEW, join, told_before
from tutela.linkage.link import LinkageResult, LinkOptions
from tutela.linkage.schema import Schema
from tutela.submissions.evidence import evidence_of
from tutela.submissions.run_files import INDEX, previous_clusters, previous_run, write_run
from tutela.submissions.store import Store, Submission


@dataclass(frozen=True)
class Base:
    """The full run that can be joined: its name, its report, an index for each role."""

    run: str
    report: dict[str, Any]
    indexes: dict[str, Index]


def join_current(
    store: Store, names: list[str], schema: Schema, options: LinkOptions
) -> dict[str, Any] | None:
    """Join what is new since the last full run and name the run; None where a full run is needed.

    `names` are the store's current submissions. Returns the report.
    """
    base = _base(store, schema, options)
    if base is None:
        return None
    before = set(base.report["submissions"])
    added = [each for each in store.submissions() if each.name not in before]
    removed = _submissions(store, sorted(before - set(names)))
    if not added or removed is None:
        return None
    packages = [(each.records().collect(), each.filters().collect()) for each in added]
    new = sum(records.height for records, _ in packages)
    kept = sum(len(index.labels) for index in base.indexes.values())
    evidence = evidence_of(store, [records for records, _ in packages])
    told = evidence.constraints(options.constraints)
    if new > MOST_NEW * kept or not _same_evidence(base, evidence.names):
        return None
    if not all(told_before(index, told) for index in base.indexes.values()):
        return None
    records, filters = merge_dictionaries(packages)
    records = records.with_columns(pl.col("agency").alias("source"))
    keys = records.select("key_epoch", "key_check").unique().rows()
    if keys != [index.key for index in base.indexes.values()][:1]:
        return None
    if not set(records["role"].unique()) <= set(base.indexes):
        return None
    gone = pl.concat(
        [pl.Series("record_id", [], dtype=pl.String)]
        + [each.records().select("record_id").collect()["record_id"] for each in removed]
    )
    run = _run_name(base.run, [*names, *evidence.names])
    previous = previous_run(store, run)
    results: dict[str, LinkageResult] = {}
    for role, index in base.indexes.items():
        part = records.filter(pl.col("role") == role)
        earlier = previous_clusters(store, previous, role)
        results[role] = join(
            index, part, filters, gone, LinkOptions(options.threshold, constraints=told), earlier
        )
    report = {
        **{key: base.report[key] for key in ("method", "threshold", "code_version")},
        "run": run,
        "base": base.run,
        "previous": previous,
        "evidence": evidence.names,
        "submissions": names,
        "roles": {role: {**_of_base(base, role), **r.report} for role, r in results.items()},
    }
    changed = pl.concat([gone, records["record_id"]]).unique()
    write_run(store, report, results, changed)
    return report


def _base(store: Store, schema: Schema, options: LinkOptions) -> Base | None:
    """The full run under the current one, if it can be joined."""
    current = store.current().get("linkage")
    if not current:
        return None
    home = store.path / "linkage"
    try:
        report = json.loads((home / str(current["run"]) / "report.json").read_bytes())
        run = str(report.get("base") or report["run"])
        report = json.loads((home / run / "report.json").read_bytes())
        roles = sorted(path.name for path in (home / run / INDEX).iterdir())
        indexes = {role: Index.open(home / run / INDEX / role, schema) for role in roles}
    except (OSError, ValueError, KeyError, InputRefused):
        return None
    if report["code_version"] != __version__ or report["threshold"] != options.threshold:
        return None
    return Base(run, report, indexes)


def _submissions(store: Store, names: Sequence[str]) -> list[Submission] | None:
    """The submissions of these names, or None where one is not held any more."""
    found = [store.submission(name) for name in names]
    return [each for each in found if each is not None] if all(found) else None


def _same_evidence(base: Base, names: list[str]) -> bool:
    """Whether the same planted records calibrate; decisions of the review may have been added."""

    def planted(of: Sequence[str]) -> list[str]:
        return sorted(name for name in of if not name.startswith("review-"))

    return planted(base.report["evidence"]) == planted(names)


def _of_base(base: Base, role: str) -> dict[str, Any]:
    """What the full run says of its calibration, which a joining takes over."""
    kept = ("calibration", "reliability", "planted", "fairness", "count_correction")
    report = base.report["roles"][role]
    return {key: report[key] for key in kept if key in report}


def _run_name(base: str, parts: list[str]) -> str:
    return hashlib.sha256(json.dumps([base, parts]).encode()).hexdigest()[:12]
