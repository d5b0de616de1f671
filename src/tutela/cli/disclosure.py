"""`tutela disclosure`: protect a table, or attack a published one."""

from __future__ import annotations

import json
import resource
import secrets
import sys
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutela.cli.disclosure_plan import plan_command
from tutela.cli.ledger import ledger_group
from tutela.errors import InputRefused, Misuse, SafetyBlock

if TYPE_CHECKING:
    import polars as pl

    from tutela.disclosure.policy import Policy
    from tutela.disclosure.spec import Spec
    from tutela.disclosure.table import FrequencyTable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Hide small counts in a frequency table, and attack what is published.

    SPEC.toml holds `threshold`, `protection`, `zeros` ("hidden" or "structural"), optionally
    `singletons` (a column: true where one contributor stands behind the cell), `contributors` and
    `publications` (columns: how many of a cell's units each body knows as its own, or has
    published), `attackers` (whom to reckon with; all by default), and one [[dimension]] per column:
    `name`, optionally `total`, `hide_cost` and a table [dimension.parents] of child = parent codes.
    """


command.add_command(ledger_group)
command.add_command(plan_command)


@command.command()
@click.argument("table", type=_FILE)
@click.option("--spec", type=_FILE, required=True, help="Rules and dimensions, in TOML.")
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="CSV."
)
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a publishable proof; it treats all hidden cells alike.",
)
@click.option(
    "--centre-certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the proof with the true counts; it must stay at the centre.",
)
@click.option(
    "--ledger",
    type=click.Path(file_okay=False, path_type=Path),
    help="The ledger of releases: protect jointly with all it holds, and add this one to it.",
)
@click.option("--release", help="The name of this release in the ledger; by default that of OUT.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def protect(
    table: Path,
    spec: Path,
    out: Path,
    certificate: Path | None,
    centre_certificate: Path | None,
    ledger: Path | None,
    release: str | None,
    as_json: bool,
) -> None:
    """Protect TABLE (CSV or Parquet; counts, or one row per unit) and write it with all margins.

    OUT holds the dimensions, `count` (empty where hidden) and `status` (shown, hidden, structural
    zero), or with a method that rounds `rounded` in every row. Nothing is written when the table is
    refused or the audit does not pass.
    """
    from tutela.disclosure.advice import advise
    from tutela.disclosure.against_ledger import protecting
    from tutela.disclosure.plan import require_planned
    from tutela.disclosure.spec import read_spec

    began = time.perf_counter()
    rules = read_spec(spec)
    source = true_table(table.stem, table, rules)
    policy = rules.policy
    if policy.method != "suppress" and (certificate or centre_certificate):
        raise Misuse(
            "A certificate proves what hidden cells could be, and rounding hides none.",
            remedy="Leave the certificate out.",
        )
    if not rules.seeded:
        policy = replace(policy, seed=secrets.randbits(63))
    if ledger is not None:
        require_planned(ledger, source, release or out.stem)
    with protecting(ledger) as safe:
        protection = safe.protect([source], policy)
        text = _as_written(protection.tables[source.name]).write_csv()
        for path, kind in ((certificate, "public"), (centre_certificate, "centre")):
            if path is not None:
                _certify(source, protection.tables[source.name], policy, text, path, kind)
        # Recorded before it is given out: what is out is always in the ledger.
        recorded = safe.record(release or out.stem, [source], policy, protection.tables)
        _write(text, out)
    report = protection.report[source.name]
    advice = advise(source, policy, report["hidden_share"])
    result = {
        **report,
        "advice": advice.as_dict() if advice else None,
        "seconds": round(time.perf_counter() - began, 3),
        "peak_mb": _peak_mb(),
        "audit": protection.audit.as_dict(),
        **recorded,
    }
    if as_json:
        click.echo(json.dumps(result))
    else:
        click.echo(
            f"{out}: {report['cells']} cells, {report['hidden']} hidden "
            f"({report['hidden_share']:.1%}); the audit passed.",
            err=True,
        )
        if advice:
            shown = 1 - advice.hidden / advice.cells
            click.echo(f"Most cells are hidden. {advice.text} ({shown:.0%} shown)", err=True)


@command.command()
@click.argument("published", type=_FILE)
@click.option("--spec", type=_FILE, required=True, help="Rules and dimensions, in TOML.")
@click.option(
    "--against", type=_FILE, multiple=True, help="An earlier published table of the same units."
)
@click.option("--original", type=_FILE, help="The true table: attack the truly small counts only.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def audit(
    published: Path, spec: Path, against: tuple[Path, ...], original: Path | None, as_json: bool
) -> None:
    """Attack a PUBLISHED table, from whatever tool; exit 3 when a cell can be found out.

    PUBLISHED has all margins and an empty count where hidden. Without --original every hidden cell
    is attacked, also those that were hidden only to protect others. With --against the attack draws
    on earlier tables as well, and on the differences since.
    """
    from tutela.disclosure.audit import audit_published
    from tutela.disclosure.earlier import EarlierTable, relation_between
    from tutela.disclosure.published import PublishedTable
    from tutela.disclosure.spec import read_cells, read_spec

    rules = read_spec(spec)
    table = PublishedTable(published.stem, rules.dimensions, read_cells(published))
    earlier = []
    for number, path in enumerate(against, 1):
        before = PublishedTable(published.stem, rules.dimensions, read_cells(path))
        release = f"{number} {path.stem}"
        earlier.append(EarlierTable(release, before, relation=relation_between(before, table)))
    originals = None if original is None else [true_table(published.stem, original, rules)]
    report = audit_published([table], rules.policy, originals, earlier)
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
    for name, (narrow, exact) in report.by_attacker.items():
        click.echo(f"  {name}: {narrow} too tightly, {exact} exactly", err=True)
    if not report.passed:
        sys.exit(SafetyBlock.exit_code)


@command.command()
@click.argument("certificate", type=_FILE)
@click.option("--published", type=_FILE, help="The table that the certificate was made for.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON object.")
def verify(certificate: Path, published: Path | None, as_json: bool) -> None:
    """Check a CERTIFICATE by integer arithmetic alone; exit 3 when it proves nothing."""
    from tutela.disclosure.verify import verify_file

    result = verify_file(certificate, published)
    if as_json:
        click.echo(json.dumps(result.as_dict()))
    click.echo(
        f"{certificate} holds: {result.proven} of {result.hidden} hidden cells are proven wide"
        + (f", {result.narrow} can be bounded by any reader." if result.narrow else "."),
        err=True,
    )


def true_table(name: str, path: Path, rules: Spec) -> FrequencyTable:
    """The true table of a file, with what contributors know of it."""
    from tutela.disclosure.table import FrequencyTable

    return FrequencyTable(
        name,
        rules.dimensions,
        _counts(path, rules),
        singletons=rules.singletons,
        contributors=rules.contributors,
        publications=rules.publications,
        population=rules.population,
    )


def _certify(
    source: FrequencyTable, frame: pl.DataFrame, policy: Policy, text: str, path: Path, kind: str
) -> None:
    """Write the certificate of one table, with the mark of the file that it belongs to."""
    from tutela.disclosure.certificate import (
        centre_certificate,
        public_certificate,
        write_certificate,
    )
    from tutela.disclosure.protect import published_tables
    from tutela.disclosure.published import PublishedTable

    shown = [PublishedTable(*fields) for fields in published_tables([source], {source.name: frame})]
    made = (
        public_certificate(shown, policy)
        if kind == "public"
        else centre_certificate(shown, policy, [source])
    )
    write_certificate(made, path, {source.name: sha256(text.encode()).hexdigest()})


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
    if rules.singletons or rules.contributors or rules.publications:
        raise InputRefused(
            f"{path}: what contributors know are columns of counts, and this file has one row per "
            "unit.",
            remedy="Count the units first, and give these columns with the counts.",
        )
    return frame.group_by(names).len("count").sort(names)


def _as_written(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    zero = pl.col("status") == "zero"
    return frame.with_columns(
        pl.when(zero).then(0).otherwise(pl.col("count")).alias("count"),
        pl.when(zero).then(pl.lit("structural zero")).otherwise(pl.col("status")).alias("status"),
    )


def _write(text: str, out: Path) -> None:
    """Write beside its place and rename when whole."""
    draft = out.with_name(f".{out.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(out)
    except OSError as error:
        raise InputRefused(f"{out} cannot be written: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
