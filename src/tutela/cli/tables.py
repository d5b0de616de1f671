"""`tutela tables`: count the indicators over the linked store."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import click


@click.group(invoke_without_command=True)
@click.option(
    "--store",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The national store, linked with `tutela link`.",
)
@click.option("--country", default="be", show_default=True, help="The country pack.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
@click.pass_context
def command(context: click.Context, store: Path, country: str, *, as_json: bool) -> None:
    """Count the declared indicators over the current linkage run.

    Writes STORE/tables/<run>/, one Parquet file of leaf counts per indicator and report.json, and
    names the run in STORE/current.json. The tables are NOT protected: they stay at the centre, and
    `tutela publish` is the only way out of it.

    What is printed tells how much was counted and from which sources, never a cell.
    """
    if context.invoked_subcommand is not None:
        context.obj = store
        return
    from tutela.indicators.run import make_tables

    started = time.perf_counter()
    run = make_tables(store, country)
    counting = {entry["id"]: entry["counting"] for entry in run.report["indicators"]}
    empty = [name for name, each in counting.items() if not each["collected"]]
    result = {
        "run": run.run,
        "linkage": run.report["linkage"],
        "folder": str(run.folder),
        "synthetic": run.report["synthetic"],
        "submissions": len(run.report["submissions"]),
        "sources": run.report["sources"],
        "indicators": len(counting),
        "leaves": sum(each["leaves"] for each in counting.values()),
        "not_collected": empty,
        "hidden_figure": _hidden_figure(run.report["hidden_figure"]),
        "seconds": round(time.perf_counter() - started, 2),
    }
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    click.echo(f"run          {run.run} (from linkage {result['linkage']})")
    click.echo(f"indicators   {result['indicators']}, {result['leaves']} leaf cells, unprotected")
    click.echo(f"sources      {', '.join(run.report['sources']['present'])}")
    absent = run.report["sources"]["absent"]
    if absent:
        click.echo(f"absent       {', '.join(absent)}: what only they see is not collected")
    for name in empty:
        click.echo(f"no source    {name}")
    hidden = result["hidden_figure"]
    carried = "linkage carried through" if hidden["linkage_carried"] else "linkage not carried"
    click.echo(
        f"hidden       {hidden['estimated']} of {hidden['years']} years carry an estimate of the "
        f"children nobody knows ({carried})"
    )
    for reason, years in hidden["refused"].items():
        click.echo(f"             {', '.join(years)}: {reason}")
    click.echo(f"written to   {run.folder}")


def _hidden_figure(report: dict[str, Any]) -> dict[str, Any]:
    """How many years carry an estimate, and why others do not: no count and no estimate."""
    refused: dict[str, list[str]] = {}
    for year, answer in report["years"].items():
        if answer["estimate"] is None:
            # Reasons may name how many persons they rest on, which stays at the centre.
            reason = re.sub(r"^only \d+", "too few", answer["reason"])
            refused.setdefault(re.sub(r"^\d+ of \d+", "too many", reason), []).append(year)
    return {
        "years": len(report["years"]),
        "estimated": len(report["years"]) - sum(map(len, refused.values())),
        "refused": refused,
        "linkage_carried": report["linkage"]["carried"],
    }


@command.command()
@click.argument("indicator")
@click.option("--actor", required=True, help="Who looks: a name or an account.")
@click.option("--reason", required=True, help="Why, in words that can be checked later.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV whose name ends in .INTERNAL.csv.",
)
@click.pass_obj
def internal(store: Path, indicator: str, actor: str, reason: str, out: Path) -> None:
    """Write the UNPROTECTED counts of one INDICATOR, for work inside the centre only.

    Every look is logged first (STORE/internal_tables.jsonl, a chain of hashes). Each row says
    INTERNAL: NOT FOR RELEASE, and no release takes such a file.
    """
    from tutela.indicators.internal import write_internal

    rows = write_internal(store, indicator, out, actor=actor, reason=reason)
    click.echo(f"{out}: {rows} unprotected leaf counts; the look was logged.", err=True)
