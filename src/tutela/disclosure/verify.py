"""Checks a certificate by integer arithmetic: no solver, no matrix, nothing to believe.

The sums that tie cells together are derived again from the codes and their parents, so that a
certificate cannot prove its case by leaving one out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from tutela.errors import InputRefused, SafetyBlock

FORMAT = "tutela-certificate-1"
#: A sum: the cell that is the total, and its parts.
Sum = tuple[int, list[int]]


@dataclass(frozen=True)
class Verified:
    """What a certificate proves: `cells` hidden cells of which `proven` are proven wide."""

    kind: str
    cells: int
    hidden: int
    proven: int
    narrow: int

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "verified": True,
            "kind": self.kind,
            "cells": self.cells,
            "hidden": self.hidden,
            "proven": self.proven,
            "narrow": self.narrow,
        }


def verify_file(path: Path, published: Path | None = None) -> Verified:
    """Check the certificate in `path`, and that it belongs to the `published` file.

    Raises InputRefused when it cannot be read, SafetyBlock when it proves nothing.
    """
    try:
        certificate = json.loads(path.read_text(encoding="utf-8"))
        if certificate["format"] != FORMAT:
            raise KeyError("format")
        result = verify(certificate)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise InputRefused(
            f"{path} cannot be read as a certificate: {error}.",
            remedy="Give the file that `tutela disclosure protect --certificate` wrote.",
        ) from error
    if published is not None:
        mark = sha256(published.read_bytes()).hexdigest()
        if mark not in certificate.get("published", {}).values():
            raise SafetyBlock(
                f"{published} is not the file that {path} was made for.",
                remedy="Check the certificate that was written with this very file.",
            )
    return result


def verify(certificate: Mapping[str, Any]) -> Verified:
    """Check a certificate; SafetyBlock says what does not hold."""
    if certificate["digest"] != digest(certificate):
        _fail("it was changed after it was made (its digest does not fit)")
    shown: list[int | None] = certificate["shown"]
    base = {int(cell): int(value) for cell, value in certificate["base"]}
    least = {int(cell): int(value) for cell, value in certificate["least"]}
    hidden = {cell for cell, value in enumerate(shown) if value is None}
    if set(base) != hidden or set(least) != hidden:
        _fail("its base table does not fill exactly the hidden cells")
    sums = _all_sums(certificate)
    start = [base[cell] if value is None else value for cell, value in enumerate(shown)]
    for total, parts in sums:
        if start[total] != sum(start[part] for part in parts):
            _fail(f"its base table does not add up in cell {total}")
    if any(base[cell] < least[cell] for cell in hidden):
        _fail("a cell of its base table is below its least value")
    tables = [{}, *_changes(certificate, hidden, base, least, sums)]
    return _check_proofs(certificate, hidden, tables)


def digest(certificate: Mapping[str, Any]) -> str:
    """SHA-256 of everything but the digest itself, in one fixed spelling."""
    body = {key: value for key, value in certificate.items() if key != "digest"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


def _all_sums(certificate: Mapping[str, Any]) -> list[Sum]:
    """Every sum of every table, derived from the parents of its codes, and every difference."""
    cells = len(certificate["shown"])
    sums: list[Sum] = []
    seen: set[int] = set()
    for table in certificate["tables"]:
        grid: list[int] = table["cells"]
        shape = [len(dimension["codes"]) for dimension in table["dimensions"]]
        size = 1
        for length in shape:
            size *= length
        if len(grid) != size or len(set(grid)) != size:
            _fail(f"table {table['name']} does not hold each cell once")
        seen.update(grid)
        for axis, dimension in enumerate(table["dimensions"]):
            sums += _sums_along(grid, shape, axis, dimension["parents"])
    for now, then, difference in certificate["differences"]:
        sums.append((now, [then, difference]))
        seen.add(difference)
    if seen != set(range(cells)):
        _fail("it names cells that no table holds")
    return sums


def _sums_along(grid: list[int], shape: list[int], axis: int, parents: list[int]) -> Iterator[Sum]:
    step = 1
    for length in shape[axis + 1 :]:
        step *= length
    children: dict[int, list[int]] = {}
    for code, parent in enumerate(parents):
        if code and not 0 <= parent < code:
            _fail("the parents of its codes are no hierarchy")
        if code:
            children.setdefault(parent, []).append(code)
    before = 1
    for length in shape[:axis]:
        before *= length
    for front, back in product(range(before), range(step)):
        origin = front * step * shape[axis] + back
        for parent, below in children.items():
            yield grid[origin + parent * step], [grid[origin + code * step] for code in below]


def _changes(
    certificate: Mapping[str, Any],
    hidden: set[int],
    base: dict[int, int],
    least: dict[int, int],
    sums: list[Sum],
) -> Iterator[dict[int, int]]:
    of_cell: dict[int, list[int]] = {}
    for number, (total, parts) in enumerate(sums):
        for cell in (total, *parts):
            if cell in hidden:
                of_cell.setdefault(cell, []).append(number)
    for table in certificate["others"]:
        change = dict(zip(table["cells"], table["change"], strict=True))
        if len(change) != len(table["cells"]) or not all(
            isinstance(c, int) and isinstance(v, int) for c, v in change.items()
        ):
            _fail("one of its tables is not in whole numbers")
        if not hidden.issuperset(change):
            _fail("one of its tables changes a cell that is shown")
        if any(base[cell] + by < least[cell] for cell, by in change.items()):
            _fail("a cell of one of its tables is below its least value")
        for number in {n for cell in change for n in of_cell[cell]}:
            total, parts = sums[number]
            if change.get(total, 0) != sum(change.get(part, 0) for part in parts):
                _fail(f"one of its tables does not add up in cell {total}")
        yield change


def _check_proofs(
    certificate: Mapping[str, Any], hidden: set[int], tables: list[dict[int, int]]
) -> Verified:
    protection = certificate["protection"]
    insiders = [set(cells) for cells in certificate["insiders"]]
    proven = set()
    for cell, *numbers in certificate["proofs"]:
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        if not pairs or cell not in hidden:
            _fail(f"it proves nothing for cell {cell}")
        for low, high in pairs:
            if tables[high].get(cell, 0) - tables[low].get(cell, 0) < protection:
                _fail(f"its tables are not {protection} apart in cell {cell}")
        for known in insiders:
            if cell not in known and not any(
                known.isdisjoint(tables[low]) and known.isdisjoint(tables[high])
                for low, high in pairs
            ):
                _fail(f"an insider can bound cell {cell}")
        proven.add(cell)
    narrow = set(certificate.get("narrow", ()))
    grid = {cell for table in certificate["tables"] for cell in table["cells"]}
    if certificate["kind"] == "public" and proven | narrow != hidden & grid:
        _fail("it passes over a hidden cell")
    small = {c for c, value in certificate["base"] if value < certificate["threshold"]}
    if certificate["kind"] != "public" and not (small & grid) <= proven:
        _fail("it passes over a small count")
    if len(certificate["proofs"]) != len(proven) or proven & narrow:
        _fail("it names a cell twice")
    return Verified(
        kind=certificate["kind"],
        cells=len(certificate["shown"]),
        hidden=len(hidden),
        proven=len(proven),
        narrow=len(narrow),
    )


def _fail(why: str) -> None:
    raise SafetyBlock(
        f"The certificate does not hold: {why}.",
        remedy="Publish nothing on the strength of it; make it again from the tables.",
    )
