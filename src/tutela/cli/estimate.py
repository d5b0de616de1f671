"""`tutela estimate`: how many no list knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutela.errors import Misuse

if TYPE_CHECKING:
    from tutela.estimation.estimate import Estimate
    from tutela.estimation.lists import ListTable


@click.command()
@click.argument("lists", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--count", metavar="COLUMN", help="Column of counts (default: 'count' if present).")
@click.option(
    "--merge",
    "merges",
    multiple=True,
    metavar="NEW=A+B",
    help="Treat lists as one, for instance because one feeds the other. May be repeated.",
)
@click.option(
    "--drop", "dropped", multiple=True, metavar="LIST", help="Leave a list out. May be repeated."
)
@click.option(
    "--by",
    metavar="COLUMN",
    help="Estimate each value of COLUMN, apart and shrunk towards the others.",
)
@click.option(
    "--method",
    type=click.Choice(["stepwise", "bma", "latent", "both", "all"]),
    default="both",
    show_default=True,
    help="Stepwise log-linear with bootstrap, Bayesian model averaging, latent classes; both: the "
    "first two side by side, all: all three.",
)
@click.option(
    "--bootstraps", type=click.IntRange(min=100), default=2000, show_default=True,
    help="Bootstrap samples for the stepwise interval.",
)  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of all sampling.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    lists: Path,
    count: str | None,
    merges: tuple[str, ...],
    dropped: tuple[str, ...],
    by: str | None,
    method: str,
    bootstraps: int,
    seed: int,
    *,
    as_json: bool,
) -> None:
    """Estimate a hidden population from the overlaps of lists (multiple systems estimation).

    LISTS is a CSV or Parquet file with one 0/1 column per list and a column of counts, or one row
    per person without it. The answer may be that the lists cannot carry an estimate.
    """
    from tutela.estimation.estimate import estimate
    from tutela.estimation.lists import drop_lists, merge_lists, read_lists
    from tutela.estimation.strata import estimate_strata, read_strata

    parsed = dict(_merge(text) for text in merges)

    def prepared(table: ListTable) -> ListTable:
        return drop_lists(merge_lists(table, parsed), dropped)

    if by is None:
        answer = estimate(
            prepared(read_lists(lists, count=count)),
            method=method,
            bootstraps=bootstraps,
            seed=seed,
        )
        click.echo(json.dumps(answer.as_dict()) if as_json else describe(answer))
        return
    strata = {name: prepared(table) for name, table in read_strata(lists, by, count=count).items()}
    results = estimate_strata(strata, method=method, bootstraps=bootstraps, seed=seed)
    if as_json:
        click.echo(json.dumps({"by": by, "strata": results.as_dict(), "note": results.note}))
        return
    for name, answer in results.answers.items():
        click.echo(f"{by} = {name}\n{describe(answer)}")
        if (shrunk := results.shrunken.get(name)) is not None:
            click.echo(
                f"shrunk towards the other strata: between {shrunk.lower:,.0f} and "
                f"{shrunk.upper:,.0f}, best estimate {shrunk.estimate:,.0f} "
                f"({shrunk.own_weight:.0%} from its own lists)"
            )
        click.echo("")
    click.echo(results.note)


def _merge(text: str) -> tuple[str, list[str]]:
    new, equals, old = text.partition("=")
    if not equals or not new or "+" not in old:
        raise Misuse(f"--merge {text} is not NEW=A+B", remedy="Example: --merge P=PF+NCA")
    return new, old.split("+")


def describe(answer: Estimate) -> str:
    """The answer in words, interval first."""
    lines = [f"observed on at least one list: {answer.observed:,}"]
    if answer.estimate is None or answer.lower is None or answer.upper is None:
        lines.append(f"verdict: {answer.verdict} - {answer.reason}")
    else:
        lines += [
            f"all, seen and unseen: between {answer.lower:,.0f} and {answer.upper:,.0f} "
            f"(95 %), best estimate {answer.estimate:,.0f}",
            f"verdict: {answer.verdict}",
        ]
        for name, result in answer.by_method.items():
            if "lower" in result:
                lines.append(
                    f"  {name}: {result['estimate']:,.0f} "
                    f"({result['lower']:,.0f} - {result['upper']:,.0f})"
                )
            elif result["estimate"] is not None:
                lines.append(f"  {name}: {result['estimate']:,.0f}")
    lines += [f"warning: {w.message}" for w in answer.warnings]
    return "\n".join(lines)
