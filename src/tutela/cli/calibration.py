"""`tutela calibration`: planted records tell the centre how far linkage can be trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

_STORE = click.option(
    "--store", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The national store.",
)  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def command() -> None:
    """Plant invented persons under the live key; calibrate and measure the linkage by them.

    Planted records are kept apart in the store and never counted in any table.
    """


@command.command()
@click.option(
    "--keys", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="The agency's key folder, with the live linkage secret.",
)  # fmt: skip
@click.option(
    "-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The package to write (.tutela).",
)  # fmt: skip
@click.option(
    "--children", default=2_000, show_default=True, type=int, help="Invented children to plant."
)
@_JSON
def plant(keys: Path, out: Path, children: int, *, as_json: bool) -> None:
    """At an agency: invent persons, write them as agencies would, encode and seal them.

    The chance that invents them is drawn anew and forgotten, so that nobody at the centre can
    repeat their names and set them beside the encodings.
    """
    import secrets

    from tutela.simulation.planted import planted_records
    from tutela.submissions.planting import seal_planted

    people = planted_records(children, secrets.randbits(62))
    manifest = seal_planted(people, keys, out)
    _report({"package": str(out), **manifest}, as_json=as_json)


@command.command()
@click.argument("package", type=click.Path(path_type=Path))
@_STORE
@click.option(
    "--keys", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The centre's key folder.",
)  # fmt: skip
@_JSON
def receive(package: Path, store: Path, keys: Path, *, as_json: bool) -> None:
    """At the centre: keep PACKAGE apart; the next `tutela link` calibrates on it."""
    from tutela.submissions.planting import receive_planted
    from tutela.submissions.store import Store

    _report(receive_planted(package, Store.open(store), keys), as_json=as_json)


@command.command()
@click.argument("name")
@_STORE
@_JSON
def forget(name: str, store: Path, *, as_json: bool) -> None:
    """At the centre: remove the planted records called NAME."""
    from tutela.submissions.planting import forget_planted
    from tutela.submissions.store import Store

    forget_planted(name, Store.open(store))
    _report({"state": "forgotten", "name": name}, as_json=as_json)


@command.command()
@_STORE
@_JSON
def show(store: Path, *, as_json: bool) -> None:
    """How well the probabilities of the current run hold, and whom it finds less well."""
    from tutela.submissions.planting import held_planted
    from tutela.submissions.run_report import run_report
    from tutela.submissions.store import Store

    found = Store.open(store)
    roles = run_report(found)["roles"]
    parts = ("calibration", "planted", "count_correction")
    result: dict[str, Any] = {
        "planted": [package.name for package in held_planted(found)],
        "roles": {
            role: {part: report[part] for part in parts if part in report}
            for role, report in roles.items()
        },
    }
    if as_json:
        click.echo(json.dumps(result))
        return
    for role, report in result["roles"].items():
        _show_role(role, report)


def _show_role(role: str, report: dict[str, Any]) -> None:
    if "calibration" not in report:
        click.echo(f"{role}: not calibrated; the probabilities are the model's own")
        return
    error = report["calibration"]["expected_error"]
    click.echo(f"{role}: expected error of a probability {error['calibrated']:.3f}")
    click.echo(f"  (of the model uncalibrated {error['model']:.3f})")
    for row in report["calibration"]["reliability"]:
        click.echo(
            f"  claimed {row['claimed']:.2f}, found {row['found']:.2f} ({row['pairs']} pairs)"
        )
    for column, groups in report["planted"]["by"].items():
        for value, row in groups.items():
            click.echo(
                f"  {column} {value}: {row['persons']} planted persons, count error "
                f"{row['count_error']:+.1%}, precision {row['precision']:.3f}, recall "
                f"{row['recall']:.3f}"
            )


def _report(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result, default=str))
        return
    click.echo(", ".join(f"{key} {value}" for key, value in result.items() if key in _SAID))


_SAID = ("state", "name", "package", "agency", "records", "persons", "counts", "key_epoch")
