"""`tutela keys`: key pairs and the linkage secret, and who may hold which."""

from __future__ import annotations

import json
from pathlib import Path

import click

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def command() -> None:
    """Create keys. Files are readable by their owner only and never overwritten.

    The centre opens packages; an agency signs them; the linkage secret makes encodings comparable.
    No folder, machine or person may ever hold the centre's private key and the linkage secret.
    """


@command.command()
@_FOLDER
@_JSON
def centre(folder: Path, *, as_json: bool) -> None:
    """Create the centre's key pair in DIR, and DIR/signers for the agencies' public keys."""
    from tutela.submissions.keys import create_centre

    _report(create_centre(folder), as_json=as_json)
    _warn(
        "centre.identity opens every package: only the centre may hold it, with a copy off-line.",
        "Give centre.recipient to every agency. Never bring a linkage secret to the centre.",
    )


@command.command()
@_FOLDER
@click.option(
    "--epoch",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Number of the secret; encodings of different epochs cannot be compared.",
)
@_JSON
def linkage(folder: Path, epoch: int, *, as_json: bool) -> None:
    """Create the secret that all agencies share and the centre never sees."""
    from tutela.submissions.keys import create_linkage

    _report(create_linkage(folder, epoch), as_json=as_json)
    _warn(
        "Who holds linkage.secret and the encodings can test a guess about any person.",
        "Give it to agencies only, by a safe way, and never to the centre.",
    )


@command.command()
@_FOLDER
@click.option(
    "-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="A new folder for the next secret.",
)  # fmt: skip
@_JSON
def rotate(folder: Path, out: Path, *, as_json: bool) -> None:
    """Make the linkage secret of the epoch after that in DIR.

    One agency does this for all and gives OUT/linkage.secret to the others by a safe way.
    """
    from tutela.submissions.rotation import rotate_linkage

    _report(rotate_linkage(folder, out), as_json=as_json)
    _warn("Every agency puts it in place with `tutela keys adopt`; the centre never sees it.")


@command.command()
@_FOLDER
@click.option(
    "--linkage", "new", required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the new secret.",
)  # fmt: skip
@_JSON
def adopt(folder: Path, new: Path, *, as_json: bool) -> None:
    """Put a new linkage secret in place in an agency's DIR; the old one is kept until retired."""
    from tutela.submissions.rotation import adopt_linkage

    _report(adopt_linkage(folder, new), as_json=as_json)
    _warn(
        "Encode your current files again, each with --supersedes, and hand them in.",
        "When the centre has closed the old epoch, destroy the old secret: `tutela keys retire`.",
    )


@command.command()
@_FOLDER
@click.option("--epoch", required=True, type=click.IntRange(min=1), help="The old epoch.")
@_JSON
def retire(folder: Path, epoch: int, *, as_json: bool) -> None:
    """Destroy the kept secret of an earlier epoch in DIR."""
    from tutela.submissions.rotation import retire_linkage

    _report(retire_linkage(folder, epoch), as_json=as_json, verb="destroyed")


@command.command()
@_FOLDER
@click.option("--name", required=True, help="The agency's name, such as federal_police.")
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    help="What the agency hands in (default: the profile of its name). May be repeated.",
)
@click.option(
    "--centre",
    "centre_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The centre's key folder: copies its public key and enrols the agency there.",
)
@click.option(
    "--linkage",
    "linkage_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the linkage secret: copies it.",
)
@_JSON
def agency(
    folder: Path,
    name: str,
    profiles: tuple[str, ...],
    centre_folder: Path | None,
    linkage_folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Create an agency's signing key in DIR.

    Where agency and centre are on different machines, send agency.verify to the centre, which puts
    it into signers/NAME.json, and put the centre's centre.recipient and the linkage.secret in DIR.
    """
    from tutela.submissions.keys import create_agency

    made = create_agency(
        folder, name, profiles=profiles, centre=centre_folder, linkage=linkage_folder
    )
    _report(made, as_json=as_json)
    _warn("agency.signing speaks for the agency: only the agency may hold it.")


def _report(made: list[Path], *, as_json: bool, verb: str = "made") -> None:
    if as_json:
        click.echo(json.dumps({"files": [str(path) for path in made]}))
    else:
        for path in made:
            click.echo(f"{verb} {path}")


def _warn(*lines: str) -> None:
    for line in lines:
        click.echo(f"! {line}", err=True)
