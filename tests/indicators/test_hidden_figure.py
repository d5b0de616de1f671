"""Children by year and by list, and the estimate of those on none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import sqlglot

from tests.indicators.nation import Nation
from tutela.errors import Misuse
from tutela.indicators import load
from tutela.indicators.compared_lists import (
    ComparedLists,
    compared_lists,
    count_histories,
    list_table,
)
from tutela.indicators.count import count_prepared, prepared
from tutela.indicators.hidden_figure import enough_years, hidden_figure
from tutela.vocabulary import load as load_vocabulary

SQL = Path(__file__).parents[2] / "src/tutela/indicators/sql/bodies.sql"


def counted(nation: Nation, folder: Path) -> pl.DataFrame:
    records, events, clusters = nation.write(folder)
    mine = pl.read_parquet(clusters).filter(pl.col("role") == "victim")
    with prepared(records, events, clusters) as (connection, calendar):
        histories = count_histories(
            connection, compared_lists(), mine.rename({"cluster_id": "person"})
        )
        tables = count_prepared(connection, calendar, load())
    # The same children as in every other table of their population.
    by_year = dict(histories.group_by("year").agg(pl.col("count").sum()).iter_rows())
    other = tables["victims_by_form"].counts.group_by("year").agg(pl.col("count").sum())
    assert by_year == dict(other.iter_rows())
    return histories


def on(histories: pl.DataFrame) -> dict[tuple[str, ...], int]:
    """(year, lists that know them) → children."""
    names = compared_lists().names
    return {
        (row["year"], *(name for name in names if row[name] == "yes")): row["count"]
        for row in histories.iter_rows(named=True)
    }


def known_to(
    nation: Nation, person: str, *agencies: str, year: int = 2019, **facts: object
) -> None:
    for number, agency in enumerate(agencies):
        record = nation.record(person, agency, **facts)
        nation.event(record, "complaint", date(year, 1, 1 + number), forms=["csam"])


def test_bodies_of_one_list_count_once(tmp_path: Path) -> None:
    nation = Nation()
    known_to(nation, "a", "hotline", "federal_police")
    known_to(nation, "b", "local_police", "immigration_office", "guardianship_service")
    assert on(counted(nation, tmp_path)) == {
        ("2019", "federal_police"): 1,
        ("2019", "local_police", "victim_support"): 1,
    }


def test_fed_bodies_add_no_list_unless_their_source_lost_the_child(tmp_path: Path) -> None:
    nation = Nation()
    known_to(nation, "a", "federal_police", "prosecution", "courts")
    known_to(nation, "b", "youth_care", "prosecution")
    assert on(counted(nation, tmp_path)) == {
        ("2019", "federal_police"): 1,
        ("2019", "local_police", "youth_care"): 1,
    }


def test_years_are_those_of_first_registration_and_adults_are_left_out(tmp_path: Path) -> None:
    nation = Nation()
    known_to(nation, "late", "youth_care", year=2021)
    known_to(nation, "late", "local_police", year=2018)
    known_to(nation, "grown", "local_police", age_at_facts=19)
    known_to(nation, "early", "local_police", year=2003)
    nation.record("undated", "youth_care", age_at_facts=12)
    assert on(counted(nation, tmp_path)) == {
        ("2018", "local_police", "youth_care"): 1,
        ("earlier", "local_police"): 1,
        ("unknown", "youth_care"): 1,
    }


def test_a_body_outside_the_declaration_is_refused(tmp_path: Path) -> None:
    nation = Nation()
    known_to(nation, "a", "local_police", "europol")
    with pytest.raises(Misuse, match="'europol' stands in no list"):
        counted(nation, tmp_path)


def test_every_reporting_body_of_the_country_has_its_place() -> None:
    agencies = load_vocabulary("be").codelist("agencies").entries
    reporting = {entry.code for entry in agencies if entry.extra["reports"] == "yes"}
    assert set(compared_lists().agencies) == reporting


def test_the_query_moves_to_spark() -> None:
    text = SQL.read_text(encoding="utf-8")
    (spark,) = sqlglot.transpile(
        text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    assert sqlglot.parse_one(spark, read="spark").named_selects == ["year", "bodies", "children"]


def population(people: int, years: range, seed: int = 3) -> pl.DataFrame:
    """`people` each year, on four independent lists or on none."""
    random = np.random.default_rng(seed)
    names = compared_lists().names
    frames = []
    for year in years:
        seen = random.random((people, len(names))) < (0.4, 0.35, 0.3, 0.25)
        seen = seen[seen.any(axis=1)]
        words = np.where(seen, "yes", "no").astype(str)
        frames.append(
            pl.DataFrame(
                {"year": [str(year)] * len(seen)}
                | {name: words[:, i] for i, name in enumerate(names)}
            )
        )
    return (
        pl.concat(frames)
        .group_by("year", *names)
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .sort(pl.all())
    )


def declared(**changes: int) -> ComparedLists:
    return replace(compared_lists(), **changes)


def test_independent_lists_give_back_the_children_of_each_year() -> None:
    answer = hidden_figure(population(1500, range(2018, 2022)), declared(), last_year=2021)
    held = [told["lower"] < 1500 < told["upper"] for told in answer.years.values()]
    # Each holds the truth with a chance of .95: one of four may fail, two hardly.
    assert sum(held) >= 3
    assert [told["verdict"] for told in answer.years.values()] == ["estimated"] * 3 + ["fragile"]
    assert answer.linkage == {"draws": 0, "carried": False}


def test_years_with_few_children_are_refused_with_the_reason() -> None:
    few = population(300, range(2018, 2020))
    answer = hidden_figure(few, declared(), last_year=2021)
    assert {told["verdict"] for told in answer.years.values()} == {"cannot be estimated"}
    assert "fewer than 300" in answer.years["2018"]["reason"]
    assert not enough_years(few, declared())
    assert enough_years(population(1500, range(2018, 2020)), declared())


def test_draws_of_the_linkage_widen_each_year() -> None:
    histories = population(1500, range(2018, 2020))
    names = list(compared_lists().names)

    def missed(children: int) -> pl.DataFrame:
        """As if `children` known to the first list alone were on the second as well."""
        alone, both = ([name in group for name in names] for group in (names[:1], names[:2]))

        def row(on: list[bool]) -> pl.Expr:
            return pl.all_horizontal(
                *(
                    pl.col(name) == ("yes" if is_on else "no")
                    for name, is_on in zip(names, on, strict=True)
                )
            )

        change = pl.when(row(both)).then(children).when(row(alone)).then(-children).otherwise(0)
        return histories.with_columns(pl.col("count") + change)

    plain = hidden_figure(histories, declared(), last_year=2021)
    answer = hidden_figure(
        histories, declared(), last_year=2021, draws=[missed(n) for n in (0, 10, 20, 30)]
    )
    assert answer.linkage["carried"]
    assert answer.linkage["shift"] < 0
    for year, told in answer.years.items():
        carried = told["with_linkage"]
        assert told["lower"] == plain.years[year]["lower"]
        assert carried["upper"] / carried["lower"] > told["upper"] / told["lower"]


def test_histories_become_the_engines_table() -> None:
    names = compared_lists().names
    rows = pl.DataFrame(
        {"year": ["2019", "2019"]}
        | {name: ["yes" if i < 2 else "no", "no"] for i, name in enumerate(names)}
        | {"count": [7, 0]}
    )
    table = list_table(rows, names)
    assert table.counts[0b0011] == 7
    assert table.observed == 7
