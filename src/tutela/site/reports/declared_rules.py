"""Rules that the country pack declares over a report's answers: why it is urgent, who receives it.

A rule holds when, for each question that it names, one of the codes that it lists was given ("" is
"not answered"). Nothing else decides, so that the reasons shown are all the reasons there are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

#: Levels of urgency, the most urgent first.
AT_ONCE, NOW, TODAY, THIS_WEEK, IN_TURN = 0, 1, 2, 3, 4


@dataclass(frozen=True)
class Rule:
    """A declared condition with its words in four languages."""

    id: str
    condition: Mapping[str, tuple[str, ...]]
    words: Mapping[str, str]

    def holds(self, answers: Mapping[str, list[str]]) -> bool:
        """Whether every named question was answered with one of the listed codes."""
        return all(
            bool(set(answers.get(name, [])) & set(codes)) or ("" in codes and not answers.get(name))
            for name, codes in self.condition.items()
        )


@dataclass(frozen=True)
class RiskRule(Rule):
    """A reason to read a report sooner."""

    level: int


@dataclass(frozen=True)
class Route(Rule):
    """A receiver, by its code in the list of agencies."""

    to: str
    urgent: bool
    needs_wish: bool


@dataclass(frozen=True)
class Risk:
    """The level of the most urgent rule, and all rules that hold."""

    level: int
    reasons: tuple[RiskRule, ...]


def _declared(name: str, table: str, country: str) -> list[dict[str, Any]]:
    path = files("tutela") / "countries" / country / "reporting" / name
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))[table]
    return rows


def _parts(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "condition": {name: tuple(codes) for name, codes in row["all"].items()},
        "words": {language: row[language] for language in ("fr", "nl", "de", "en")},
    }


@cache
def risk_rules(country: str = "be") -> tuple[RiskRule, ...]:
    """The declared reasons, in their order."""
    rows = _declared("risk.toml", "rule", country)
    return tuple(RiskRule(**_parts(row), level=row["level"]) for row in rows)


@cache
def routes(country: str = "be") -> tuple[Route, ...]:
    """The declared receivers, in their order."""
    rows = _declared("routes.toml", "route", country)
    return tuple(
        Route(
            **_parts(row),
            to=row["to"],
            urgent=row.get("urgent", False),
            needs_wish=row["needs_wish"],
        )
        for row in rows
    )


def facts(door: str, answers: Mapping[str, list[str]], home: str = "BE") -> dict[str, list[str]]:
    """The answers with what follows from them: the door, and whether it happened abroad."""
    country = answers.get("country", [])
    abroad = ["yes" if country != [home] else "no"] if country else []
    return {**answers, "door": [door], "abroad": abroad}


def assess(given: Mapping[str, list[str]]) -> Risk:
    """The urgency of a report, with every reason; `given` as `facts` makes it."""
    reasons = tuple(rule for rule in risk_rules() if rule.holds(given))
    return Risk(min((rule.level for rule in reasons), default=IN_TURN), reasons)


def suggest(given: Mapping[str, list[str]]) -> tuple[Route, ...]:
    """The receivers that apply, the first one first; never empty: the last rule always holds.

    A rule without a condition is for reports that no other rule names.
    """
    found = [route for route in routes() if route.holds(given)]
    return tuple([route for route in found if route.condition] or found)
