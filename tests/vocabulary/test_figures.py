"""The report's published figures are carried whole, labelled, and with their contradiction."""

from __future__ import annotations

import polars as pl

from tutela.vocabulary import load, published_figures


def test_figures_are_complete_and_labelled() -> None:
    figures = published_figures("be")
    assert figures["id"].to_list() == [f"F{n:02d}" for n in range(1, 30)]
    for column in ("topic", "measure", "unit", "published_by"):
        for language in ("fr", "nl", "de", "en"):
            assert figures[f"{column}_{language}"].null_count() == 0
    for language in ("fr", "nl", "de", "en"):
        assert figures[f"remark_{language}"].null_count() == figures["remark"].null_count()


def test_the_two_csam_counts_of_2015_contradict_each_other_in_the_open() -> None:
    figures = published_figures("be").filter(pl.col("conflicts_with").is_not_null())
    assert figures.select("id", "value", "conflicts_with").rows() == [
        ("F04", 769.0, "F05"),
        ("F05", 789.0, "F04"),
    ]


def test_a_missing_figure_is_null_not_zero() -> None:
    figures = published_figures("be")
    assert figures.filter(pl.col("id") == "F26")["value"].to_list() == [None]


def test_recommendations_are_thirty_nine() -> None:
    recommendations = load("be").codelist("recommendations")
    assert recommendations.codes() == tuple(str(n) for n in range(1, 40))
