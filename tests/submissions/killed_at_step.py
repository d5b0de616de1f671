"""Run one step of the store and kill the process just before its n-th change on disk.

Usage: killed_at_step.py N receive PACKAGE STORE KEYS | N withdraw SUBMISSION STORE
N = 0 kills nothing and prints how many changes there were.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main() -> None:
    limit, step, what, store_folder, *rest = sys.argv[1:]

    # Imported before counting: imports may write compiled files.
    from tutela.submissions.receive import receive_package
    from tutela.submissions.store import Store
    from tutela.submissions.tables import table_schemas
    from tutela.submissions.withdraw import withdraw_submission

    table_schemas()
    count = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, str | bytes) or not flags & WRITING:
                return
            if not os.fsdecode(path).startswith(store_folder):
                return
        elif event not in CHANGES:
            return
        count += 1
        if count == int(limit):
            os.kill(os.getpid(), signal.SIGKILL)

    store = Store.open(Path(store_folder))
    sys.addaudithook(watch)
    if step == "receive":
        receive_package(Path(what), store, Path(rest[0]))
    else:
        withdraw_submission(what, store)
    sys.stdout.write(f"{count}\n")


if __name__ == "__main__":
    main()
