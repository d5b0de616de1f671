"""`tutela validate`: every problem of a file, before anything leaves the agency."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tutela.cli.language import language_option

if TYPE_CHECKING:
    from tutela.submissions.validate import ValidationReport

_SUMMARY = {
    "fr": "lignes : {rows}, erreurs : {errors}, avertissements : {warnings}",
    "nl": "rijen: {rows}, fouten: {errors}, waarschuwingen: {warnings}",
    "de": "Zeilen: {rows}, Fehler: {errors}, Warnungen: {warnings}",
    "en": "rows: {rows}, errors: {errors}, warnings: {warnings}",
}
_SEVERITY = {
    "fr": {"error": "erreur", "warning": "avertissement"},
    "nl": {"error": "fout", "warning": "waarschuwing"},
    "de": {"error": "Fehler", "warning": "Warnung"},
    "en": {"error": "error", "warning": "warning"},
}
_ROW = {"fr": "ligne", "nl": "rij", "de": "Zeile", "en": "row"}
_MORE = {"fr": "… et {n} autres", "nl": "… en {n} andere", "de": "… und {n} weitere",
         "en": "… and {n} more"}  # fmt: skip


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--profile", "profile_name", required=True, help="Name of the profile.")
@click.option(
    "--show",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Examples of each kind of problem; the totals count all.",
)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(
    ctx: click.Context, file: Path, profile_name: str, show: int, lang: str, *, as_json: bool
) -> None:
    """Check FILE (.csv, .xlsx, .parquet) against a profile and name every problem.

    Row numbers are those of the file: the headings are row 1. Ends with 1 if there is an error.
    """
    from tutela.submissions.profiles import load_profile
    from tutela.submissions.validate import validate_file

    report = validate_file(file, load_profile(profile_name), lang, cap=show)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        _show(report)
    if not report.ok:
        ctx.exit(1)


def _show(report: ValidationReport) -> None:
    lang = report.lang
    for group in report.groups:
        severity = _SEVERITY[lang][group.severity]
        click.echo(f"{severity}: {group.column} ({group.total}×)")
        for example in group.examples:
            where = f"{_ROW[lang]} {example.row}: " if example.row else ""
            click.echo(f"    {where}{example.message}")
        if group.total > len(group.examples):
            click.echo(f"    {_MORE[lang].format(n=group.total - len(group.examples))}")
        click.echo(f"    → {group.remedy}")
    totals = {"rows": report.rows, "errors": report.errors, "warnings": report.warnings}
    click.echo(f"{report.path.name} ({report.format}): {_SUMMARY[lang].format(**totals)}")
