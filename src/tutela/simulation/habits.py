"""How each agency writes its file, as declared in the country pack."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Habits:
    """One agency's ways; see agencies.toml for the meaning of each."""

    agency: str
    format: str
    language: str
    headings: str
    codes: str
    dates: str
    places: str
    letters: str
    capitals: bool
    reads: str
    number: str
    delimiter: str = ","
    encoding: str = "utf-8"


@cache
def load_habits(country: str = "be") -> tuple[dict[str, Habits], int]:
    """Habits by agency, and the number of rows above which nobody exports to Excel."""
    file = files("tutela.countries").joinpath(f"{country}/simulation/agencies.toml")
    declared = tomllib.loads(file.read_text(encoding="utf-8"))
    most_rows = int(declared.pop("excel_rows"))
    return {name: Habits(agency=name, **entry) for name, entry in declared.items()}, most_rows
