"""The hidden figure of a store: how many children no list knows, year by year, or why not.

Unprotected, for the centre. What may be published follows from shown cells alone
(`tutela.publication.hidden_figure`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tutela.estimation.draws import carry, linkage_effect
from tutela.estimation.estimate import CANNOT, FRAGILE, Estimate, estimate
from tutela.estimation.lists import drop_empty_lists
from tutela.indicators.compared_lists import TIME, ComparedLists, list_table

BOOTSTRAPS = 500
DRAWS = 20
#: Digits of the code of a year; other codes of time are `earlier` and `unknown`.
_DIGITS = 4


@dataclass(frozen=True)
class HiddenFigure:
    """`histories` as `compared_lists.count_histories` gives them; `years` maps each year to its
    answer as `report.json` has it; `linkage` says what draws of the linkage do to the estimates, or
    why they were not carried through."""

    histories: pl.DataFrame
    years: dict[str, dict[str, Any]]
    linkage: dict[str, Any]

    def report(self) -> dict[str, Any]:
        """For report.json; unprotected, so it stays in the store."""
        return {"years": self.years, "linkage": self.linkage}


def hidden_figure(
    histories: pl.DataFrame,
    declared: ComparedLists,
    *,
    last_year: int,
    draws: Iterable[pl.DataFrame] = (),
    bootstraps: int = BOOTSTRAPS,
) -> HiddenFigure:
    """Estimate every year of `histories`.

    `draws` are the histories under other clusterings, each drawn whole from the linkage's
    calibrated probabilities. `last_year` is the last year observed.
    """
    drawn = [_by_year(each) for each in draws]
    years: dict[str, dict[str, Any]] = {}
    shifts, spreads = [], []
    for year, rows in _by_year(histories).items():
        if not _is_year(year):
            continue
        answer, effect = _year(year, rows, declared, [each.get(year) for each in drawn], bootstraps)
        years[year] = _with_age(answer, int(year), declared, last_year)
        if effect is not None:
            shifts.append(effect["shift"])
            spreads.append(effect["spread"])
    linkage: dict[str, Any] = {"draws": len(drawn), "carried": bool(spreads)}
    if spreads:
        linkage |= {
            "shift": float(np.mean(shifts)),
            "spread": float(np.sqrt(np.mean(np.square(spreads)))),
        }
    return HiddenFigure(histories, years, linkage)


def enough_years(histories: pl.DataFrame, declared: ComparedLists) -> bool:
    """Whether most years know enough children for their lists to be compared.

    Where few do, the lists' cells would be too small to be shown, and would cost others theirs.
    """
    sizes = [
        int(rows["count"].sum()) for year, rows in _by_year(histories).items() if _is_year(year)
    ]
    large = sum(size >= declared.fewest_per_year for size in sizes)
    return 2 * large > len(sizes)


def _by_year(histories: pl.DataFrame) -> dict[str, pl.DataFrame]:
    parts = histories.partition_by(TIME, as_dict=True, maintain_order=True)
    return {str(key[0]): part for key, part in parts.items()}


def _is_year(code: str) -> bool:
    return code.isdigit() and len(code) == _DIGITS


def _year(
    year: str,
    rows: pl.DataFrame,
    declared: ComparedLists,
    drawn: list[pl.DataFrame | None],
    bootstraps: int,
) -> tuple[dict[str, Any], dict[str, float] | None]:
    """One year's answer, and what the draws of the linkage do to it."""
    table = list_table(rows, declared.names)
    if table.observed < declared.fewest_per_year:
        return _too_few(table.observed, declared.fewest_per_year), None
    answer = estimate(table, bootstraps=bootstraps, seed=int(year))
    result = _plain(answer)
    if answer.estimate is None or answer.lower is None or answer.upper is None or not drawn:
        return result, None
    _, empty = drop_empty_lists(table)
    kept = tuple(name for name in declared.names if name not in empty)
    tables = [list_table(each, kept) for each in drawn if each is not None]
    effect = linkage_effect(answer.estimate, tables) if len(tables) == len(drawn) else None
    if effect is None:
        result["verdict"], result["reason"] = CANNOT, "other linkages carry no estimate"
        return result | dict.fromkeys(("estimate", "lower", "upper")), None
    carried = carry(
        answer.estimate, answer.lower, answer.upper, shift=effect.shift, spread=effect.spread
    )
    result["with_linkage"] = {
        "estimate": carried.estimate,
        "lower": carried.lower,
        "upper": carried.upper,
        "observed": list(effect.observed),
    }
    return result, {"shift": effect.shift, "spread": effect.spread}


def _plain(answer: Estimate) -> dict[str, Any]:
    told = answer.as_dict()
    kept = ("observed", "estimate", "lower", "upper", "method", "verdict", "reason", "warnings")
    return {name: told[name] for name in (*kept, "models", "by_method", "diagnostics")}


def _too_few(observed: int, fewest: int) -> dict[str, Any]:
    return {
        "observed": observed,
        "estimate": None,
        "lower": None,
        "upper": None,
        "verdict": CANNOT,
        "reason": f"fewer than {fewest} children are known in this year",
        "warnings": [],
    }


def _with_age(
    answer: Mapping[str, Any], year: int, declared: ComparedLists, last_year: int
) -> dict[str, Any]:
    """Years of which records still come in are fragile at best."""
    if answer["verdict"] == CANNOT or last_year - year >= declared.settles_after_years:
        return dict(answer)
    caution = {
        "code": "still-rising",
        "message": f"records of {year} are still coming in: bodies that learn of children late "
        "have not listed all of them yet",
    }
    return {**answer, "verdict": FRAGILE, "warnings": [*answer["warnings"], caution]}
