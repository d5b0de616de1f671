"""A site over a sample release in a real browser; skipped, with the remedy, where there is none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.publication.sample_release import write_sample_release

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[str]:
    """The address of a running site."""
    folder = tmp_path_factory.mktemp("journeys")
    release = folder / "release"
    write_sample_release(release)
    command = [sys.executable, "-m", "tutela.cli.main", "site", "--release", str(release)]
    process = subprocess.Popen(
        [*command, "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TUTELA_ROLE": "public", "TUTELA_SITE_DATA": str(folder / "data")},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the site did not start"
        yield json.loads(line)["address"].rstrip("/")
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()
