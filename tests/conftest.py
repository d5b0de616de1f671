"""What every test of the project stands on: no network, and settings that touch no real place."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from pytest_socket import socket_allow_hosts

# The site's settings name this key on first use; without it they would make one under var/.
os.environ.setdefault("TUTELA_SECRET_KEY", "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz")
# All apps are there for the tests; what another role lacks is tested in processes of its own.
# Named here and not in pyproject.toml, so that they are read after the lines around this one.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.site.settings")
os.environ.setdefault("TUTELA_ROLE", "agency")
os.environ.setdefault("TUTELA_SITE_DATA", tempfile.mkdtemp(prefix="tutela-site-"))
django.setup()

LOOPBACK = ["127.0.0.1", "::1", "localhost"]


def pytest_runtest_setup() -> None:
    """Whatever a test does, it reaches this machine only."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


def _postgresql_bin() -> Path | None:
    """The newest installed PostgreSQL's programs (Debian keeps them out of PATH)."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if places:
        return places[-1]
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The address of an empty database of a PostgreSQL cluster that lives for this test run."""
    programs = _postgresql_bin()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    # Short: the path of a Unix socket may not exceed 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="tutela-pg-"))
    cluster = folder / "cluster"
    prefix: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        shutil.chown(folder, "postgres")
        prefix = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*prefix, str(programs / program), *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    try:
        run("initdb", "-D", str(cluster), "-U", "tutela", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        log = str(folder / "log")
        run("pg_ctl", "-D", str(cluster), "-w", "-o", options, "-l", log, "start")
        try:
            run("createdb", "-h", str(folder), "-U", "tutela", "tutela")
            yield f"postgresql://tutela@/tutela?host={folder}"
        finally:
            run("pg_ctl", "-D", str(cluster), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
