"""The three sites of a demonstration: three processes, each with its own folder, database, keys."""

from __future__ import annotations

import base64
import hmac
import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tutela.errors import InputRefused, Misuse

#: role → how far its port lies from the public one.
#: Sites where people sign in, and work goes on beside the pages.
STAFFED = ("agency", "centre")
ROLES = {"public": 0, "agency": 1, "centre": 2}
STEP = 30


@contextmanager
def running_sites(out: Path, port: int) -> Iterator[dict[str, str]]:
    """Make accounts once and start the three sites; role → address while they run.

    Ports are `port` and the two above it; 0 takes any free ones. Misuse when one is taken.
    """
    _accounts(out)
    # Ports that are chosen freely are not known beforehand.
    door = f"http://localhost:{port + ROLES['agency']}/{{language}}/report/" if port else ""
    processes: dict[str, subprocess.Popen[str]] = {}
    try:
        for role, above in ROLES.items():
            processes[role] = _start(out, role, port and port + above, door)
        addresses = {role: _address(role, process) for role, process in processes.items()}
        # Once the databases are up to date: jobs, clocks and the seal of the audit log.
        for role in STAFFED:
            processes[f"{role} upkeep"] = _upkeep(out, role)
        yield addresses
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def serve_sites(out: Path, port: int) -> None:
    """Run the three sites until interrupted, and print where they are and who can sign in."""
    # Whoever ends this process ends the three that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running_sites(out, port) as addresses:
        click.echo(f"\nFigures for everybody   {addresses['public']}", err=True)
        click.echo(f"Tell somebody           {addresses['agency']}en/report/", err=True)
        for role in ("agency", "centre"):
            click.echo(f"\nThe {role}: sign in at {addresses[role]}desk/", err=True)
            for one in accounts(out, role):
                click.echo(f"  {one['role']:14} {one['email']:30} {one['password']}", err=True)
        click.echo(
            "\nAll people are invented. The second factor is a code:"
            f" `tutela demo --out {out} --code` (Ctrl+C stops).",
            err=True,
        )
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return


def accounts(out: Path, role: str) -> list[dict[str, str]]:
    """The demonstration's accounts at a site; InputRefused before it was served once."""
    path = out / "sites" / role / "accounts.json"
    if not path.is_file():
        raise InputRefused(f"{path} is not there yet", remedy="Run `tutela demo` first.")
    found: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def code_of_now(secret: str, now: float) -> str:
    """The six digits that an authenticator app shows (RFC 6238, SHA-1, 30 seconds)."""
    counter = struct.pack(">Q", int(now) // STEP)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def _environment(out: Path, role: str) -> dict[str, str]:
    """What a site of the demonstration is told; nothing of the caller's own settings."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TUTELA_", "DJANGO_"))}
    said = {
        "TUTELA_ROLE": role,
        "TUTELA_SITE_DATA": str((out / "sites" / role).resolve()),
        "TUTELA_RELEASE": str((out / "release").resolve()),
        "TUTELA_SYNTHETIC": "1",
    }
    if role == "agency":
        said["TUTELA_RECEIVERS"] = "federal_police=police specialised_centre=care"
    if role == "centre":
        said["TUTELA_STORE"] = str((out / "store").resolve())
    return {**clean, **said}


def _accounts(out: Path) -> None:
    for role in STAFFED:
        folder = out / "sites" / role
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "tutela.site.demo_accounts", str(folder.resolve())],
            env=_environment(out, role),
            check=True,
        )


def _start(out: Path, role: str, port: int, door: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tutela.cli.main", "site", "--role", role, "--json"]
    command += ["--release", str(out / "release"), "--port", str(port)]
    return subprocess.Popen(  # noqa: S603 - our own command
        command,
        env={**_environment(out, role), "TUTELA_REPORT_ADDRESS": door},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _upkeep(out: Path, role: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tutela.cli.main", "admin", "--role", role, "work"]
    return subprocess.Popen(  # noqa: S603 - our own command
        command,
        env=_environment(out, role),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _address(role: str, process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    told = json.loads(process.stdout.readline() or "{}")
    if "address" not in told:
        error = told.get("error", {})
        raise Misuse(
            f"the {role} site does not start: {error.get('message', 'no reason was given')}",
            remedy=error.get("remedy", ""),
        )
    return str(told["address"])
