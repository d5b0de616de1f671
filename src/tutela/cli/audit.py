"""`tutela audit`: seal, sign and verify the audit log of a site where staff works."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import click

from tutela.errors import SafetyBlock


@click.group(name="audit")
@click.option("--role", "deployed", type=click.Choice(["agency", "centre"]), default=None,
              help="What the site is deployed as; TUTELA_ROLE, or agency.")  # fmt: skip
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="The site's own folder; TUTELA_SITE_DATA, or var/site.")  # fmt: skip
def command(deployed: str | None, data: Path | None) -> None:
    """The log of who did what: chained by HMAC, signed daily, checked at any time."""
    from tutela.site.start import start

    if "--help" not in sys.argv:
        start(deployed or os.environ.get("TUTELA_ROLE") or "agency", data)


@command.command(name="seal")
@click.option("--sign", is_flag=True, help="Also sign what was sealed since the last root.")
def seal_command(*, sign: bool) -> None:
    """Seal the rows that are not yet; to be run every minute, with --sign once a day."""
    from tutela.site.audit.seal import seal, sign_day

    click.echo(f"{seal()} rows sealed.", err=True)
    if sign:
        root = sign_day()
        click.echo(f"Root of {root.day} signed." if root else "Nothing new to sign.", err=True)


@command.command(name="verify")
@click.option("--roots", type=click.Path(exists=True, file_okay=False, path_type=Path),
              default=None, help="Compare with roots kept in this folder too.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def verify_command(roots: Path | None, *, as_json: bool) -> None:
    """Check every row against the chain and the signed roots.

    Exit codes: 0 intact, 3 changed; the report says where.
    """
    from tutela.site.audit.verify import verify

    report = verify(roots)
    if report.faults:
        raise SafetyBlock(
            "the audit log was changed: " + "; ".join(report.faults[:5]),
            remedy="Keep the database as it is, and compare with a backup and the roots kept away.",
            details=asdict(report),
        )
    if as_json:
        click.echo(json.dumps(asdict(report)))
    click.echo(
        f"Intact: {report.sealed} rows sealed, {report.roots} roots signed,"
        f" {report.unsealed} rows not sealed yet.",
        err=True,
    )
