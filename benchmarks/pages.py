"""How long the site takes to make a page of a release, without a network.

    python -m benchmarks.pages [RELEASE]

Prints a table: the fastest and the median of twenty answers to one reader. Without a release the
tests' sample release is used.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

PAGES = ("", "figures/", "figures/victims_by_age_and_sex/", "published/", "methodology/")
ROUNDS = 20


def measure(release: Path, data: Path) -> list[tuple[str, float, float]]:
    """(page, fastest, median) in milliseconds."""
    os.environ |= {"TUTELA_RELEASE": str(release), "TUTELA_SITE_DATA": str(data)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "tutela.site.settings"
    import django
    from django.core.management import call_command
    from django.test import Client

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client(HTTP_HOST="localhost")
    rows = []
    for page in PAGES:
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            answer = client.get(f"/en/{page}")
            seconds.append(time.perf_counter() - began)
            if answer.status_code != 200:
                sys.exit(f"{page} answered {answer.status_code}")
        rows.append((page, 1000 * min(seconds), 1000 * statistics.median(seconds)))
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            release = Path(sys.argv[1])
        else:
            from tests.publication.sample_release import write_sample_release

            release = Path(folder) / "release"
            write_sample_release(release)
        print("| page | fastest, ms | median, ms |\n| --- | --- | --- |")
        for page, fastest, median in measure(release, Path(folder) / "site"):
            print(f"| /en/{page} | {fastest:.1f} | {median:.1f} |")


if __name__ == "__main__":
    main()
