"""Reads the submission profiles as they are declared: TOML in `countries/<country>/profiles`.

A profile names blocks of columns that several profiles share (`blocks/*.toml`). The answer is the
plain, merged declaration, so that rooms of one floor can read profiles without each other.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from tutela.errors import Misuse


def _folder(country: str) -> Traversable:
    return files("tutela").joinpath("countries").joinpath(country).joinpath("profiles")


@cache
def declared_names(country: str = "be") -> tuple[str, ...]:
    """Names of the profiles of a country pack, sorted."""
    folder = _folder(country)
    if not folder.is_dir():
        raise Misuse(f"There is no country pack with profiles called “{country}”.")
    names = [entry.name for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted(name.removesuffix(".toml") for name in names))


@cache
def declared_profile(name: str, country: str = "be") -> dict[str, Any]:
    """The declaration of one profile with its blocks merged in; do not change what it returns.

    Columns of the profile come after those of its blocks; `leave_out` drops a block's columns with
    the rules about them, and a column that the profile declares again replaces the block's.
    """
    if name not in declared_names(country):
        raise Misuse(
            f"There is no profile called “{name}”.",
            remedy="Profiles: " + ", ".join(declared_names(country)) + ".",
        )
    declared = _load(_folder(country).joinpath(f"{name}.toml"))
    columns: dict[str, dict[str, Any]] = {}
    rules: list[dict[str, Any]] = []
    for block in declared.get("blocks", []):
        shared = _load(_folder(country).joinpath("blocks").joinpath(f"{block}.toml"))
        columns.update({column["name"]: column for column in shared.get("columns", [])})
        rules.extend(shared.get("rules", []))
    left_out = declared.get("leave_out", [])
    for column_name in left_out:
        del columns[column_name]
    rules = [rule for rule in rules if not _columns_of(rule) & set(left_out)]
    columns.update({column["name"]: column for column in declared.get("columns", [])})
    first = declared.get("first", ["record"])
    order = [*first, *(column for column in columns if column not in first)]
    return {
        **declared,
        "columns": [columns[column] for column in order],
        "rules": rules + declared.get("rules", []),
    }


def _columns_of(rule: dict[str, Any]) -> set[str]:
    """Names of the columns that a rule looks at (where a rule can name one)."""
    named = (
        rule.get(key) for key in ("first", "second", "when", "needs", "value", "date", "column")
    )
    return {name for name in named if name} | set(rule.get("where", {}))


def _load(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
