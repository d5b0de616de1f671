"""`tutela disclosure ledger`: check the record of all releases, and show what it holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

    from tutela.disclosure.published import PublishedTable
    from tutela.disclosure.table import FrequencyTable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
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


@ledger_group.command()
@click.argument("published", type=_FILE)
@click.option("--spec", type=_FILE, required=True, help="Rules and dimensions, in TOML.")
@click.option("--original", type=_FILE, required=True, help="The true table.")
@click.option(
    "--ledger", type=click.Path(file_okay=False, path_type=Path), required=True, help="Add to it."
)
@click.option("--release", help="The name of this release; by default that of PUBLISHED.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def add(
    published: Path, spec: Path, original: Path, ledger: Path, release: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Add a table that is out already, from whatever tool: later releases then reckon with it.

    It is recorded whether it is safe or not, because readers have it; exit 3 says that it is not.
    Refused where a shown count is not the true one.
    """
    from tutela.cli.disclosure import true_table
    from tutela.disclosure.against_ledger import protecting
    from tutela.disclosure.audit import audit_published
    from tutela.disclosure.published import PublishedTable
    from tutela.disclosure.spec import read_cells, read_spec
    from tutela.errors import SafetyBlock

    rules = read_spec(spec)
    source = true_table(original.stem, original, rules)
    shown = PublishedTable(source.name, rules.dimensions, read_cells(published), rules.population)
    frame = _checked(shown, source)
    report = audit_published([shown], rules.policy, [source])
    with protecting(ledger) as safe:
        recorded = safe.record(release or published.stem, [source], rules.policy,
                               {source.name: frame})  # fmt: skip
    if as_json:
        click.echo(json.dumps({"audit": report.as_dict(), **recorded}))
    click.echo(
        f"{published} is in {ledger}; {report.unsafe} of its {report.attacked} small counts can be "
        "found out.",
        err=True,
    )
    if not report.passed:
        sys.exit(SafetyBlock.exit_code)


def _checked(shown: PublishedTable, source: FrequencyTable) -> pl.DataFrame:
    """The published cells beside the true ones; InputRefused where a shown count is another."""
    import polars as pl

    from tutela.errors import InputRefused

    if [tree.codes for tree in shown.trees] != [tree.codes for tree in source.trees]:
        raise InputRefused(
            "The published table and the true one do not have the same codes.",
            remedy="Give the true counts of the very table that was published.",
        )
    wrong = (shown.values >= 0) & (shown.values != source.values)
    if wrong.any():
        place = tuple(int(index[0]) for index in wrong.nonzero())
        cell = ", ".join(f"{name}={code}" for name, code in source.cell_name(place).items())
        raise InputRefused(
            f"The cell {cell} was published as {shown.values[place]}, and counts "
            f"{source.values[place]}.",
            remedy="A rounded or changed table cannot be recorded as one that hides.",
            details={"cell": source.cell_name(place)},
        )
    counts = pl.Series("count", shown.values.ravel())
    hidden = counts < 0
    return source.frame().with_columns(
        count=counts.set(hidden, None),
        status=hidden.replace_strict({True: "hidden", False: "shown"}),
    )


def _require(ledger: Path) -> None:
    from tutela.errors import Misuse

    if not (ledger / "ledger.json").is_file():
        raise Misuse(f"{ledger} is no ledger.", remedy="Name the folder given with --ledger.")
