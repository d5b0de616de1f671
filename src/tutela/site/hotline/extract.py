"""The hotline's own source of figures: a file that `tutela validate` and `tutela encode` take."""

from __future__ import annotations

import csv
import os
import uuid
from pathlib import Path

from tutela.errors import InputRefused
from tutela.site.permissions.actor import Actor
from tutela.site.reports.for_statistics import COLUMNS, rows

ACTION = "hotline.extract"


def write_extract(organisation_id: uuid.UUID, year: int, out: Path) -> int:
    """Write the reports of a year that were read, in the profile `hotline`; how many rows.

    The file appears whole, for its owner alone. InputRefused when `out` is there already or cannot
    be written.
    """
    if out.exists():
        raise InputRefused(f"{out} is there already", remedy="Name a new file.")
    beside = out.with_name(f".{out.name}.part")
    number = 0
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            for row in rows(organisation_id, year, actor=Actor.system(ACTION), action=ACTION):
                writer.writerow(row)
                number += 1
        beside.replace(out)
    except OSError as error:
        raise InputRefused(f"{out} cannot be written: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)
    return number
