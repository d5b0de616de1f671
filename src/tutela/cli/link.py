"""`tutela link`: count children, not files."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click


@click.command()
@click.option(
    "--store",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The national store.",
)
@click.option(
    "--threshold", type=float, default=0.5, show_default=True,
    help="Probability above which two records speak for one person.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["embedded", "spark"]), default="embedded", show_default=True,
    help="Where to link: in this process, or on Apache Spark (pip install tutela[spark]).",
)  # fmt: skip
@click.option("--full", is_flag=True, help="Link everything again, with a new model.")
@click.option(
    "--constraints", "constraints_file", type=click.Path(path_type=Path),
    help="Known links and partings besides those of the review: record_id_1, record_id_2, kind.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    store: Path,
    threshold: float,
    constraints_file: Path | None,
    engine: str,
    *,
    full: bool,
    as_json: bool,
) -> None:
    """Link the records of all current submissions into persons, victims and suspects apart.

    Where little is new since the last full run, new submissions join it: only the clusters that
    they touch are linked again, with its model. Otherwise, and with --full, everything is linked.
    Writes STORE/linkage/<run>/ and names the run in STORE/current.json. Clusters keep their names
    from run to run; `tutela linkage events` says what changed.
    """
    from tutela.linkage.known import read_constraints
    from tutela.linkage.link import LinkOptions
    from tutela.submissions.linking import link_store

    constraints = read_constraints(constraints_file) if constraints_file else None
    began = time.perf_counter()
    report = link_store(
        store, LinkOptions(threshold=threshold, constraints=constraints), full=full, engine=engine
    )
    report = {**report, "seconds": round(time.perf_counter() - began, 2)}
    if as_json:
        click.echo(json.dumps(report))
        return
    for role, part in report["roles"].items():
        click.echo(
            f"{role:8} {part['records']:>9,} records are {part['clusters']:,} persons "
            f"(largest cluster {part['largest_cluster']})"
        )
        if interval := part.get("count_interval"):
            click.echo(
                f"{'':8} between {interval['lower']:,.0f} and {interval['upper']:,.0f} persons "
                "(95 %), by planted records and drawn clusterings"
            )
    how = f"joined to run {report['base']}" if report["base"] else "linked in full"
    click.echo(f"run {report['run']}, {how}, {report['seconds']} s")
