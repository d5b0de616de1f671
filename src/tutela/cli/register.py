"""`tutela register`: the register of processing (GDPR art. 30) that the country pack declares."""

from __future__ import annotations

import json
from dataclasses import asdict

import click


@click.group(name="register")
def command() -> None:
    """The register of processing: what is done with whose data, why, for how long."""


@command.command(name="show")
@click.option("--language", type=click.Choice(["fr", "nl", "de", "en"]), default="en",
              show_default=True, help="Language of the register.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def show(language: str, *, as_json: bool) -> None:
    """Print the register, for a file of the controller or a question of the authority."""
    from tutela.site.data_protection.register import TERMS, processing

    activities = processing(language)
    if as_json:
        click.echo(json.dumps({"activities": [asdict(one) for one in activities]}))
        return
    for one in activities:
        click.echo(f"{one.name} ({one.site}, {one.status})\n  {one.purpose}\n  {one.basis}")
        for column in TERMS:
            click.echo(f"  {column}: {'; '.join(getattr(one, column))}")
        click.echo(f"  retention: {one.retention or 'not declared'}\n")
