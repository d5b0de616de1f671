"""From the store's current tables to a release folder: protect, audit, write."""

from __future__ import annotations

import re
import time as clock
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutela.errors import InputRefused, Misuse
from tutela.indicators import load
from tutela.indicators.run import read_tables
from tutela.publication.code_version import code_version
from tutela.publication.contents import release_files
from tutela.publication.folder import json_bytes, sha256, write_folder
from tutela.publication.hidden_figure import TABLE, hidden_figure_files, lists_table
from tutela.publication.inputs import Inputs, read_inputs, release_time
from tutela.publication.life_tables import life_tables
from tutela.publication.outside import announce
from tutela.publication.protection import frequency_table, release_tables, require_passed
from tutela.publication.tables import SYNTHETIC

if TYPE_CHECKING:
    from tutela.disclosure.policy import Policy

#: A name of a release: also a name of files and of web addresses.
_RELEASE_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")

TITLE = {
    "fr": "Exploitation sexuelle des enfants : chiffres protégés",
    "nl": "Seksuele uitbuiting van kinderen: beschermde cijfers",
    "de": "Sexuelle Ausbeutung von Kindern: geschützte Zahlen",
    "en": "Sexual exploitation of children: protected figures",
}


@dataclass(frozen=True)
class Published:
    """What was published; `seconds` by step is for the person who waits, not for the release."""

    path: Path
    fingerprint: str
    manifest: dict[str, Any]
    indicators: int
    cells: int
    hidden: int
    seconds: dict[str, float] = field(default_factory=dict)
    advice: dict[str, str] = field(default_factory=dict)
    """Per indicator that is mostly hidden, a coarser table; for the centre, not in the release."""

    def as_dict(self) -> dict[str, Any]:
        """The result of `tutela publish --json`."""
        return {
            "release": str(self.path),
            "id": self.manifest["id"],
            "fingerprint": self.fingerprint,
            "synthetic": self.manifest["synthetic"],
            "indicators": self.indicators,
            "cells": self.cells,
            "hidden": self.hidden,
            "audit": self.manifest["audit"],
            "seconds": self.seconds,
            "advice": self.advice,
        }


def publish(
    store: Path,
    out: Path,
    *,
    time: str,
    release_id: str | None = None,
    policy: Policy | None = None,
    ledger: Path | None = None,
    outside: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Published:
    """Protect and audit the current tables of `store` and write a release to `out`.

    `time` is ISO 8601 and the only time in the release. Raises InputRefused when the store has no
    current tables, Misuse for a bad time, name or place, SafetyBlock when the audit has not passed;
    in all these cases nothing is written. With `ledger` (a folder, made when it is not there) the
    tables are protected jointly with all releases that it holds, and the release is added to it
    before it is written. `outside` is a folder of agencies' own publications
    (`tutela.publication.outside`) that the protection and the audit take into account.
    """
    from tutela.disclosure.advice import advise
    from tutela.disclosure.against_ledger import protecting
    from tutela.disclosure.policy import Policy
    from tutela.vocabulary import published_figures

    moment = release_time(time)
    if release_id is not None and not _RELEASE_ID.fullmatch(release_id):
        raise Misuse(
            f"--release-id {release_id!r} is no name for a release",
            remedy="Use small letters, figures, dots, dashes and underscores, at most 64.",
        )
    seconds: dict[str, float] = {}
    started = clock.perf_counter()

    def step(name: str) -> None:
        nonlocal started
        now = clock.perf_counter()
        seconds[name] = round(now - started, 2)
        started = now

    run = read_tables(store)
    inputs = read_inputs(store, run)
    policy = replace(policy or Policy(), seed=inputs.seed)
    counted = {name: table for name, table in run.tables.items() if table.collected}
    if not counted:
        raise InputRefused(
            f"{store} holds no source for any indicator", remedy="Receive submissions first."
        )
    step("read")
    progress(f"Protecting {len(counted)} tables together")
    lists = lists_table(run)
    together = [frequency_table(table) for table in counted.values()]
    together += [] if lists is None else [lists]
    announce(together, outside)
    with protecting(ledger) as safe:
        protection = safe.protect(together, policy)
        require_passed(protection.audit)
        advice = {
            table.name: found.text
            for table in together
            if (
                found := advise(
                    table, policy, protection.report[table.name]["hidden_share"], exact=False
                )
            )
        }
        step("protect")
        entries, tables = release_tables(run.tables, protection.tables)
        manifest = _manifest(inputs, policy, protection.audit, moment.isoformat(), release_id)
        progress(f"Drawing {len(entries)} indicators in four languages")
        country = run.report["country"]
        durations = life_tables(load(country), tables, run.report["submissions"], country)
        files = release_files(
            manifest, entries, tables, published_figures(country), durations=durations
        )
        step("draw")
        files |= hidden_figure_files(run, protection.tables.get(TABLE), synthetic=inputs.synthetic)
        step("estimate")
        # Recorded before it is given out: what is out is always in the ledger.
        manifest |= safe.record(manifest["id"], together, policy, protection.tables)
        fingerprint = write_folder(out, manifest, files)
        step("write")
    return Published(
        path=out,
        fingerprint=fingerprint,
        manifest=manifest,
        indicators=len(entries),
        cells=sum(table.height for table in tables.values()),
        hidden=sum(int((table["status"] == "hidden").sum()) for table in tables.values()),
        seconds=seconds,
        advice=advice,
    )


def _manifest(
    inputs: Inputs, policy: Policy, audit: Any, time: str, release_id: str | None
) -> dict[str, Any]:
    """The manifest without its files; the seed and the audit's seconds are not part of it."""
    mark = f"{SYNTHETIC} · " if inputs.synthetic else ""
    parameters = {
        "threshold": policy.threshold,
        "protection": policy.protection,
        "zeros": policy.zeros,
    }
    body = {
        "title": {language: mark + text for language, text in TITLE.items()},
        "synthetic": inputs.synthetic,
        "time": time,
        "code_version": code_version(),
        "inputs": inputs.inputs,
        "linkage": inputs.linkage,
        "disclosure": {"method": policy.method, "parameters": parameters},
        "audit": {
            "passed": audit.passed,
            "attackers": list(audit.attackers),
            "attacked": audit.attacked,
            "unsafe": audit.unsafe,
            "exact": audit.exact,
        },
    }
    name = release_id or f"{time[:10]}-{sha256(json_bytes(body))[:8]}"
    return {"id": name, **body}
