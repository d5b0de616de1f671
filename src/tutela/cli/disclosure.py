"""`tutela disclosure`: protect a table, or attack a published one."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutela.errors import InputRefused, SafetyBlock

if TYPE_CHECKING:
    import polars as pl

    from tutela.disclosure.spec import Spec

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Hide small counts in a frequency table, and attack what is published.

    SPEC.toml holds `threshold`, `protection`, `zeros` ("hidden" or "structural"), optionally
    `singletons` (a column), and one [[dimension]] per column: `name`, optionally `total`,
    `hide_cost` and a table [dimension.parents] of child = parent codes.
    """


@command.command()
@click.argument("table", type=_FILE)
@click.option("--spec", type=_FILE, required=True, help="Rules and dimensions, in TOML.")
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def protect(table: Path, spec: Path, out: Path, as_json: bool) -> None:
    """Protect TABLE (CSV or Parquet; counts, or one row per unit) and write it with all margins.

    OUT holds the dimensions, `count` (empty where hidden) and `status` (shown, hidden, structural
    zero). Nothing is written when the table is refused or the audit does not pass.
    """
    from tutela.disclosure.protect import protect as protect_tables
    from tutela.disclosure.spec import read_spec
    from tutela.disclosure.table import FrequencyTable

    began = time.perf_counter()
    rules = read_spec(spec)
    source = FrequencyTable(
        table.stem, rules.dimensions, _counts(table, rules), singletons=rules.singletons
    )
    protection = protect_tables([source], rules.policy)
    _write(protection.tables[source.name], out)
    report = protection.report[source.name]
    result = {
        **report,
        "advice": _advice(report["hidden_share"]),
        "seconds": round(time.perf_counter() - began, 3),
        "peak_mb": _peak_mb(),
        "audit": protection.audit.as_dict(),
    }
    if as_json:
        click.echo(json.dumps(result))
    else:
        click.echo(
            f"{out}: {report['cells']} cells, {report['hidden']} hidden "
            f"({report['hidden_share']:.1%}); the audit passed.",
            err=True,
        )
        if result["advice"]:
            click.echo(result["advice"], err=True)


@command.command()
@click.argument("published", type=_FILE)
@click.option("--spec", type=_FILE, required=True, help="Rules and dimensions, in TOML.")
@click.option("--original", type=_FILE, help="The true table: attack the truly small counts only.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def audit(published: Path, spec: Path, original: Path | None, as_json: bool) -> None:
    """Attack a PUBLISHED table, from whatever tool; exit 3 when a cell can be found out.

    PUBLISHED has all margins and an empty count where hidden. Without --original every hidden cell
    is attacked, also those that were hidden only to protect others.
    """
    from tutela.disclosure.audit import audit_published
    from tutela.disclosure.published import PublishedTable
    from tutela.disclosure.spec import read_cells, read_spec
    from tutela.disclosure.table import FrequencyTable

    rules = read_spec(spec)
    table = PublishedTable(published.stem, rules.dimensions, read_cells(published))
    originals = None
    if original is not None:
        counts = _counts(original, rules)
        originals = [FrequencyTable(published.stem, rules.dimensions, counts)]
    report = audit_published([table], rules.policy, originals)
    result: dict[str, Any] = {
        "audit": report.as_dict(),
        "seconds": round(report.seconds, 3),
        "peak_mb": _peak_mb(),
    }
    if as_json:
        click.echo(json.dumps(result))
    words = (
        f"{report.attacked} cells attacked: {report.unsafe} can be bounded more tightly than "
        f"{rules.policy.protection}, {report.exact} exactly."
    )
    click.echo(words, err=True)
    if not report.passed:
        sys.exit(SafetyBlock.exit_code)


def _counts(path: Path, rules: Spec) -> pl.DataFrame:
    """The counts of a file: as given, or counted where it has one row per unit."""
    from tutela.disclosure.spec import read_cells

    frame = read_cells(path)
    names = [dimension.name for dimension in rules.dimensions]
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InputRefused(
            f"{path}: column {missing[0]!r} is missing (it has {', '.join(frame.columns)}).",
            remedy="Name the dimensions in the specification as the columns are named.",
            details={"columns": missing},
        )
    if "count" in frame.columns:
        return frame
    if rules.singletons:
        raise InputRefused(
            f"{path}: singletons are a column of counts, and this file has one row per unit.",
            remedy="Count the units first, and give the singletons with the counts.",
        )
    return frame.group_by(names).len("count").sort(names)


def _write(frame: pl.DataFrame, out: Path) -> None:
    """Write the published table beside its place and rename it when whole."""
    import polars as pl

    zero = pl.col("status") == "zero"
    frame = frame.with_columns(
        pl.when(zero).then(0).otherwise(pl.col("count")).alias("count"),
        pl.when(zero).then(pl.lit("structural zero")).otherwise(pl.col("status")).alias("status"),
    )
    draft = out.with_name(f".{out.name}.draft")
    try:
        frame.write_csv(draft)
        draft.replace(out)
    except OSError as error:
        raise InputRefused(f"{out} cannot be written: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _advice(hidden_share: float) -> str:
    """What to do about a table that is mostly hidden; empty when it is not."""
    if hidden_share <= 0.5:
        return ""
    return "Most cells are hidden: publish fewer or broader codes, or fewer dimensions."


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
