"""What the current linkage run says of itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tutela.errors import InputRefused
from tutela.submissions.store import Store


def run_folder(store: Store) -> Path:
    """The folder of the current linkage run; raises InputRefused where there is none."""
    run = store.current().get("linkage")
    if not run:
        raise InputRefused(
            f"{store.path} has no linkage run", remedy="Run `tutela link` on this store."
        )
    return store.path / "linkage" / str(run["run"])


def run_report(store: Store) -> dict[str, Any]:
    """The report of the current linkage run."""
    report = json.loads((run_folder(store) / "report.json").read_bytes())
    assert isinstance(report, dict)  # noqa: S101 - our own file
    return report
