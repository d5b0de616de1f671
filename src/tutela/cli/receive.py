"""`tutela receive`: a sealed package becomes part of the national store, or nothing does."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("package", type=click.Path(path_type=Path))
@click.option(
    "--store", "store_folder", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="The national store; made where there is none.",
)  # fmt: skip
@click.option(
    "--keys",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="TUTELA_CENTRE_KEYS",
    show_envvar=True,
    help="The centre's key folder (default: keys/centre, else keys, beside the store).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(package: Path, store_folder: Path, keys: Path | None, *, as_json: bool) -> None:
    """Check PACKAGE and take it into the store whole.

    Refused, and nothing kept: an unknown signer, an altered or truncated package, a stale one, a
    wrong key epoch or profile version, rows that the store holds already. The same package again
    changes nothing and ends with 0.
    """
    from tutela.submissions.keys import CentreKeys
    from tutela.submissions.receive import receive_package
    from tutela.submissions.store import Store

    beside = store_folder.absolute().parent / "keys"
    keys = keys or (beside / "centre" if (beside / "centre").is_dir() else beside)
    # Before a store is made: without proper keys nothing is written at all.
    CentreKeys.load(keys)
    store = (
        Store.open(store_folder)
        if (store_folder / "store.json").exists()
        else Store.create(store_folder)
    )
    receipt = receive_package(package, store, keys)
    if as_json:
        click.echo(json.dumps(receipt.as_dict(), ensure_ascii=False))
        return
    counts = ", ".join(f"{number} {name}" for name, number in receipt.counts.items())
    click.echo(f"{receipt.submission}: {receipt.state}, {counts}")
    if receipt.supersedes:
        click.echo(f"It replaces {receipt.supersedes}.", err=True)
