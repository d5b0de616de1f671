"""The years and periods that tables count by, and which of them each source was asked about."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from tutela.indicators.dimension import Code

#: Codes of time beside the years: before the calendar begins, and not known.
EARLIER, UNKNOWN = "earlier", "unknown"
_RESIDUAL = (
    Code(
        EARLIER,
        {"fr": "Avant", "nl": "Vroeger", "de": "Früher", "en": "Earlier"},
        residual=True,
    ),
    Code(
        UNKNOWN,
        {"fr": "Date inconnue", "nl": "Datum onbekend", "de": "Datum unbekannt", "en": "Unknown"},
        residual=True,
    ),
)


@dataclass(frozen=True)
class Calendar:
    """The years from `first_year` to the year of `until`, the last day that is observed.

    `asked` maps each agency to the years about which it handed in data; a year of which no source
    was asked is not collected, which is not zero.
    """

    first_year: int
    until: date
    period_years: int
    asked: Mapping[str, Collection[int]]

    @classmethod
    def of_country(
        cls, country: str, until: date, asked: Mapping[str, Collection[int]]
    ) -> Calendar:
        """The calendar that a country pack declares, up to the day `until`."""
        file = files("tutela.countries").joinpath(country, "indicators", "shared", "calendar.toml")
        declared = tomllib.loads(file.read_text(encoding="utf-8"))
        return cls(declared["first_year"], until, declared["period_years"], asked)

    def years(self) -> range:
        """All years of the calendar; at least its first."""
        return range(self.first_year, max(self.until.year, self.first_year) + 1)

    def period_of(self, year: int) -> str:
        """The period that counts `year`, such as 2010-2013; the last one may be shorter."""
        start = year - (year - self.first_year) % self.period_years
        end = min(start + self.period_years - 1, self.years()[-1])
        return str(start) if start == end else f"{start}-{end}"

    def code_of(self, year: int, dimension: str) -> str:
        """The code of `year` in a time dimension: itself, or its period."""
        return self.period_of(year) if dimension == "period" else str(year)

    def codes(self, dimension: str) -> tuple[Code, ...]:
        """The codes of a time dimension in order: years or periods, then earlier and unknown."""
        names = dict.fromkeys(self.code_of(year, dimension) for year in self.years())
        languages = ("fr", "nl", "de", "en")
        spans = (Code(name, dict.fromkeys(languages, name)) for name in names)
        return (*spans, *_RESIDUAL)

    def not_collected(self, dimension: str, agencies: Collection[str]) -> tuple[str, ...]:
        """Codes of a time dimension of which none of the `agencies` was asked any year."""
        asked = {year for agency in agencies for year in self.asked.get(agency, ())}
        covered = {self.code_of(year, dimension) for year in self.years() if year in asked}
        every = dict.fromkeys(self.code_of(year, dimension) for year in self.years())
        return tuple(code for code in every if code not in covered)

    def impossible(self, dimension: str, code: str, from_days: int) -> bool:
        """Whether nobody who began in `code` can have been observed for `from_days` days."""
        starts = [year for year in self.years() if self.code_of(year, dimension) == code]
        return bool(starts) and (self.until - date(starts[0], 1, 1)).days < from_days
