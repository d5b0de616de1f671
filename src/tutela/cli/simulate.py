"""`tutela simulate`: a synthetic nation on disk."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write `agencies/` and `truth/` into; made if missing.",
)
@click.option(
    "--children",
    default=20_000,
    show_default=True,
    type=int,
    metavar="N",
    help="Number of exploited children in the nation; not all are seen by an agency.",
)
@click.option(
    "--seed",
    default=2018,
    show_default=True,
    type=int,
    metavar="S",
    help="The same seed and number of children give the same bytes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def command(out: Path, children: int, seed: int, as_json: bool) -> None:
    """Make a synthetic nation whose truth is known, and what ten agencies saw of it.

    Writes OUT/agencies/<agency>/<profile>.csv|xlsx|parquet, in each agency's own format, language
    and habits, and OUT/truth/{persons,records,events}.parquet. Everything is invented and says
    SYNTHETIC in every row. Rates and their reasons are declared in one file; totals for 20,000
    children match the published figures where these exist.
    """
    from tutela.simulation.nation import simulate

    summary = simulate(
        out, children, seed, progress=lambda text: click.echo(f"simulate: {text}", err=True)
    )
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
        return
    click.echo(
        f"SYNTHETIC nation of {children} children in {out}: "
        f"{summary['children_seen']} seen by an agency, {summary['children_unseen']} by none, "
        f"{summary['suspects']} suspects; "
        f"{summary['victim_records']} mentions of children, "
        f"{summary['suspect_records']} of suspects."
    )
