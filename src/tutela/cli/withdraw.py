"""`tutela withdraw`: remove a submission; a tombstone stays."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("submission")
@click.option(
    "--store", "store_folder", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="The national store.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(submission: str, store_folder: Path, *, as_json: bool) -> None:
    """Remove SUBMISSION and the versions that it replaced from the store.

    Linkage runs are rewritten without its records and counts made from it are removed: run link and
    tables again. What was published stays published. The same package is not taken again.
    """
    from tutela.submissions.store import Store
    from tutela.submissions.withdraw import withdraw_submission

    done = withdraw_submission(submission, Store.open(store_folder))
    if as_json:
        click.echo(json.dumps(done.as_dict(), ensure_ascii=False))
        return
    click.echo(f"{done.submission}: withdrawn, {done.records} records removed")
    click.echo("Run `tutela link` and `tutela tables` again.", err=True)
