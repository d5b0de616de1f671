"""`tutela disclosure plan`: what can be shown at which detail, for how many years together."""

from __future__ import annotations

import json
from pathlib import Path

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("plan")
@click.argument("catalogue", type=_FILE)
@click.option("--data", type=_FILE, required=True, help="Counts or units of several years.")
@click.option(
    "--ledger",
    type=click.Path(file_okay=False, path_type=Path),
    help="Fix what is chosen here: the ledger then refuses what the plan does not hold.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def plan_command(catalogue: Path, data: Path, ledger: Path | None, *, as_json: bool) -> None:
    """Say for each wanted table what can be shown at which detail, and for how many years.

    CATALOGUE.toml names `spec` (rules and dimensions), `period` (the column of the year),
    `most_hidden` (.5), `cycles` (years put together, [1, 2]) and one [[table]] each with `name` and
    `dimensions`. Every option is protected as it would be published.
    """
    from tutela.disclosure.ledger import Ledger
    from tutela.disclosure.plan import fix, plan, read_catalogue, read_data

    read = read_catalogue(catalogue)
    planned = plan(read, read_data(data))
    if ledger is not None:
        with Ledger.open(ledger).writing():
            fix(ledger, planned)
    if as_json:
        tables = [
            {
                "name": one.wanted.name,
                "options": [option.as_dict() for option in one.options],
                "chosen": one.chosen.as_dict() if one.chosen else None,
            }
            for one in planned
        ]
        click.echo(json.dumps({"most_hidden": read.most_hidden, "tables": tables}))
        return
    for one in planned:
        click.echo(f"{one.wanted.name}")
        for option in one.options:
            mark = "→" if option is one.chosen else " "
            click.echo(
                f" {mark} every {option.cycle} year(s), {option.detail}: {option.shown} of "
                f"{option.cells} cells shown in {len(option.windows)} releases "
                f"({option.hidden_share:.0%} hidden)"
            )
        if one.chosen is None:
            click.echo("   nothing shows enough: leave it out, or put more years together.")
