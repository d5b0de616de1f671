"""`tutela hotline`: what a hotline's site hands in."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from tutela.errors import InputRefused


@click.group(name="hotline")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=None,
              help="The site's own folder; TUTELA_SITE_DATA, or var/site.")  # fmt: skip
def command(data: Path | None) -> None:
    """A hotline's reports as a source of figures; to be run on the site's machine."""
    from tutela.site.start import start

    if "--help" not in sys.argv:
        start("agency", data)


@command.command(name="extract")
@click.option("--organisation", "code", default="hotline", show_default=True,
              help="Short name of the hotline.")  # fmt: skip
@click.option("--year", required=True, type=click.IntRange(2000, 2100), help="Year of receipt.")
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="New file (.csv) in the profile `hotline`.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def extract(code: str, year: int, out: Path, *, as_json: bool) -> None:
    """Write the reports of a year that a person has read: codes and days, no word of anybody.

    `tutela validate FILE --profile hotline` and `tutela encode` take it from there. Place and age
    are sealed in the records and stay unknown in the file.
    """
    from tutela.site.accounts.models import Organisation
    from tutela.site.hotline.extract import write_extract

    organisation = Organisation.objects.filter(code=code).first()
    if organisation is None:
        raise InputRefused(f"there is no organisation {code!r}")
    number = write_extract(organisation.id, year, out)
    if as_json:
        click.echo(json.dumps({"file": str(out), "rows": number, "year": year}))
    click.echo(f"{number} reports of {year} written to {out}.", err=True)
