"""The desk's limits and places as the country pack declares them (`reporting/desk.toml`)."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def desk(country: str = "be") -> Mapping[str, Mapping[str, Any]]:
    """Every declared table by its name."""
    path = files("tutela") / "countries" / country / "reporting" / "desk.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def ombudspersons(country: str = "be") -> Mapping[str, Mapping[str, str]]:
    """Who takes complaints about services for children, by community; an empty name is none."""
    path = files("tutela") / "countries" / country / "reporting" / "ombudspersons.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {row["community"]: row for row in rows}
