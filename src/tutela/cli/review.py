"""`tutela review`: agencies confirm their own fields, and pairs in doubt are settled by it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tutela.cli.language import language_option

_STORE = click.option(
    "--store", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The national store.",
)  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_CENTRE = click.option(
    "--keys", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The centre's key folder.",
)  # fmt: skip
_AGENCY = click.option(
    "--keys", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The agency's key folder.",
)  # fmt: skip


@click.group()
def command() -> None:
    """Settle pairs in doubt without identities (docs/review.md).

    No agency sees another's record or learns that it holds one: each confirms fields of its own
    records, those in doubt hidden among decoys.
    """


@command.command()
@_STORE
@_CENTRE
@click.option(
    "-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the sealed batches, one an agency.",
)  # fmt: skip
@click.option(
    "--questions", "size", default=20, show_default=True, type=click.IntRange(min=2),
    help="Questions for each agency; the same for all.",
)  # fmt: skip
@click.option(
    "--decoys", default=3, show_default=True, type=click.IntRange(min=1),
    help="Decoys beside each record in doubt, at least.",
)  # fmt: skip
@_JSON
def sample(store: Path, keys: Path, out: Path, size: int, decoys: int, *, as_json: bool) -> None:
    """At the centre: pick the pairs whose answer moves the figures most; seal the batches."""
    from tutela.submissions.keys import CentreKeys
    from tutela.submissions.review.batch import write_batches
    from tutela.submissions.review.sample import sample as draw
    from tutela.submissions.store import Store

    centre = CentreKeys.load(keys)
    out.mkdir(parents=True, exist_ok=True)
    found, report = draw(Store.open(store), size=size, decoys=decoys)
    paths = write_batches(found, centre, out)
    if as_json:
        click.echo(json.dumps({**report, "batches": [str(path) for path in paths]}))
        return
    click.echo(f"{found.name}: {report['pairs']} pairs asked about in {len(paths)} batches")
    click.echo(f"Sealed in {out}; send each to its agency.", err=True)


@command.command()
@click.argument("batch", type=click.Path(path_type=Path))
@_AGENCY
@click.option(
    "--file", required=True, type=click.Path(path_type=Path),
    help="The file from which the submission was made.",
)  # fmt: skip
@click.option("--profile", required=True, help="Name of its profile.")
@click.option(
    "-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The sheet to write (CSV).",
)  # fmt: skip
@language_option
@_JSON
def ask(
    batch: Path, keys: Path, file: Path, profile: str, out: Path, lang: str, *, as_json: bool
) -> None:
    """At an agency: open BATCH and write a sheet for the clerks. The sheet stays at the agency.

    Beside each field they write `=` (the person's file has it so), `?` (it cannot be confirmed), or
    what the file has.
    """
    from tutela.submissions.keys import AgencyKeys
    from tutela.submissions.review.batch import open_batch
    from tutela.submissions.review.sheet import write_sheet

    agency = AgencyKeys.load(keys)
    opened = open_batch(batch, agency)
    rows = write_sheet(opened, agency, file, profile, out, lang)
    if as_json:
        click.echo(json.dumps({"round": opened.round, "rows": rows, "sheet": str(out)}))
        return
    click.echo(f"{rows} records to look up; sheet in {out}")


@command.command()
@click.argument("sheets", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--batch", required=True, type=click.Path(path_type=Path), help="The batch.")
@_AGENCY
@click.option(
    "-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The sealed answer to write.",
)  # fmt: skip
@_JSON
def answer(sheets: tuple[Path, ...], batch: Path, keys: Path, out: Path, *, as_json: bool) -> None:
    """At an agency: encode the filled SHEETS and seal them for the centre."""
    from tutela.submissions.keys import AgencyKeys
    from tutela.submissions.review.answer import seal_answer
    from tutela.submissions.review.batch import open_batch
    from tutela.submissions.review.sheet import read_sheet

    agency = AgencyKeys.load(keys)
    opened = open_batch(batch, agency)
    manifest = seal_answer(read_sheet(list(sheets), opened), opened, agency, out)
    if as_json:
        click.echo(json.dumps({"answer": str(out), **manifest}))
        return
    click.echo(f"{manifest['counts']['records']} records answered, sealed in {out}")


@command.command()
@click.argument("answer", type=click.Path(path_type=Path))
@_STORE
@_CENTRE
@_JSON
def collect(answer: Path, store: Path, keys: Path, *, as_json: bool) -> None:
    """At the centre: take a sealed ANSWER; what it settles holds from the next `tutela link` on."""
    from tutela.submissions.review.collect import collect as take
    from tutela.submissions.store import Store

    done = take(answer, Store.open(store), keys)
    if as_json:
        click.echo(json.dumps(done.as_dict()))
        return
    words = ", ".join(f"{count} {kind}" for kind, count in sorted(done.decisions.items()))
    click.echo(
        f"{done.answer}: {done.state}; pairs so far: {words or 'none answered on both sides'}"
    )
