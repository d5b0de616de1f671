"""`tutela evaluate`: compare results with a synthetic nation's truth."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from tutela.errors import InputRefused

_truth = click.option(
    "--truth", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of truth that `tutela simulate` wrote.",
)  # fmt: skip


@click.group()
def command() -> None:
    """Compare what Tutela found with the truth of a synthetic nation."""


@command.command("linkage")
@click.option(
    "--store", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The national store, linked with `tutela link`.",
)  # fmt: skip
@_truth
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def linkage_command(store: Path, truth: Path, *, as_json: bool) -> None:
    """Pair and cluster precision, recall, F1 and count error, overall and by culture of name.

    The figures are of victims; those of suspects follow under "suspects". All true pairs stand in
    the denominator. Culture is known of simulated persons only.
    """
    began = time.perf_counter()
    result = _evaluate(store, truth)
    result["seconds"] = round(time.perf_counter() - began, 3)
    if as_json:
        click.echo(json.dumps(result))
        return
    for title, part in (("victims", result), ("suspects", result.get("suspects", {}))):
        if not part:
            continue
        click.echo(f"{title}: {part['records']:,} records")
        for measure in ("pair", "cluster"):
            words = ", ".join(f"{name} {value:.4f}" for name, value in part[measure].items())
            click.echo(f"  {measure}: {words}")
        click.echo(f"  count error: {part['count_error']:+.2%}")
        for column, groups in part["count_error_by"].items():
            for value, error in groups.items():
                f1 = part["cluster_by"][column][value]["f1"]
                click.echo(f"    {column} {value}: {error:+.2%}, cluster F1 {f1:.4f}")


def _evaluate(store: Path, truth: Path) -> dict[str, Any]:
    import polars as pl

    from tutela.linkage.evaluate import evaluate
    from tutela.submissions.scored_pairs import scored_pairs
    from tutela.submissions.store import Store

    run = Store.open(store).current().get("linkage")
    if not run:
        raise InputRefused(f"{store} has no linkage run", remedy="Run `tutela link` on this store.")
    labels = truth / "records.parquet"
    if not labels.is_file():
        raise InputRefused(f"{labels} is missing", remedy="Name the folder DIR/truth.")
    folder = store / "linkage" / run["run"]
    known = pl.read_parquet(labels).rename({"person_id": "truth"})
    by: list[str] = [column for column in ("culture", "sex") if column in known.columns]
    found = {}
    for role in ("victim", "suspect"):
        clusters = pl.read_parquet(folder / "clusters.parquet").filter(pl.col("role") == role)
        if clusters.height:
            found[role] = evaluate(
                clusters.drop("role"),
                scored_pairs(folder, "pairs").filter(pl.col("role") == role),
                known.select("record_id", "truth", *by),
                by,
            )
    result = dict(found.get("victim", {}))
    if "suspect" in found:
        result["suspects"] = found["suspect"]
    return result


@command.command("hidden-figure")
@click.option(
    "--release", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A release published from a synthetic nation.",
)  # fmt: skip
@_truth
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def hidden_figure_command(release: Path, truth: Path, *, as_json: bool) -> None:
    """How many children there truly were, beside the published interval of each year."""
    from tutela.publication.hidden_figure_truth import compare_with_truth
    from tutela.publication.release import Release

    result = compare_with_truth(Release.open(release), truth)
    if as_json:
        click.echo(json.dumps(result))
        return
    click.echo("year   known (true)      published interval   true   holds")
    for year in result["years"]:
        known = "hidden" if year["observed"] is None else f"{year['observed']:,}"
        between = "none" if year["lower"] is None else f"{year['lower']:,} - {year['upper']:,}"
        holds = {True: "yes", False: "NO", None: "-"}[year["holds"]]
        click.echo(
            f"{year['year']}   {known:>6} ({year['true_seen']:>6,})   {between:>17}   "
            f"{year['true_all']:>6,}   {holds}"
        )
    click.echo(f"{result['hold_the_truth']} of {result['estimated']} intervals hold the truth")
