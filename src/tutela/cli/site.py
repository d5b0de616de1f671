"""`tutela site`: serve a release as a site."""

from __future__ import annotations

import json
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
@click.option("--json", "as_json", is_flag=True, help="Print the address as one JSON object.")
def command(release: Path | None, port: int, host: str, as_json: bool) -> None:
    """Serve a release as a site until interrupted (Ctrl+C).

    The release is verified first; one that was changed after publication is refused. The site
    keeps its database, its secret key and its assets in TUTELA_SITE_DATA (var/site). Other
    settings: TUTELA_DATABASE_URL (PostgreSQL), TUTELA_HOSTS (names it answers to),
    TUTELA_HTTPS=1 (behind a proxy with TLS, whose address is TUTELA_PROXY), TUTELA_SECRET_KEY.

    Exit codes: 0 stopped, 1 release refused, 2 misuse (port in use), 3 audit not passed.
    """
    if release is None:
        if not DEMO_RELEASE.is_dir():
            raise Misuse(
                f"no release named, and there is none in {DEMO_RELEASE}",
                remedy="Name one with --release DIR, or make one with `tutela demo`.",
            )
        release = DEMO_RELEASE

    from tutela.site.serve import serve

    def announce(address: str) -> None:
        if as_json:
            click.echo(json.dumps({"address": address, "release": str(release)}))
        click.echo(f"Serving {release} at {address} (Ctrl+C stops)", err=True)

    serve(release, host, port, announce=announce)
