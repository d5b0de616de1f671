"""`tutela store`: what the national store holds, who is late, what was revised."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--create", is_flag=True, help="Make an empty store in DIR.")
@click.option(
    "--epochs",
    metavar="N[,N…]",
    help="Take packages of these key epochs from now on (a new store takes epoch 1).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(folder: Path, epochs: str | None, *, create: bool, as_json: bool) -> None:
    """Say what the store in DIR holds, who is late, what was revised, what was withdrawn.

    A profile is late when no submission covers the last year whose time for handing in is over.
    """
    from tutela.submissions.overview import overview
    from tutela.submissions.store import Store

    chosen = _numbers(epochs) if epochs else None
    if create:
        store = Store.create(folder, chosen or (1,))
    else:
        store = Store.open(folder)
        if chosen:
            with store.writing():
                store.set_epochs(chosen)
    found = overview(store, date.today())  # noqa: DTZ011 - a deadline is a day of the calendar
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _show(found)


def _numbers(text: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"“{text}” is no list of epochs.") from error
    if min(numbers) < 1:
        raise click.BadParameter("Epochs count from 1.")
    return numbers


def _show(found: dict[str, Any]) -> None:
    for entry in found["submissions"]:
        period = entry["period"]
        days = f"{period['from']} to {period['to']}" if period else "no dates"
        counts = f"{entry['counts']['records']} records, {entry['counts']['events']} events"
        synthetic = "  SYNTHETIC" if entry["synthetic"] else ""
        click.echo(f"{entry['submission']}  {days}  {counts}{synthetic}")
    for late in found["late"]:
        covered = f"covered to {late['covered_to']}" if late["covered_to"] else "nothing received"
        click.echo(f"late: {late['profile']}, {late['year']} was due on {late['due']}; {covered}")
    for revised in found["revised"]:
        click.echo(f"revised: {revised['submission']} → {revised['replaced_by']}")
    for gone in found["withdrawn"]:
        click.echo(f"withdrawn: {gone['submission']} on {gone['withdrawn'][:10]}")
    for kind, run in found["runs"].items():
        if run["outdated"]:
            click.echo(f"outdated: the {kind} run was made from other submissions")
    totals = found["totals"]
    click.echo(
        f"{len(found['submissions'])} submissions, {totals['records']} records,"
        f" {totals['events']} events; key epochs {', '.join(map(str, found['epochs']))}"
    )
