"""`tutela disclosure ledger`: check the record of all releases, and show what it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

_FOLDER = click.argument("ledger", type=click.Path(exists=True, file_okay=False, path_type=Path))


@click.group("ledger")
def ledger_group() -> None:
    """The append-only record of every published cell; it stays at the centre."""


@ledger_group.command()
@_FOLDER
@click.option("--fingerprint", help="Also check that it still stands as it did then.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def verify(ledger: Path, fingerprint: str | None, *, as_json: bool) -> None:
    """Read every file of LEDGER again; exit 3 when a byte was changed or a release is missing."""
    from tutela.disclosure.ledger import Ledger
    from tutela.errors import SafetyBlock

    _require(ledger)
    opened = Ledger(ledger)
    known = {entry.fingerprint for entry in opened.entries} | {opened.head}
    if fingerprint is not None and fingerprint not in known:
        raise SafetyBlock(
            f"{ledger} holds no release with the fingerprint {fingerprint}.",
            remedy="Another ledger was put in its place, or releases were cut off.",
        )
    result = {"entries": len(opened.entries), "fingerprint": opened.head, "whole": True}
    if as_json:
        click.echo(json.dumps(result))
    click.echo(f"{ledger} is whole: {result['entries']} releases, {opened.head}", err=True)


@ledger_group.command()
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def show(ledger: Path, *, as_json: bool) -> None:
    """List the releases in LEDGER with their tables; never a count."""
    from tutela.disclosure.ledger import Ledger

    _require(ledger)
    releases: list[dict[str, Any]] = [
        {
            "number": entry.number,
            "release": entry.release,
            "method": entry.policy.method,
            "tables": len(entry.tables),
            "populations": sorted({table.population for table in entry.tables}),
            "cells": sum(table.cells.height for table in entry.tables),
            "shown": sum(int((t.cells["status"] == "shown").sum()) for t in entry.tables),
            "fingerprint": entry.fingerprint,
        }
        for entry in Ledger(ledger).entries
    ]
    if as_json:
        click.echo(json.dumps({"releases": releases}, ensure_ascii=False))
        return
    for entry in releases:
        click.echo(
            f"{entry['number']:4}  {entry['release']:28} {entry['tables']:4} tables "
            f"{entry['cells']:8} cells {entry['shown']:8} shown  {entry['fingerprint'][:16]}"
        )


def _require(ledger: Path) -> None:
    from tutela.errors import Misuse

    if not (ledger / "ledger.json").is_file():
        raise Misuse(f"{ledger} is no ledger.", remedy="Name the folder given with --ledger.")
