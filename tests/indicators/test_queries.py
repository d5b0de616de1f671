"""The counting queries can move to Spark: sqlglot translates each, and reads it back."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from tutela.errors import Misuse
from tutela.indicators import load
from tutela.indicators.queries import leaf_queries, leaf_query, steps

QUERIES = {**steps(), **leaf_queries(load())}


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_translates_to_spark_and_parses_again(name: str) -> None:
    (spark,) = sqlglot.transpile(
        QUERIES[name], read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    there = sqlglot.parse_one(spark, read="spark")
    assert not list(there.find_all(exp.Command)), "sqlglot passed a part on unread"
    here = sqlglot.parse_one(QUERIES[name], read="duckdb")
    assert there.named_selects == here.named_selects
    assert {t.name for t in there.find_all(exp.Table)} == {t.name for t in here.find_all(exp.Table)}


def test_one_query_counts_all_tables_of_a_population() -> None:
    populations = {indicator.population.name for indicator in load()}
    assert set(leaf_queries(load())) == populations


def test_an_unknown_population_is_refused() -> None:
    with pytest.raises(Misuse, match="no counting query"):
        leaf_query("ghosts", [["year"]])
