"""Collects problems of a file: grouped by kind and column, examples capped, totals exact."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from tutela.submissions.profiles import Texts

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One problem: the row and column as in the file (the heading is row 1), value and words."""

    row: int | None
    column: str
    value: str | None
    message: str


@dataclass
class ProblemGroup:
    """All problems of one kind in one column; `total` counts all, `examples` are the first ones."""

    kind: str
    severity: str
    column: str
    remedy: str
    total: int = 0
    examples: list[Problem] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The group as plain data for `--json`."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "column": self.column,
            "total": self.total,
            "remedy": self.remedy,
            "examples": [
                {"row": p.row, "value": p.value, "message": p.message} for p in self.examples
            ],
        }


@dataclass(frozen=True)
class Case:
    """One place where something is wrong: what the words need to know about it."""

    row: int | None
    value: str | None = None
    other: str | None = None
    age: int | None = None


class ProblemLog:
    """The problems of one file, in one language; keeps `cap` examples of each group."""

    def __init__(self, lang: str, cap: int = 10) -> None:
        self.lang = lang
        self.cap = cap
        self._groups: dict[tuple[str, str], ProblemGroup] = {}

    def add(
        self,
        kind: str,
        severity: str,
        column: str,
        cases: Iterable[Case],
        *,
        total: int | None = None,
        accepted: str = "",
    ) -> None:
        """Record problems of a kind declared in `problems.toml`.

        `cases` may be a part of all, if `total` says how many there are.
        """
        texts = problem_texts()[kind]
        self.add_worded(
            (kind, severity, column),
            (texts["message"], texts["remedy"]),
            cases,
            total=total,
            accepted=accepted,
        )

    def add_worded(
        self,
        group: tuple[str, str, str],
        texts: tuple[Texts, Texts],
        cases: Iterable[Case],
        *,
        total: int | None = None,
        accepted: str = "",
    ) -> None:
        """Record problems of the group (kind, severity, column) with words given ×4."""
        kind, severity, column = group
        found = list(cases)
        if not found:
            return
        message, remedy = (text[self.lang] for text in texts)
        key = (kind, column)
        if key not in self._groups:
            worded = remedy.format(accepted=accepted, column=column)
            self._groups[key] = ProblemGroup(kind, severity, column, worded)
        entry = self._groups[key]
        entry.total += len(found) if total is None else total
        for case in found[: self.cap - len(entry.examples)]:
            words = message.format(
                value=case.value, other=case.other, age=case.age, accepted=accepted, column=column
            )
            entry.examples.append(Problem(case.row, column, case.value, words))

    def groups(self) -> list[ProblemGroup]:
        """The groups, errors first, then by how often they occur."""
        order = {ERROR: 0, WARNING: 1}
        return sorted(
            self._groups.values(),
            key=lambda g: (order[g.severity], -g.total, g.kind, g.column),
        )

    def total(self, severity: str) -> int:
        """How many problems of a severity there are in all."""
        return sum(group.total for group in self._groups.values() if group.severity == severity)


@cache
def problem_texts() -> Mapping[str, Mapping[str, Texts]]:
    """By kind of problem, `message` and `remedy` in four languages."""
    file = files("tutela.submissions").joinpath("problems.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
