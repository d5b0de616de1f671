"""The hidden figure in a release: how many children no list knows, from shown cells alone.

The children by year and by list are one more table, protected and audited together with all others
of their population. An estimate is then made from its shown margins only: how many children are
known, how many are on each list and on each two lists. It can tell nobody more than those cells do,
and anybody can make it again. Where one of them is hidden there is no estimate, with that reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tutela.estimation.draws import carry
from tutela.estimation.estimate import CANNOT, FRAGILE, Estimate, estimate
from tutela.estimation.margins import table_from_margins
from tutela.indicators.compared_lists import (
    NO,
    POPULATION,
    TIME,
    YES,
    ComparedLists,
    compared_lists,
)
from tutela.indicators.hidden_figure import enough_years
from tutela.indicators.run import TablesRun
from tutela.publication.charts.cells import TOTAL
from tutela.publication.folder import json_bytes
from tutela.publication.hidden_figure_words import REASONS, WARNINGS, bodies, headline
from tutela.publication.release import HIDDEN_FIGURE
from tutela.publication.tables import check_cells, table_csv

if TYPE_CHECKING:
    from tutela.disclosure.table import FrequencyTable

TABLE = "hidden_figure_lists"
BOOTSTRAPS = 1000
LISTS, ESTIMATES = "hidden_figure/lists.csv", "hidden_figure/estimates.csv"
#: Ends of intervals are rounded outward to this share of their width, but to tens at least.
_FINENESS = 0.1
_TENS = 10


def lists_table(run: TablesRun) -> FrequencyTable | None:
    """Children by year and by list, to be protected with all other tables of the run.

    None where too few children are known for their lists to be shown. That a child is on no list
    cannot occur, and everybody knows it: its zero is structural.
    """
    from tutela.disclosure.table import Dimension, FrequencyTable

    declared = compared_lists(run.report["country"])
    beside = [
        table
        for table in run.tables.values()
        if table.population == POPULATION
        and table.collected
        and TIME in [dimension["name"] for dimension in table.entry["dimensions"]]
    ]
    if not beside or not enough_years(run.histories, declared):
        return None
    names = used_lists(run.histories, declared)
    if len(names) < 2:
        return None
    years = beside[0].codes(TIME)
    return FrequencyTable(
        name=TABLE,
        dimensions=[
            Dimension(TIME, total=TOTAL, parents={}, codes=years),
            *(Dimension(name, total=TOTAL, parents={}, codes=(YES, NO)) for name in names),
        ],
        counts=run.histories.group_by(TIME, *names).agg(pl.col("count").sum()),
        structural=pl.DataFrame({name: [NO] for name in names}),
        population=POPULATION,
    )


def used_lists(histories: pl.DataFrame, declared: ComparedLists) -> tuple[str, ...]:
    """The lists that know anybody in any year; the others say nothing."""
    return tuple(name for name in declared.names if (histories[name] == YES).any())


@dataclass(frozen=True)
class Linkage:
    """What drawing the linkage again does to the estimates, in whole per cent for all years
    together; `carried` is false where it could not be drawn."""

    carried: bool
    draws: int
    shift_percent: int
    spread_percent: int

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> Linkage:
        """Coarse on purpose: no single year, and upward where it widens."""
        return cls(
            carried=report["carried"],
            draws=report["draws"],
            shift_percent=round(100 * report.get("shift", 0.0)),
            spread_percent=int(np.ceil(100 * report.get("spread", 0.0))),
        )


def hidden_figure_files(
    run: TablesRun, protected: pl.DataFrame | None, *, synthetic: bool
) -> dict[str, bytes]:
    """Path → bytes of the hidden figure's files; `protected` is the protected table `TABLE`."""
    declared = compared_lists(run.report["country"])
    report = run.report["hidden_figure"]
    linkage = Linkage.of(report["linkage"])
    files: dict[str, bytes] = {}
    if protected is None:
        years = [_refused(year, None, "too-few-children") for year in sorted(report["years"])]
    else:
        names = [name for name in declared.names if name in protected.columns]
        check_cells(TABLE, protected)
        protected = protected.select(TIME, *names, pl.col("count").cast(pl.Int64), "status")
        files[LISTS] = table_csv(protected, synthetic=synthetic)
        rising = {
            year
            for year, answer in report["years"].items()
            if any(warning["code"] == "still-rising" for warning in answer["warnings"])
        }
        years = [
            one_year(protected, year, names, declared.fewest_per_year, linkage, year in rising)
            for year in sorted(report["years"])
        ]
    files[ESTIMATES] = table_csv(_frame(years), synthetic=synthetic)
    files[HIDDEN_FIGURE] = json_bytes(
        _described(declared, years, linkage, files, run.report["country"])
    )
    return files


