"""The small tables that counting needs beside the store: bands, groups, territories, years."""

from __future__ import annotations

from datetime import date

import polars as pl

from tutela.indicators.calendar import Calendar
from tutela.indicators.territories import territory_of_place
from tutela.vocabulary import CodeList, Vocabulary

_EVER = (date(1, 1, 1), date(9999, 12, 31))
#: Ages beyond every band's open end.
_OLDEST = 130


def reference_tables(
    vocabulary: Vocabulary, country: str, calendar: Calendar
) -> dict[str, pl.DataFrame]:
    """Name → table, as the counting queries name them."""
    groups = vocabulary.mapping("citizenship_group_of_country").links
    offences = vocabulary.mapping("group_of_offence").links
    classes = vocabulary.mapping("iccs_of_offence")
    places = territory_of_place(vocabulary)
    years = list(calendar.years())
    return {
        "home": pl.DataFrame({"country": [country.upper()]}),
        "calendar": pl.DataFrame(
            {
                "year": pl.Series(years, dtype=pl.Int64),
                "year_code": [str(year) for year in years],
                "period_code": [calendar.period_of(year) for year in years],
            }
        ),
        "citizenship_groups": pl.DataFrame(
            {
                "country": [link.code for link in groups],
                "citizenship_group": [link.target for link in groups],
                "valid_from": [link.valid_from or _EVER[0] for link in groups],
                "valid_to": [link.valid_to or _EVER[1] for link in groups],
            }
        ),
        "offence_groups": pl.DataFrame(
            {
                "offence": [link.code for link in offences],
                "offence_group": [link.target for link in offences],
                "offence_iccs": pl.Series(
                    [classes.get(link.code) for link in offences], dtype=pl.String
                ),
            }
        ),
        "territory_of_place": pl.DataFrame(
            {"place": [p for p, _ in places], "territory": [t for _, t in places]}
        ),
        "age_bands": _bands(vocabulary.codelist("age_bands")),
        "suspect_age_bands": _bands(vocabulary.codelist("suspect_age_bands")),
    }


def _bands(bands: CodeList) -> pl.DataFrame:
    """One row per age in years with the band it falls in."""
    rows: list[tuple[int, str]] = []
    for entry in bands.entries:
        start, end = entry.extra["age_min"], entry.extra["age_max_exclusive"]
        if start:
            rows += [(age, entry.code) for age in range(int(start), int(end or _OLDEST + 1))]
    return pl.DataFrame(rows, schema={"age": pl.Int64, "band": pl.String}, orient="row")
