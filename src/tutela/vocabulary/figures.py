"""Figures that a published report gives about a country, with body, year and note."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutela.errors import InputRefused, Misuse
from tutela.vocabulary.rows import LANGUAGES, read_rows

if TYPE_CHECKING:
    import polars as pl

_COUNTRIES = Path(__file__).parent.parent / "countries"
_COLUMNS = (
    "id", "topic", "measure", "unit", "period", "value", "disaggregation", "territory",
    "published_by", "cited_via_note", "remark", "conflicts_with",
)  # fmt: skip
#: Columns whose text is also given in the four languages, as `<column>_<language>`.
LABELLED = ("topic", "measure", "unit", "published_by", "remark", "disaggregation")


def published_figures(country: str = "be") -> pl.DataFrame:
    """One row per published figure, in the report's order; these are never synthetic.

    Columns: id, topic, measure, unit, period (a year, or first/last year), value (float, null if
    the report gives none), disaggregation, territory, published_by, cited_via_note, remark,
    conflicts_with (the id of a figure that contradicts this one, else null), and the labels
    `topic_fr` … `disaggregation_en`. An empty cell is null.
    """
    import polars as pl

    folder = _COUNTRIES / country / "facts"
    if not folder.is_dir():
        raise Misuse(f"the country pack {country!r} has no published figures")
    rows = read_rows(folder / "published_figures.csv", _COLUMNS)
    labels = {
        (row["column"], row["text"]): row
        for row in read_rows(folder / "published_figures_labels.csv", ("column", "text"))
    }
    data: list[dict[str, str | float | None]] = []
    for row in rows:
        record: dict[str, str | float | None] = {name: row[name] or None for name in _COLUMNS}
        record["value"] = float(row["value"]) if row["value"] else None
        for column in LABELLED:
            text = row[column]
            if text and (column, text) not in labels:
                raise InputRefused(
                    f"published figure {row['id']}: no labels for {column} {text!r}",
                    remedy="Add a row to published_figures_labels.csv.",
                    details={"row": row["id"], "column": column, "value": text},
                )
            for language in LANGUAGES:
                found = labels.get((column, text))
                record[f"{column}_{language}"] = found[language] if found else None
        data.append(record)
    names = [*_COLUMNS, *(f"{c}_{language}" for c in LABELLED for language in LANGUAGES)]
    return pl.DataFrame(data, schema={n: pl.Float64 if n == "value" else pl.String for n in names})
