import polars as pl
import pytest

from tutela.errors import Misuse
from tutela.simulation.planted import FIELDS, TRUTH, planted_records


def test_planted_records_repeat_by_seed_and_look_like_nobody():
    made = planted_records(100, 5)
    assert made.equals(planted_records(100, 5))
    assert not made.equals(planted_records(100, 6))
    assert made.columns == ["record_id", "source", "role", *FIELDS, *TRUTH]
    assert made["record_id"].is_unique().all()
    phones = made["phone"].drop_nulls()
    assert len(phones) > 0
    assert (phones.str.slice(-8, 2) == "00").all()
    for number in ("case_reference", "person_reference"):
        assert made[number].drop_nulls().str.starts_with("planted ").all()
    assert made["birth_date"].drop_nulls().str.contains(r"^\d{4}(-\d\d-\d\d)?$").all()


def test_the_truth_of_planted_records_holds_together():
    made = planted_records(120, 3)
    people = made.select("person_id", "household", "culture", "true_sex").unique()
    assert people["person_id"].is_unique().all()
    assert made.select("person_id", "role").unique()["person_id"].is_unique().all()
    victims = made.filter(pl.col("role") == "victim")
    assert victims["person_id"].n_unique() <= 120
    assert victims.height > victims["person_id"].n_unique()
    assert not victims["age"].is_in(["18+"]).any()


@pytest.mark.parametrize("children", [0, 99, 50_001])
def test_too_few_or_too_many_cannot_be_planted(children):
    with pytest.raises(Misuse):
        planted_records(children, 1)
