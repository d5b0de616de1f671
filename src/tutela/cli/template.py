"""`tutela template`: an empty workbook for agencies without a system of their own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tutela.cli.language import language_option


@click.command()
@click.argument("name")
@click.option(
    "-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The workbook to write (.xlsx).",
)  # fmt: skip
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(name: str, out: Path, lang: str, *, as_json: bool) -> None:
    """Write an empty workbook for the profile NAME: headings, drop-downs, codes and notes.

    Filled in, it goes through `tutela validate` and `tutela encode` as it is.
    """
    from tutela.submissions.profiles import load_profile
    from tutela.submissions.template import write_template

    profile = load_profile(name)
    write_template(profile, out, lang)
    click.echo(f"Wrote {out}.", err=True)
    if as_json:
        result = {"file": str(out), "profile": name, "version": profile.version, "lang": lang}
        click.echo(json.dumps(result, ensure_ascii=False))
