"""`tutela demo`: the whole path on a synthetic nation, then the site."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from tutela import __version__
from tutela.errors import InputRefused, Misuse

#: Written last: a folder with this file holds a whole demonstration.
DONE = "demo.json"
#: The time of the demonstration's release. Its keys are new each time, so that encodings and with
#: them a few links differ between two demonstrations of the same seed.
RELEASE_TIME = "2026-01-31T12:00:00+00:00"
PLANT = "planted.tutela"
PARTS = ("agencies", "truth", "keys", "store", "release", "sites", PLANT, DONE)
#: Invented children planted to measure the linkage by.
PLANTED = 2_000


@dataclass
class Progress:
    """One line per step with its count and its time."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[str], None]]:
        """Show `name` as running, and when it ends the words it was given and its seconds."""
        from rich.console import Console

        console = Console(stderr=True)
        words: list[str] = []
        began = time.perf_counter()
        with console.status(f"{name} …"):
            yield words.append
        seconds = round(time.perf_counter() - began, 1)
        self.lines.append({"step": name, "count": words[-1] if words else "", "seconds": seconds})
        console.print(f"[bold]{name:9}[/] {words[-1] if words else '':58} {seconds:6.1f} s")


@click.command()
@click.option("--children", default=20_000, show_default=True, type=click.IntRange(min=1),
              help="Exploited children in the synthetic nation.")  # fmt: skip
@click.option("--seed", default=2018, show_default=True, help="Seed of the nation.")
@click.option(
    "--out", default=Path("var/demo"), show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for agencies, truth, keys, store and release.",
)  # fmt: skip
@click.option("--no-serve", is_flag=True, help="Stop after the release is written.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535),
              help="Port of the public site; agency and centre take the two above it.")  # fmt: skip
@click.option("--code", is_flag=True,
              help="Print the second factor's code of now, and stop.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object when done.")
def command(
    children: int, seed: int, out: Path, port: int, *, code: bool, no_serve: bool, as_json: bool
) -> None:
    """Run the whole path on a SYNTHETIC nation: simulate, validate, encode and seal, receive, link,
    count, protect and publish, then serve the three sites with accounts to try them out.

    Leaves OUT/agencies, OUT/truth, OUT/keys, OUT/store and OUT/release. A demonstration with the
    same options that is already there is served again without being made again. All three roles
    run on this machine, each in a process of its own with its own folder (OUT/sites), database and
    keys.
    """
    if code:
        from tutela.cli.demo_sites import accounts, code_of_now

        for role in ("agency", "centre"):
            click.echo(f"{role}: {code_of_now(accounts(out, role)[0]['secret'], time.time())}")
        return
    wanted = {"children": children, "seed": seed, "version": __version__}
    summary = _finished(out)
    if summary is None or any(summary[key] != value for key, value in wanted.items()):
        summary = _make(out, children, seed, replace=summary is not None)
    else:
        click.echo(f"The demonstration in {out} is there already.", err=True)
    release = out / "release"
    if as_json:
        click.echo(json.dumps(summary))
    else:
        click.echo(f"SYNTHETIC release: {release / 'manifest.json'}")
    if no_serve:
        return
    from tutela.cli.demo_sites import serve_sites

    serve_sites(out, port)


def _finished(out: Path) -> dict[str, Any] | None:
    path = out / DONE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _make(out: Path, children: int, seed: int, *, replace: bool) -> dict[str, Any]:
    strangers = [p.name for p in out.iterdir() if p.name not in PARTS] if out.is_dir() else []
    if strangers:
        raise Misuse(
            f"{out} holds other things ({', '.join(sorted(strangers)[:3])}); nothing was written",
            remedy="Name an empty or new folder with --out.",
        )
    if out.is_dir() and any(out.iterdir()) and not replace and not (out / "agencies").is_dir():
        raise Misuse(f"{out} is not a demonstration", remedy="Name a new folder with --out.")
    for part in PARTS:
        target = out / part
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    progress = Progress()
    files = _simulate(out, children, seed, progress)
    packages = _hand_in(out, files, progress)
    _centre(out, packages, progress)
    manifest = json.loads((out / "release" / "manifest.json").read_text(encoding="utf-8"))
    summary = {
        "children": children,
        "seed": seed,
        "version": __version__,
        "release": manifest["id"],
        "audit": manifest["audit"],
        "steps": progress.lines,
        "seconds": round(time.perf_counter() - began, 1),
    }
    beside = out / f"{DONE}.part"
    beside.write_text(json.dumps(summary, indent=1), encoding="utf-8")
    beside.replace(out / DONE)
    return summary