def one_year(
    protected: pl.DataFrame,
    year: str,
    names: Sequence[str],
    fewest: int,
    linkage: Linkage,
    rising: bool = False,
) -> dict[str, Any]:
    """The answer for one year, from the shown margins of the protected table and nothing else."""
    margins = shown_margins(protected, year, names)
    observed = None if margins is None else margins[0]
    if observed is not None and observed < fewest:
        return _refused(year, observed, "too-few-children")
    if margins is None or margins[1] is None or observed is None:
        return _refused(year, observed, "margins-hidden")
    table = table_from_margins(names, observed, margins[1])
    if table is None:
        return _refused(year, observed, "margins-hidden")
    answer = estimate(table, method="stepwise", bootstraps=BOOTSTRAPS, seed=int(year))
    if answer.estimate is None or answer.lower is None or answer.upper is None:
        return _refused(year, observed, "lists-cannot-carry")
    return _estimated(year, answer, linkage, rising)


def shown_margins(
    protected: pl.DataFrame, year: str, names: Sequence[str]
) -> tuple[int, np.ndarray | None] | None:
    """Children known in `year`, and on each two lists (lists, lists), the sizes on the diagonal.

    The overlaps are None when one of them is not shown, all is None when the total is not.
    """
    rows = protected.filter(pl.col(TIME) == year, pl.col("status") == "shown")
    count = {tuple(row[name] for name in names): row["count"] for row in rows.iter_rows(named=True)}

    def cell(*on: str) -> int | None:
        found = count.get(tuple(YES if name in on else TOTAL for name in names))
        return None if found is None else int(found)

    total = cell()
    if total is None:
        return None
    overlaps = np.zeros((len(names), len(names)), dtype=np.int64)
    for i, first in enumerate(names):
        for j, second in enumerate(names):
            both = cell(first, second)
            if both is None:
                return total, None
            overlaps[i, j] = both
    return total, overlaps


def _estimated(year: str, answer: Estimate, linkage: Linkage, rising: bool) -> dict[str, Any]:
    assert answer.estimate is not None  # noqa: S101 - the caller has looked
    assert answer.lower is not None  # noqa: S101
    assert answer.upper is not None  # noqa: S101
    carried = carry(
        answer.estimate,
        answer.lower,
        answer.upper,
        shift=linkage.shift_percent / 100,
        spread=linkage.spread_percent / 100,
    )
    codes = dict.fromkeys(warning.code for warning in answer.warnings)
    codes |= {"still-rising": None} if rising else {}
    codes |= {} if linkage.carried else {"linkage-not-carried": None}
    step = max(_TENS, 10 ** int(np.log10(max(carried.upper - carried.lower, 1.0) * _FINENESS)))
    lower = step * int(np.floor(carried.lower / step))
    return {
        "year": year,
        "observed": answer.observed,
        # Rounding down must not leave fewer than are known.
        "lower": max(lower, min(answer.observed, int(carried.lower))),
        "upper": step * int(np.ceil(carried.upper / step)),
        "estimate": step * round(carried.estimate / step),
        "verdict": FRAGILE if rising or not linkage.carried else answer.verdict,
        "reason": None,
        "warnings": list(codes),
        "pairs": [pair for model in answer.models for pair in model["pairs"]],
    }


def _refused(year: str, observed: int | None, reason: str) -> dict[str, Any]:
    return {
        "year": year,
        "observed": observed,
        "lower": None,
        "upper": None,
        "estimate": None,
        "verdict": CANNOT,
        "reason": reason,
        "warnings": [],
        "pairs": [],
    }


def _frame(years: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    whole = dict.fromkeys(("observed", "lower", "upper", "estimate"), pl.Int64)
    text = dict.fromkeys(("verdict", "reason", "warnings"), pl.String)
    return pl.DataFrame(
        [{**year, "warnings": " ".join(year["warnings"])} for year in years],
        schema={"year": pl.String, **whole, **text},
    )


def _described(
    declared: ComparedLists,
    years: Sequence[Mapping[str, Any]],
    linkage: Linkage,
    files: Mapping[str, bytes],
    country: str,
) -> dict[str, Any]:
    """hidden_figure.json: years, lists, linkage, and words in four languages."""
    used = {code for year in years for code in year["warnings"]}
    reasons = {year["reason"] for year in years if year["reason"]}
    return {
        "population": POPULATION,
        "method": "two-list log-linear model chosen stepwise; bootstrap of the table that the "
        "shown margins make",
        "bootstraps": BOOTSTRAPS,
        "headline": headline(years),
        "years": list(years),
        "lists": bodies(declared, country),
        "fewest_per_year": declared.fewest_per_year,
        "linkage": {
            "carried": linkage.carried,
            "draws": linkage.draws,
            "shift_percent": linkage.shift_percent,
            "spread_percent": linkage.spread_percent,
        },
        "words": {
            "warnings": {code: WARNINGS[code] for code in sorted(used)},
            "reasons": {code: REASONS[code] for code in sorted(reasons)},
        },
        "tables": sorted(path for path in (LISTS, ESTIMATES) if path in files),
    }
