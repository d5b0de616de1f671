"""The chart of an indicator, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tutela.publication.charts.cells import drawing
from tutela.publication.charts.spec import trend
from tutela.publication.charts.svg import render
from tutela.publication.charts.texts import Texts


def draw(entry: Mapping[str, Any], table: pl.DataFrame, *, synthetic: bool) -> dict[str, bytes]:
    """Language → SVG of an indicator.

    `entry` is one of indicators.json; `table` its protected table (dimensions, count, status).
    """
    texts = Texts()
    cells = drawing(entry["dimensions"], entry["chart_tables"][0], table)
    spec = trend(
        cells, title=entry["label"], who=entry["numerator"], texts=texts, synthetic=synthetic
    )
    return render(spec, texts, title=entry["label"], synthetic=synthetic)