def _simulate(out: Path, children: int, seed: int, progress: Progress) -> list[Path]:
    from tutela.simulation.nation import simulate

    with progress.step("simulate") as tell:
        made = simulate(out, children, seed)
        mentions = made["victim_records"] + made["suspect_records"]
        tell(f"{children:,} children, {mentions:,} mentions in ten agencies' files")
    return sorted(
        path
        for path in (out / "agencies").glob("*/*")
        if path.suffix in {".csv", ".xlsx", ".parquet"}
    )


def _hand_in(out: Path, files: list[Path], progress: Progress) -> list[Path]:
    """At the agencies: check, then encode and seal, two files at a time."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from tutela.simulation.planted import planted_records
    from tutela.submissions.keys import create_agency, create_centre, create_linkage
    from tutela.submissions.planting import seal_planted

    keys = out / "keys"
    create_centre(keys / "centre")
    create_linkage(keys / "linkage")
    for path in files:
        agency = path.parent.name
        create_agency(
            keys / "agencies" / agency, agency, centre=keys / "centre", linkage=keys / "linkage"
        )
    # The largest first, so that no processor waits for the last one.
    ordered = sorted(files, key=lambda path: -path.stat().st_size)
    workers = min(2, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        with progress.step("validate") as tell:
            rows = sum(pool.map(_validate, ordered))
            tell(f"{rows:,} rows in {len(files)} files, no error")
        with progress.step("seal") as tell:
            packages = list(pool.map(_seal, ordered))
            size = sum(path.stat().st_size for path in packages) / 1e6
            tell(f"{len(packages)} packages encoded, signed, encrypted, {size:.1f} MB")
    with progress.step("plant") as tell:
        people = planted_records(PLANTED, secrets.randbits(62))
        seal_planted(people, keys / "agencies" / files[0].parent.name, out / PLANT)
        tell(f"{people.height:,} records of invented persons, to measure linkage by")
    return sorted(packages)


def _validate(path: Path) -> int:
    from tutela.submissions.profiles import load_profile
    from tutela.submissions.validate import validate_file

    report = validate_file(path, load_profile(path.stem))
    if not report.ok:
        raise InputRefused(f"{path} has errors", details=report.as_dict())
    return report.rows


def _seal(path: Path) -> Path:
    from tutela.submissions.profiles import load_profile
    from tutela.submissions.seal import encode_file

    keys = path.parents[2] / "keys" / "agencies" / path.parent.name
    out = path.with_suffix(".tutela")
    encode_file(path, load_profile(path.stem), keys, out)
    return out


def _centre(out: Path, packages: list[Path], progress: Progress) -> None:
    """At the centre: receive, link, count, protect and publish."""
    from tutela.indicators.run import make_tables
    from tutela.publication.publish import publish
    from tutela.submissions.linking import link_store
    from tutela.submissions.planting import receive_planted
    from tutela.submissions.receive import receive_package
    from tutela.submissions.store import Store

    store = out / "store"
    with progress.step("receive") as tell:
        held = Store.create(store)
        for package in packages:
            receive_package(package, held, out / "keys" / "centre")
        receive_planted(out / PLANT, held, out / "keys" / "centre")
        tell(f"{len(packages)} submissions in the national store")
    with progress.step("link") as tell:
        roles = link_store(store)["roles"]
        tell(
            ", ".join(f"{r['records']:,} {n} records: {r['clusters']:,}" for n, r in roles.items())
        )
    with progress.step("count") as tell:
        run = make_tables(store)
        tell(f"{len(run.tables)} indicators")
    with progress.step("publish") as tell:
        done = publish(store, out / "release", time=RELEASE_TIME)
        tell(f"{done.cells:,} cells, {done.hidden:,} hidden, audit passed")
