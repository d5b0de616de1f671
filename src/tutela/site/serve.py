"""Serve the site of one role, on one machine, with waitress."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from tutela.errors import Misuse
from tutela.publication.release import Release
from tutela.site.start import start

#: Pages are rendered in milliseconds; more threads would only wait for each other.
THREADS = 4


def serve(
    release: Path | str | None,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    role: str | None = None,
    data: Path | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the site of one role (TUTELA_ROLE, or public) at http://host:port until interrupted.

    The release in folder `release` is verified first: InputRefused or SafetyBlock when it is not
    what was published; agency and centre may run without one. The site's own database is brought
    up to date and its assets are collected under `data`, else TUTELA_SITE_DATA (`var/site`).
    SafetyBlock when the centre or the public site can read a linkage secret. `announce` is called
    with the address once it answers; port 0 takes any free port. Misuse when the port is taken or
    may not be used.
    """
    if release is not None:
        folder = Path(release).resolve()
        Release.open(folder)
        os.environ["TUTELA_RELEASE"] = str(folder)
    start(role, data)

    from django.core.management import call_command
    from waitress.server import create_server

    call_command("collectstatic", interactive=False, verbosity=0)

    from tutela.site.wsgi import application

    try:
        server = create_server(
            application, host=host, port=port, threads=THREADS, ident="", **_proxy()
        )
    except OSError as error:
        raise _port_refused(error, host, port) from None
    try:
        if announce is not None:
            announce(_address(host, server.effective_port))
        server.run()
    finally:
        server.close()


def _proxy() -> dict[str, object]:
    """Behind TLS, believe the scheme that the proxy at TUTELA_PROXY reports, and nobody else."""
    if os.environ.get("TUTELA_HTTPS", "") != "1":
        return {}
    return {
        "trusted_proxy": os.environ.get("TUTELA_PROXY", "127.0.0.1"),
        "trusted_proxy_headers": {"x-forwarded-proto"},
    }


def _address(host: str, port: int) -> str:
    """The address to open on this machine."""
    name = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::1", "::") else host  # noqa: S104
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


def _port_refused(error: OSError, host: str, port: int) -> Misuse:
    """Why the server cannot listen, in words."""
    if error.errno == errno.EADDRINUSE:
        return Misuse(
            f"port {port} of {host} is already in use",
            remedy=f"Stop what runs there, or choose another: --port {port + 1}",
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Misuse(
            f"port {port} of {host} needs rights that this user does not have",
            remedy="Choose a port above 1023: --port 8000",
        )
    return Misuse(
        f"cannot listen on {host}, port {port}: {error.strerror}",
        remedy="Name an address of this machine: --host 127.0.0.1",
    )
