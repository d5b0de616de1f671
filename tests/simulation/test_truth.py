"""The truth tells who is who, and no more people than there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from tests.simulation.test_agency_files import file_of, read
from tutela.record_label import record_label
from tutela.simulation.name_pools import CULTURES
from tutela.vocabulary import load

Nation = tuple[Path, dict[str, Any]]


def truth(nation: Nation, name: str) -> pl.DataFrame:
    return pl.read_parquet(nation[0] / "truth" / f"{name}.parquet")


def test_every_mention_has_the_label_of_its_number(nation: Nation) -> None:
    records = truth(nation, "records")
    assert records["record_id"].is_unique().all()
    for row in records.sample(50, seed=1).iter_rows(named=True):
        assert row["record_id"] == record_label(row["agency"], row["profile"], row["record"])


def test_mentions_are_the_named_rows_of_the_files(nation: Nation) -> None:
    records = truth(nation, "records")
    for agency, headings in {
        "hotline": ("Numéro", "Prénom", "Nom de famille"),
        "guardianship_service": ("Registratienummer", "Voornamen", "Familienamen"),
    }.items():
        rows = read(file_of(nation[0], agency), agency)
        named = rows.filter(pl.any_horizontal(pl.col(headings[1:]).is_not_null()))
        told = records.filter(pl.col("agency") == agency)["record"].to_list()
        assert set(named[headings[0]].to_list()) <= set(told)
        assert set(told) <= set(rows[headings[0]].to_list())


def test_numbers_add_up(nation: Nation) -> None:
    _, summary = nation
    persons, records = truth(nation, "persons"), truth(nation, "records")
    children = persons.filter(pl.col("role") == "victim")
    assert persons["person_id"].is_unique().all()
    assert children.height == 1500
    seen = children.filter(pl.col("agencies") > 0)
    assert seen.height == summary["children_seen"]
    victims = records.filter(pl.col("role") == "victim")
    assert victims["person_id"].n_unique() == seen.height
    assert set(victims["person_id"]) == set(seen["person_id"])
    assert victims.height == summary["victim_records"]


def test_agencies_per_person_are_those_of_the_records(nation: Nation) -> None:
    by_person = truth(nation, "records").group_by("person_id").agg(pl.col("agency").n_unique())
    joined = truth(nation, "persons").join(by_person, on="person_id", how="left")
    assert (joined["agency"].fill_null(0) == joined["agencies"]).all()


def test_all_cultures_occur_in_both_roles(nation: Nation) -> None:
    for role in ("victim", "suspect"):
        found = truth(nation, "persons").filter(pl.col("role") == role)["culture"].unique()
        assert set(found) == set(CULTURES)


def test_siblings_share_a_family_and_are_years_apart_or_not_at_all(nation: Nation) -> None:
    families = (
        truth(nation, "persons")
        .filter(pl.col("role") == "victim")
        .group_by("family_id")
        .agg(pl.col("culture").n_unique(), pl.len().alias("children"))
    )
    assert families.filter(pl.col("children") > 1).height > 30
    assert (families["culture"] == 1).all()


def test_events_are_in_the_words_of_the_code_list(nation: Nation) -> None:
    events = truth(nation, "events")
    assert set(events["event_type"]) <= set(load().codelist("event_types").codes())
    assert set(events["person_id"]) <= set(truth(nation, "persons")["person_id"])
    assert events["date"].null_count() == 0


def test_every_table_says_synthetic(nation: Nation) -> None:
    for name in ("persons", "records", "events"):
        assert truth(nation, name)["synthetic"].unique().to_list() == ["SYNTHETIC"]


def test_labels_tell_neither_role_nor_order(nation: Nation) -> None:
    persons = truth(nation, "persons")
    halves = persons.with_row_index().group_by("role").agg(pl.col("index").mean())
    means = halves["index"].to_list()
    assert abs(means[0] - means[1]) < persons.height / 10
