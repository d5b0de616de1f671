"""What a release says of its linkage: how far probabilities and counts can be trusted, for whom.

All of it is measured on planted records, which are invented; how many records or persons the store
holds cannot be read from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tutela.publication.charts.reliability import reliability_charts
from tutela.publication.release import LANGUAGES
from tutela.publication.tables import SYNTHETIC

RELIABILITY = "linkage/reliability.csv"
FAIRNESS = "linkage/fairness.csv"
CHART = "charts/linkage_reliability.{language}.svg"
METHOD = "planted records under the live key; clusterings drawn from calibrated probabilities"
_RATIO_DIGITS = 4
_MEASURES = ("persons", "records", "precision", "recall", "f1", "count_error")


def linkage_quality(report: Mapping[str, Any]) -> dict[str, Any]:
    """Role → what the run's report says of its trust; roles that are not calibrated are left out.

    `interval` holds ratios to the persons counted, because how many these are stays at the centre.
    """
    found = {}
    for role, part in sorted(report.get("roles", {}).items()):
        if "calibration" not in part:
            continue
        calibration, planted = part["calibration"], part["planted"]
        found[role] = {
            "calibration": {
                "method": calibration["method"],
                "expected_error": calibration["expected_error"],
                "reliability": [
                    {name: row[name] for name in ("claimed", "found", "pairs")}
                    for row in calibration["reliability"]
                ],
            },
            "fairness": planted,
            "interval": _interval(part.get("count_interval")),
        }
    return found


def _interval(counted: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """An interval of persons as ratios to those counted."""
    if counted is None or not counted["counted"]:
        return None
    ratios = {
        name: round(counted[name] / counted["counted"], _RATIO_DIGITS)
        for name in ("expected", "lower", "upper")
    }
    return {**ratios, "level": counted["level"], "draws": counted["draws"], "method": METHOD}


def interval_of(entry: Mapping[str, Any], roles: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The interval of the persons that an indicator counts, as ratios to its counts.

    It is that of all persons of their role: linkage is taken to err in a part as in the whole.
    None for reports, and where the role is not calibrated.
    """
    unit = entry["unit"]["code"]
    if not roles or unit == "report":
        return None
    interval = roles.get("suspect" if unit == "suspect" else "victim", {}).get("interval")
    return dict(interval) if interval else None


def quality_files(quality: Mapping[str, Any], *, synthetic: bool) -> dict[str, bytes]:
    """Path → bytes: the reliability diagram in four languages with its table, and the measures by
    culture of name, sex and age; {} where no role is calibrated."""
    if not quality:
        return {}
    reliability = [
        {"role": role, **row}
        for role, part in quality.items()
        for row in part["calibration"]["reliability"]
    ]
    fairness = [
        {"role": role, "group": group, "value": value, **{name: row[name] for name in _MEASURES}}
        for role, part in quality.items()
        for group, value, row in fairness_rows(part["fairness"])
    ]
    files = {
        RELIABILITY: _csv(reliability, synthetic=synthetic),
        FAIRNESS: _csv(fairness, synthetic=synthetic),
    }
    charts = reliability_charts(
        {role: part["calibration"]["reliability"] for role, part in quality.items()},
        synthetic=synthetic,
    )
    return files | {CHART.format(language=lang): charts[lang] for lang in LANGUAGES}


def fairness_rows(fairness: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """(group, value, measures) of everybody and of each group."""
    rows = [("all", "all", fairness["all"])]
    return rows + [
        (group, value, row)
        for group, values in fairness["by"].items()
        for value, row in values.items()
    ]


def _csv(rows: list[dict[str, Any]], *, synthetic: bool) -> bytes:
    frame = pl.DataFrame(rows)
    if synthetic:
        frame = frame.with_columns(pl.lit(SYNTHETIC).alias("data"))
    return frame.write_csv().encode()
