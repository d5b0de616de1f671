"""Explanations of a store's decisions, in words and as a chart."""

import json

import polars as pl
import pytest
from click.testing import CliRunner

from tutela.cli.main import cli
from tutela.errors import InputRefused
from tutela.submissions.explaining import explain_pair

from .conftest import LinkedNation


@pytest.fixture(scope="module")
def pairs(linked_nation: LinkedNation) -> pl.DataFrame:
    run = linked_nation.store.path / "linkage" / str(linked_nation.report["run"])
    return pl.read_parquet(run / "pairs.parquet")


def test_an_explanation_is_of_the_decision_that_was_taken(linked_nation: LinkedNation, pairs):
    rng = pairs.filter(pl.col("role") == "victim").sample(12, seed=1)
    for one, other, probability, _ in rng.iter_rows():
        found, _ = explain_pair(linked_nation.store.path, one, other)
        assert found.probability == pytest.approx(probability, abs=2e-3)


def test_words_and_chart_say_the_same_in_four_languages(
    linked_nation: LinkedNation, pairs, tmp_path
):
    one, other = pairs.row(0)[:2]
    words = {"fr": "même personne", "nl": "één persoon", "de": "Datensätze", "en": "one person"}
    for language, word in words.items():
        chart = tmp_path / f"{language}.svg"
        args = ["linkage", "explain", one, other, "--store", str(linked_nation.store.path)]
        args += ["--lang", language, "--chart", str(chart)]
        result = CliRunner().invoke(cli, args, catch_exceptions=False)
        assert result.exit_code == 0
        assert word in result.stdout
        svg = chart.read_text(encoding="utf-8")
        assert one in svg
        assert "SYNTHETIC" in svg
    result = CliRunner().invoke(cli, [*args, "--json"], catch_exceptions=False)
    assert json.loads(result.stdout)["records"] == [one, other]


def test_what_is_not_compared_is_not_explained(linked_nation: LinkedNation, pairs):
    victim = pairs.filter(pl.col("role") == "victim")["record_id_1"][0]
    suspect = pairs.filter(pl.col("role") == "suspect")["record_id_1"][0]
    for other in (suspect, victim):
        with pytest.raises(InputRefused, match="not compared"):
            explain_pair(linked_nation.store.path, victim, other)
    with pytest.raises(InputRefused, match="no record"):
        explain_pair(linked_nation.store.path, victim, "nobody")
