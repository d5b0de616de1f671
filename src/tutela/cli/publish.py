"""`tutela publish`: protect, audit and write a release."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("publish")
@click.option(
    "--store",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The national store, with tables made by `tutela tables`.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Where the release folder shall stand; an earlier release there is replaced whole.",
)
@click.option(
    "--time",
    required=True,
    metavar="ISO",
    help="The time of publication, such as 2026-01-31T12:00:00+01:00; UTC without a zone. "
    "It is the only time in the release, so that the same inputs give the same bytes.",
)
@click.option(
    "--release-id",
    metavar="NAME",
    help="The name of the release; by default the day and the first signs of a hash.",
)
@click.option(
    "--ledger",
    type=click.Path(file_okay=False, path_type=Path),
    help="The ledger of all releases: protect jointly with them, and add this one. It holds what "
    "was hidden and stays at the centre.",
)
@click.option(
    "--outside",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of what agencies publish themselves, to be reckoned with.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def command(
    store: Path,
    out: Path,
    time: str,
    release_id: str | None,
    ledger: Path | None,
    outside: Path | None,
    as_json: bool,
) -> None:
    """Protect the current tables of a store, audit them by attack, and write a release.

    All tables are protected together. Whatever the audit has not passed is not published: the
    command then ends with exit code 3 and writes nothing. The folder is written beside its place
    and renamed when whole.

    Exit codes: 0 published, 1 the store has no current tables, 2 misuse, 3 blocked by the audit.
    """
    from tutela.publication.publish import publish

    result = publish(
        store,
        out,
        time=time,
        release_id=release_id,
        ledger=ledger,
        outside=outside,
        progress=lambda text: click.echo(text, err=True),
    )
    for name, text in result.advice.items():
        click.echo(f"{name} is mostly hidden. {text}", err=True)
    if ledger is None:
        click.echo(
            "No --ledger was given: earlier releases were not taken into account, and this one was "
            "not recorded.",
            err=True,
        )
    if as_json:
        click.echo(json.dumps(result.as_dict(), ensure_ascii=False))
        return
    share = result.hidden / result.cells
    click.echo(f"Release {result.manifest['id']} stands in {result.path}")
    click.echo(
        f"{result.indicators} indicators, {result.cells} cells, {share:.0%} hidden; "
        f"the audit attacked {result.manifest['audit']['attacked']} hidden cells and found none "
        "unsafe"
    )
    click.echo(f"Fingerprint (SHA-256 of manifest.json): {result.fingerprint}")
