"""The specification file of a table: rules, dimensions and hierarchies, in TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tutela.disclosure.dimension import Dimension
from tutela.disclosure.policy import KINDS, Policy
from tutela.errors import InputRefused, Misuse

_TOP = {
    "threshold", "protection", "zeros", "method", "dimension", "singletons", "seed",
    "contributors", "publications", "attackers", "population",
}  # fmt: skip
_DIMENSION = {"name", "total", "hide_cost", "parents", "codes"}


@dataclass(frozen=True)
class Spec:
    """How to read and protect one table."""

    policy: Policy
    dimensions: tuple[Dimension, ...]
    singletons: str | None
    contributors: tuple[str, ...] = ()
    publications: tuple[str, ...] = ()
    population: str = ""
    """Whose tables share units, in a ledger that holds several populations."""
    seeded: bool = False
    """Whether the specification fixes the seed; else each run draws a secret one."""


def read_spec(path: Path) -> Spec:
    """Read a specification; refuses unknown keys, wrong types and hierarchies in a circle."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputRefused(
            f"{path}: the specification cannot be read: {error}.",
            remedy="Write it as TOML: threshold, protection, zeros, one [[dimension]] each.",
        ) from error
    _known(raw, _TOP, str(path))
    entries = raw.get("dimension")
    if not isinstance(entries, list) or not entries:
        raise Misuse(f"{path}: there is no [[dimension]].", remedy="Declare one per column.")
    singletons = _typed(raw, "singletons", str, None, str(path))
    return Spec(
        policy=Policy(
            threshold=_typed(raw, "threshold", int, 5, str(path)),
            protection=_typed(raw, "protection", int, 5, str(path)),
            zeros=_typed(raw, "zeros", str, "hidden", str(path)),
            method=_typed(raw, "method", str, "suppress", str(path)),
            seed=_typed(raw, "seed", int, 0, str(path)),
            attackers=_words(raw, "attackers", str(path)) or KINDS,
        ),
        dimensions=tuple(_dimension(entry, str(path)) for entry in entries),
        singletons=singletons,
        contributors=_words(raw, "contributors", str(path)),
        publications=_words(raw, "publications", str(path)),
        population=_typed(raw, "population", str, "", str(path)),
        seeded="seed" in raw,
    )


def read_cells(path: Path) -> pl.DataFrame:
    """Read a CSV or Parquet table; codes stay as they are written."""
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        frame = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputRefused(
            f"{path} cannot be read as a table: {error}",
            remedy="Give a CSV file in UTF-8 with a header, or a Parquet file.",
        ) from error
    if "count" not in frame.columns:
        return frame
    number = frame["count"].str.strip_chars().cast(pl.Float64, strict=False)
    blank = frame["count"].is_null() | (frame["count"].str.strip_chars() == "")
    bad = (number.is_null() & ~blank).arg_true()
    if len(bad):
        row = int(bad[0])
        raise InputRefused(
            f"{path}, row {row + 1}: count is {frame['count'][row]!r}, which is not a number "
            f"({len(bad)} such rows).",
            remedy="Give whole numbers; leave a hidden count empty.",
            details={"row": row + 1, "column": "count", "value": frame["count"][row]},
        )
    return frame.with_columns(number.alias("count"))


def _dimension(entry: Any, where: str) -> Dimension:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        raise Misuse(f"{where}: a [[dimension]] has no name.")
    where = f"{where}, dimension {entry['name']}"
    _known(entry, _DIMENSION, where)
    parents = _typed(entry, "parents", dict, {}, where)
    for child, parent in parents.items():
        if not isinstance(parent, str):
            raise Misuse(f"{where}: the parent of {child!r} is {parent!r}, which is no code.")
    cost = entry.get("hide_cost", 1.0)
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        raise Misuse(f"{where}: hide_cost is {cost!r}, which is not a number.")
    total = _typed(entry, "total", str, "_T", where)
    return Dimension(
        entry["name"],
        total=total,
        parents=parents,
        hide_cost=float(cost),
        codes=tuple(str(code) for code in _typed(entry, "codes", list, [], where)),
    )


def _known(raw: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(raw) - known)
    if unknown:
        raise Misuse(
            f"{where}: the key {unknown[0]!r} is not known.",
            remedy=f"Known keys: {', '.join(sorted(known))}.",
        )


def _typed(raw: Mapping[str, Any], key: str, kind: type, default: Any, where: str) -> Any:
    value = raw.get(key, default)
    if value is not default and (not isinstance(value, kind) or isinstance(value, bool)):
        raise Misuse(f"{where}: {key} is {value!r}, and must be of the kind {kind.__name__}.")
    return value


def _words(raw: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    words = _typed(raw, key, list, [], where)
    if not all(isinstance(word, str) for word in words):
        raise Misuse(f"{where}: {key} is {words!r}, and must be a list of names.")
    return tuple(words)
