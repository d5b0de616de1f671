"""Durations on records, for the analysts at the centre; nothing of it may be published."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tutela.errors import Misuse
from tutela.indicators.count import prepared

_DECISION_TIMES = """
WITH path AS (
  SELECT
    person_id,
    MIN(exact_on) AS started_on,
    MIN(
      CASE
        WHEN event_type = 'judgment' AND outcome = 'convicted' THEN exact_on
      END
    ) AS convicted_on,
    MIN(CASE WHEN event_type IN ('judgment', 'dismissal') THEN exact_on END) AS decided_on
  FROM fact
  WHERE role = 'suspect'
  GROUP BY person_id
)
SELECT
  DATE_DIFF('day', started_on, COALESCE(convicted_on, decided_on, CAST(? AS DATE))) AS days,
  CASE
    WHEN convicted_on IS NOT NULL THEN 'convicted'
    WHEN decided_on IS NOT NULL THEN 'not_convicted'
    ELSE 'open'
  END AS outcome
FROM path
WHERE started_on IS NOT NULL
ORDER BY days, outcome
"""


def decision_times(
    records: Sequence[Path], events: Sequence[Path], clusters: Path, country: str = "be"
) -> pl.DataFrame:
    """One row per suspect with a dated beginning: `days` to the decision, and its `outcome`.

    `open` is censored at the last day observed. Files as in `tutela.indicators.count.count`.
    """
    with prepared(records, events, clusters, country=country) as (connection, calendar):
        rows = connection.execute(_DECISION_TIMES, [calendar.until]).fetchall()
    return pl.DataFrame(rows, schema={"days": pl.Int64, "outcome": pl.String}, orient="row")


def kaplan_meier(days: pl.Series, happened: pl.Series) -> pl.DataFrame:
    """Kaplan-Meier by lifelines: `days`, `at_risk`, `happened`, `survival`, `low`, `high` (95 %).

    `happened` is false where the time is censored. Needs the `analysts` extra; raises Misuse
    without it.
    """
    try:
        lifelines = importlib.import_module("lifelines")
    except ImportError as error:
        raise Misuse(
            "durations on records need the package lifelines",
            remedy="Install Tutela with its analysts' extra: pip install 'tutela[analysts]'.",
        ) from error
    fitter = lifelines.KaplanMeierFitter()
    fitter.fit(days.to_numpy(), event_observed=happened.to_numpy())
    table = fitter.event_table
    bounds = fitter.confidence_interval_survival_function_
    return pl.DataFrame(
        {
            "days": table.index.to_numpy(),
            "at_risk": table["at_risk"].to_numpy(),
            "happened": table["observed"].to_numpy(),
            "survival": fitter.survival_function_.iloc[:, 0].to_numpy(),
            "low": bounds.iloc[:, 0].to_numpy(),
            "high": bounds.iloc[:, 1].to_numpy(),
        }
    )
