"""`tutela encode`: identities become encodings, the file becomes a sealed package."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click

from tutela.cli.language import language_option


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--profile", "profile_name", required=True, help="Name of the profile.")
@click.option(
    "--keys", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="The agency's key folder.",
)  # fmt: skip
@click.option(
    "-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The package to write (.tutela).",
)  # fmt: skip
@click.option(
    "--supersedes", metavar="SUBMISSION", help="The submission that this file corrects, as a whole."
)
@click.option(
    "--period",
    metavar="FROM/TO",
    help="The days that the file covers, such as 2015-01-01/2015-12-31, or a year.",
)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    file: Path,
    profile_name: str,
    keys: Path,
    out: Path,
    supersedes: str | None,
    period: str | None,
    lang: str,
    *,
    as_json: bool,
) -> None:
    """Validate FILE, encode its identities, and seal it for the centre.

    A file with errors is refused. Names, dates of birth, telephone numbers and references leave the
    agency as encodings under its linkage secret only.
    """
    from tutela.submissions.profiles import load_profile
    from tutela.submissions.seal import encode_file

    summary = encode_file(
        file,
        load_profile(profile_name),
        keys,
        out,
        lang=lang,
        supersedes=supersedes,
        period=_days(period) if period else None,
    )
    if as_json:
        click.echo(json.dumps(summary.as_dict(), ensure_ascii=False))
        return
    counts = ", ".join(f"{number} {name}" for name, number in summary.counts.items())
    click.echo(f"{summary.submission}: {counts}")
    click.echo(f"Sealed in {out}, key epoch {summary.key_epoch}.", err=True)


def _days(period: str) -> dict[str, str]:
    """First and last day of `2015-01-01/2015-12-31` or of `2015`."""
    first, _, last = period.partition("/")
    if not last and len(first) == 4 and first.isdigit():
        first, last = f"{first}-01-01", f"{first}-12-31"
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise click.BadParameter(f"“{period}” is no period FROM/TO.") from error
    if days[1] < days[0]:
        raise click.BadParameter(f"“{period}” ends before it begins.")
    return {"from": days[0].isoformat(), "to": days[1].isoformat()}
