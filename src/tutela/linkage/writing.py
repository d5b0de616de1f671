"""Write results beside their place and rename them when whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from tutela.errors import Misuse


def write_parquet(path: Path, frame: pl.DataFrame) -> None:
    """Write a table; raises Misuse when the folder is not there."""
    _folder_of(path)
    part = path.with_name(path.name + ".part")
    frame.write_parquet(part)
    part.replace(path)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write plain data; raises Misuse when the folder is not there."""
    _folder_of(path)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(value, indent=1, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def _folder_of(path: Path) -> None:
    if not path.parent.is_dir():
        raise Misuse(f"There is no folder {path.parent}.", remedy="Make it, or name another place.")
