"""`tutela retention`: erase records whose time is over, at a site that keeps records of persons."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from tutela.errors import InputRefused


@click.group(name="retention")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="The site's own folder; TUTELA_SITE_DATA, or var/site.")  # fmt: skip
def command(data: Path | None) -> None:
    """Erase records whose time is over; the country pack declares how long each class is kept."""
    from tutela.site.start import start

    if "--help" not in sys.argv:
        start("agency", data)


@command.command(name="run")
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object when done.")
def run_command(*, dry_run: bool, as_json: bool) -> None:
    """Destroy the keys and rows of what is due and not held; to be run every night.

    Exit codes: 0 done, 1 there are records of a class for which no period is declared.
    """
    from tutela.site.permissions.actor import Actor
    from tutela.site.retention.actions import run

    done = run(actor=Actor.system("retention.run"), dry=dry_run)
    if as_json and not done.undeclared:
        click.echo(json.dumps(done.as_dict()))
    for name, one in done.classes.items():
        verb = "would be erased" if dry_run else "erased"
        number = one.due - one.held if dry_run else one.erased
        click.echo(f"{name}: {number} {verb}, {one.held} due but held.", err=True)
    if done.wiped is False:
        click.echo("Somebody is reading: the database's log is cut off by the next run.", err=True)
    if done.undeclared:
        names = ", ".join(f"{name} ({number})" for name, number in sorted(done.undeclared.items()))
        raise InputRefused(
            f"there are records of classes without a period: {names}",
            remedy="Declare them in the country pack's retention.csv.",
            details=done.as_dict(),
        )
