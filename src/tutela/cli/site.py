"""`tutela site`: serve a release as a site."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from tutela.errors import Misuse

#: Where `tutela demo` leaves its release.
DEMO_RELEASE = Path("var/demo/release")


@click.command(name="site")
@click.option(
    "--release",
    type=click.Path(path_type=Path),
    default=None,
    help=f"The release folder to show; {DEMO_RELEASE} if it is there.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port to listen on; 0 takes any free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; 0.0.0.0 for all of this machine's.",
)
@click.option(
    "--role",
    type=click.Choice(["agency", "centre", "public"]),
    default=None,
    help="What the site is deployed as; TUTELA_ROLE, or public.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="The site's own folder; TUTELA_SITE_DATA, or var/site.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the address as one JSON object.")
def command(
    release: Path | None,
    port: int,
    host: str,
    role: str | None,
    data: Path | None,
    *,
    as_json: bool,
) -> None:
    """Serve the site of one role until interrupted (Ctrl+C).

    The public site shows a release and nothing else; agency and centre are where staff works
    (accounts: `tutela admin create`), and show a release where one is named. A release is
    verified first; one that was changed after publication is refused. The site keeps its
    database, its keys and its assets in its own folder. Other settings: TUTELA_DATABASE_URL
    (PostgreSQL), TUTELA_KEYS (keys on another volume), TUTELA_HOSTS (names it answers to),
    TUTELA_HTTPS=1 (behind a proxy with TLS, whose address is TUTELA_PROXY), TUTELA_SECRET_KEY.

    Exit codes: 0 stopped, 1 release refused, 2 misuse (port in use), 3 audit not passed, or the
    role can read a linkage secret.
    """
    named = role or os.environ.get("TUTELA_ROLE") or "public"
    if release is None and named == "public":
        if not DEMO_RELEASE.is_dir():
            raise Misuse(
                f"no release named, and there is none in {DEMO_RELEASE}",
                remedy="Name one with --release DIR, or make one with `tutela demo`.",
            )
        release = DEMO_RELEASE

    from tutela.site.serve import serve

    def announce(address: str) -> None:
        if as_json:
            told = {"address": address, "role": named, "release": release and str(release)}
            click.echo(json.dumps(told))
        what = release if named == "public" else f"the {named} site"
        click.echo(f"Serving {what} at {address} (Ctrl+C stops)", err=True)

    serve(release, host, port, role=role, data=data, announce=announce)
