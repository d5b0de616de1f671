"""Link what the store holds: victims and suspects apart, over all current submissions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tutela import __version__
from tutela.errors import InputRefused
from tutela.linkage.dictionary import merge_dictionaries
from tutela.linkage.draws import count_interval, draw_clusterings
from tutela.linkage.lineage import name_clusters
from tutela.linkage.link import LinkageResult, LinkOptions, link
from tutela.linkage.schema import DEFAULT_SCHEMA, Schema
from tutela.submissions.epochs import across_epochs, standing
from tutela.submissions.evidence import evidence_of
from tutela.submissions.joining import join_current
from tutela.submissions.profiles import load_profile
from tutela.submissions.run_files import previous_clusters, previous_run, write_run
from tutela.submissions.store import Store, Submission

#: Clusterings drawn for the interval of persons counted: its width is known to an eighth.
DRAWS = 30
EMBEDDED, SPARK = ENGINES = ("embedded", "spark")
#: Why these two are never compared: a victim who is also a suspect is counted as either.
ROLES = ("victim", "suspect")


@dataclass(frozen=True)
class Epoch:
    """What was linked in one key epoch: results by role, and the evidence used."""

    results: dict[str, LinkageResult]
    evidence: list[str]


def link_store(
    path: Path,
    options: LinkOptions | None = None,
    *,
    draws: int = DRAWS,
    full: bool = False,
    engine: str = EMBEDDED,
) -> dict[str, Any]:
    """Link the current submissions and name the run in `current.json`; returns the report.

    New submissions join the current run where that is possible (`tutela.submissions.joining`) and
    `full` does not forbid it. Writes `linkage/<run>/`, whole or not at all. The same submissions
    and options give the same run name. Clusters keep the names of the run before.
    Where planted records calibrate a full run, `draws` clusterings tell how far persons counted can
    be trusted (`count_interval` in the report; 0 leaves it out). With the engine `spark` everything
    is linked on Spark, and later submissions cannot join.
    Raises InputRefused when the store holds no submission, and where constraints contradict.
    """
    options = options or LinkOptions()
    store = Store.open(path)
    if not store.submissions():
        raise InputRefused(f"{path} holds no submission", remedy="Receive packages first.")
    names = sorted(each.name for each in store.submissions())
    by_epoch = standing(store)
    schema = schema_of(store.submissions())
    spark = engine == SPARK
    if not full and not spark and len(by_epoch) == 1:
        joined = join_current(store, names, schema, options)
        if joined is not None:
            return joined
    options = replace(options, keep=len(by_epoch) == 1 and not spark)
    linked = {
        epoch: _link(store, submissions, schema, options, engine)
        for epoch, submissions in by_epoch.items()
    }
    evidence = [name for found in linked.values() for name in found.evidence]
    run = _run_name([*names, *evidence, *map(str, by_epoch), *([engine] * spark)], options)
    previous = previous_run(store, run)
    if len(linked) == 1:
        (only,) = linked.values()
        results = only.results
        for result in results.values():
            _add_interval(result, draws, options)
    else:
        results = _bridged(linked, store)
    results = {
        role: renamed(result, previous_clusters(store, previous, role))
        for role, result in results.items()
    }
    report = _report(run, names, options, results)
    report |= {"previous": previous, "base": None, "evidence": evidence, "engine": engine}
    if len(linked) > 1:
        report["epochs"] = {str(epoch): len(by_epoch[epoch]) for epoch in by_epoch}
    write_run(store, report, results)
    return report


def schema_of(submissions: Sequence[Submission]) -> Schema:
    """The default schema with the agencies whose files hold each person once."""
    once: dict[str, bool] = {}
    for each in submissions:
        agency = each.manifest["agency"]
        single = load_profile(each.manifest["profile"]).one_per_person
        once[agency] = once.get(agency, True) and single
    return replace(
        DEFAULT_SCHEMA,
        one_per_source=tuple(sorted(name for name, single in once.items() if single)),
    )


def renamed(result: LinkageResult, previous: pl.DataFrame | None) -> LinkageResult:
    """The result with its clusters named after those of an earlier run, and the events."""
    if previous is None:
        return result
    numbered = result.clusters.rename({"cluster_id": "number"})
    named = name_clusters(numbered, previous)
    clusters = named.clusters.with_columns(result.clusters["probability"])
    return replace(result, clusters=clusters, events=named.events)


def _link(
    store: Store,
    submissions: Sequence[Submission],
    schema: Schema,
    options: LinkOptions,
    engine: str,
) -> Epoch:
    packages = [(each.records().collect(), each.filters().collect()) for each in submissions]
    evidence = evidence_of(store, [records for records, _ in packages])
    merged, filters = merge_dictionaries([*packages, *evidence.packages])
    records, planted = evidence.apart(merged)
    records = records.with_columns(pl.col("agency").alias("source"))
    results = {}
    for role in ROLES:
        part = records.filter(pl.col("role") == role)
        if not part.height:
            continue
        told = evidence.options(options, planted, role)
        if engine == SPARK:
            from tutela.linkage.spark.choice import link_with_spark

            files = [
                (s.folder / "records.parquet", s.folder / "filters.parquet") for s in submissions
            ]
            results[role] = link_with_spark(
                part, filters, files, schema, told, where=f"role = '{role}'", source="agency"
            )
        else:
            results[role] = link(part, filters, schema, told)
    return Epoch(results, evidence.names)


def _bridged(linked: dict[int, Epoch], store: Store) -> dict[str, LinkageResult]:
    """The results of several epochs as one: see `tutela.submissions.epochs`."""
    records = pl.concat(
        [each.records().select("record_id", "role").collect() for each in store.submissions()]
    )
    found = {}
    for role in ROLES:
        counted = records.filter(pl.col("role") == role)["record_id"]
        parts = {e: each.results[role] for e, each in linked.items() if role in each.results}
        if not parts:
            continue
        bridged = across_epochs({e: part.clusters for e, part in parts.items()}, counted)
        named = name_clusters(bridged.select("record_id", "number")).clusters
        sizes = named.group_by("cluster_id").len()["len"]
        newest = next(iter(parts.values()))
        report = {
            "records": bridged.height,
            "clusters": len(sizes),
            "largest_cluster": int(sizes.max()),  # type: ignore[arg-type]
            "threshold": newest.report["threshold"],
            "by_epoch": {str(e): part.report for e, part in parts.items()},
        }
        pairs, besides = (
            _pairs([getattr(part, name) for part in parts.values()], counted)
            for name in ("pairs", "besides")
        )
        clusters = named.with_columns(bridged["probability"])
        found[role] = replace(
            newest, clusters=clusters, pairs=pairs, besides=besides, report=report, linked=None
        )
    return found


def _pairs(parts: Sequence[pl.DataFrame], counted: pl.Series) -> pl.DataFrame:
    """Scored pairs of counted records; of a pair that two epochs scored, the newest score."""
    known = counted.implode()
    return (
        pl.concat(parts)
        .filter(pl.col("record_id_1").is_in(known), pl.col("record_id_2").is_in(known))
        .unique(["record_id_1", "record_id_2"], keep="first", maintain_order=True)
    )


def _add_interval(result: LinkageResult, draws: int, options: LinkOptions) -> None:
    """Put the interval of persons counted into the report of a calibrated result."""
    ratios = result.report.get("count_correction")
    if ratios is None or draws < 2:
        return
    pairs = pl.concat([result.pairs, result.besides])
    drawn = draw_clusterings(
        result.clusters, pairs, draws, options.seed, threshold=options.threshold
    )
    planted = result.report["planted"]["all"]["persons"]
    counted = result.report["clusters"]
    interval = count_interval(counted, drawn.counts(), np.array(ratios), planted)
    result.report["count_interval"] = interval.as_dict()


def _run_name(parts: list[str], options: LinkOptions) -> str:
    basis = json.dumps([__version__, parts, options.threshold, options.seed])
    return hashlib.sha256(basis.encode()).hexdigest()[:12]


def _report(
    run: str, submissions: list[str], options: LinkOptions, results: dict[str, LinkageResult]
) -> dict[str, Any]:
    return {
        "run": run,
        "method": "Fellegi-Sunter on encodings, EM on patterns, correlation clustering",
        "threshold": options.threshold,
        "code_version": __version__,
        "submissions": submissions,
        "roles": {role: result.report for role, result in results.items()},
    }
