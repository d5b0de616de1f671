"""`tutela backup`: copy a site's database, check a copy, and put it back."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(name="backup")
@click.option("--role", "deployed", type=click.Choice(["agency", "centre"]), default=None,
              help="What the site is deployed as; TUTELA_ROLE, or agency.")  # fmt: skip
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="The site's own folder; TUTELA_SITE_DATA, or var/site.")  # fmt: skip
def command(deployed: str | None, data: Path | None) -> None:
    """Copies of a site's database. Keys are never in them: keep those apart."""
    from tutela.site.start import start

    if "--help" not in sys.argv:
        start(deployed or os.environ.get("TUTELA_ROLE") or "agency", data)


@command.command("create")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def create_command(out: Path, *, as_json: bool) -> None:
    """Copy the database into the new folder OUT; the site goes on meanwhile."""
    from tutela.site.backup import create

    made = create(out)
    if as_json:
        click.echo(json.dumps({"engine": made.engine, "keys": sorted(made.keys)}))
    click.echo(
        f"{out} is whole. It opens nothing without these keys, which are kept elsewhere: "
        f"{', '.join(sorted(made.keys)) or 'none yet'}.",
        err=True,
    )


@command.command("verify")
@click.argument("backup", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify_command(backup: Path, *, as_json: bool) -> None:
    """Read every byte of BACKUP again; exit 3 when one was changed."""
    from tutela.site.backup import check, missing_keys

    found = check(backup)
    missing = missing_keys(found)
    if as_json:
        click.echo(json.dumps({"made_at": found.made_at, "missing_keys": missing}))
    click.echo(f"{backup} is whole, made at {found.made_at}.", err=True)
    if missing:
        click.echo(f"Keys of then that are not here: {', '.join(missing)}.", err=True)


@command.command("restore")
@click.argument("backup", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def restore_command(backup: Path, *, as_json: bool) -> None:
    """Put BACKUP into an empty site whose keys are in place, and check its audit log."""
    from tutela.site.audit.verify import verify
    from tutela.site.backup import restore

    found = restore(backup)
    faults = verify().faults
    if as_json:
        click.echo(json.dumps({"made_at": found.made_at, "audit_faults": faults}))
    click.echo(
        f"Restored as of {found.made_at}; "
        + ("the audit log is whole." if not faults else f"the audit log: {faults[:3]}"),
        err=True,
    )
