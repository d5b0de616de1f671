"""The declared rates of the synthetic nation: every number has a source and a reason."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from tutela.errors import Misuse


class Rates:
    """Answers `rates.number("children.siblings")`; a rate that is not declared is a mistake."""

    def __init__(self, declared: dict[str, Any]) -> None:
        self._declared = declared

    def entries(self) -> dict[str, dict[str, Any]]:
        """All rates by path, each with value, source and reason."""
        return dict(_leaves(self._declared, ""))

    def value(self, path: str) -> Any:
        """The value at `path`, whatever its type."""
        found: Any = self._declared
        for part in path.split("."):
            if not isinstance(found, dict) or part not in found:
                raise Misuse(f"The rate “{path}” is not declared.", remedy="Add it to rates.toml.")
            found = found[part]
        return found["value"]

    def number(self, path: str) -> float:
        """A single number."""
        return float(self.value(path))

    def table(self, path: str) -> dict[str, float]:
        """Numbers by code, in the order declared."""
        return {key: float(number) for key, number in self.value(path).items()}

    def by_year(self, path: str) -> dict[int, float]:
        """Numbers by year."""
        return {int(year): number for year, number in self.table(path).items()}

    def delay(self, path: str) -> tuple[float, float]:
        """Median in days and spread (standard deviation of its logarithm) of a delay."""
        median, spread = self.value(path)
        return float(median), float(spread)


def _leaves(declared: dict[str, Any], path: str) -> list[tuple[str, dict[str, Any]]]:
    if "value" in declared:
        return [(path, declared)]
    found: list[tuple[str, dict[str, Any]]] = []
    for key, inner in declared.items():
        found.extend(_leaves(inner, f"{path}.{key}" if path else key))
    return found


@cache
def load_rates(country: str = "be") -> Rates:
    """The rates of a country pack (`countries/<country>/simulation/rates.toml`)."""
    file = files("tutela.countries").joinpath(f"{country}/simulation/rates.toml")
    return Rates(tomllib.loads(file.read_text(encoding="utf-8")))
