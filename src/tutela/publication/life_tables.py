"""Life tables of a release: how soon something happened, from the cells that are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from tutela.indicators.calendar import Calendar
from tutela.indicators.declared import Indicator
from tutela.indicators.dimension import Code
from tutela.indicators.life_table import followed_days, life_table
from tutela.publication.charts.cells import TOTAL

#: Shares are given to a tenth of a percent.
_DIGITS = 3


def life_tables(
    indicators: Sequence[Indicator],
    tables: Mapping[str, pl.DataFrame],
    submissions: Sequence[Mapping[str, Any]],
    country: str,
) -> dict[str, pl.DataFrame]:
    """Indicator id → life table, for those with a dimension of bands of days.

    `tables` are release tables; `submissions` say until which day was observed. One row per
    cohort, outcome (a code above bands; `_T` is any of them) and number of days. Where no
    submission says its period nobody knows how long anybody was followed: all shares are unknown.
    """
    ends = [date.fromisoformat(s["period"]["to"]) for s in submissions if s.get("period")]
    answer = {}
    for indicator in indicators:
        table = tables.get(indicator.id)
        time = [d.name for d in indicator.dimensions if d.kind == "time"]
        banded = [d for d in indicator.dimensions if any(c.until_days for c in d.codes)]
        if table is None or not time or not banded:
            continue
        cohort, band = time[0], banded[0]
        others = [d.name for d in indicator.dimensions if d.name not in (cohort, band.name)]
        cells = table.filter(*[pl.col(name) == TOTAL for name in others])
        present = set(cells[band.name])
        codes = sorted(code for code in set(cells[cohort]) if code[:1].isdigit())
        followed = dict.fromkeys(codes, 0)
        if ends:
            followed |= followed_days(Calendar.of_country(country, max(ends), {}), cohort, codes)
        frames = [
            life_table(cells, cohort=cohort, band=band.name, bands=bands, followed=followed)
            .with_columns(pl.lit(outcome).alias("outcome"))
            .rename({"cohort": cohort})
            for outcome, bands in _outcomes(band.codes, present).items()
        ]
        answer[indicator.id] = (
            pl.concat(frames)
            .select(cohort, "outcome", "within_days", "people", "happened", "share", "status")
            .with_columns(pl.col("share").round(_DIGITS))
        )
    return answer


def _outcomes(codes: Sequence[Code], present: set[str]) -> dict[str, list[Code]]:
    """Outcome → its bands; a band that the table left out, for nobody is in it, is left out."""
    banded = [code for code in codes if code.from_days is not None and code.code in present]
    outcomes = {TOTAL: banded}
    for code in banded:
        if code.parent is not None:
            outcomes.setdefault(code.parent, []).append(code)
    return outcomes
