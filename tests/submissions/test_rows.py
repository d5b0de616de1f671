"""One row becomes a record and its events, as the store's contract says."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from tutela.record_label import record_label, record_labels
from tutela.submissions.profiles import load_profile, profile_names
from tutela.submissions.store import Submission
from tutela.submissions.tables import table_schemas
from tutela.vocabulary import load

from .conftest import Nation
from .sample import Row, sample_row


def kept(nation: Nation, profile: str, rows: list[Row]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Records and events of rows that went all the way into the store."""
    from tutela.submissions.receive import receive_package

    package, _ = nation.package(profile, rows, profile)
    receipt = receive_package(package, nation.store, nation.centre)
    found = nation.store.submission(receipt.submission)
    assert isinstance(found, Submission)
    return found.records().collect(), found.events().collect()


def one(nation: Nation, profile: str, **changes: str) -> tuple[dict[str, Any], pl.DataFrame]:
    records, events = kept(nation, profile, [sample_row(load_profile(profile), **changes)])
    return records.row(0, named=True), events


@pytest.mark.parametrize("profile", profile_names())
def test_every_profile_gives_the_tables_of_the_contract(nation: Nation, profile: str) -> None:
    records, events = kept(nation, profile, [sample_row(load_profile(profile))])
    assert dict(records.schema) == table_schemas()["records"]
    assert dict(events.schema) == table_schemas()["events"]
    expected = {
        event.type for event in load_profile(profile).events if event.role in (None, "victim")
    }
    assert set(events["event_type"]) == expected


def test_a_record_holds_coded_facts_only(nation: Nation) -> None:
    record, _ = one(nation, "local_police")
    label = record_label("local_police", "local_police", "REG/00001")
    assert record["record_id"] == label
    assert label.startswith("local_police-")
    assert len(label) == len("local_police-") + 16
    facts = {
        "agency": "local_police", "profile": "local_police", "role": "victim", "sex": "F",
        "citizenship": "BF", "residence": "21004", "country": "BE", "age_at_facts": 13,
        "age_at_identification": 13, "facts_date": date(2017, 3, 1),
        "facts_date_precision": "month", "risk_runaway": "yes", "risk_care": "no",
    }  # fmt: skip
    assert {name: record[name] for name in facts} == facts
    assert record["matter"].startswith("local_police-")


def test_unknown_stays_unknown(nation: Nation) -> None:
    empty = dict.fromkeys(
        ("sex", "citizenship", "residence", "residence_country", "birth_date", "facts_date",
         "birth_date_quality", "case_number", "risk_care", "forms", "online", "facts_place"), ""
    )  # fmt: skip
    record, events = one(nation, "local_police", **empty)
    for name in ("citizenship", "residence", "country", "age_at_facts", "facts_date", "matter"):
        assert record[name] is None
    for name in ("sex", "risk_care", "facts_date_precision"):
        assert record[name] == "unknown"
    assert set(events["form"]) == {"unknown"}
    assert events["forms"].to_list()[0] == []
    assert set(events["online"]) == {"unknown"}


def test_events_copy_the_facts_and_their_own_columns(nation: Nation) -> None:
    _, events = one(nation, "local_police", forms="csam")
    by_type = {row["event_type"]: row for row in events.to_dicts()}
    complaint = by_type["complaint"]
    assert complaint["date"] == date(2017, 6, 15)
    assert complaint["date_precision"] == "day"
    assert (complaint["form"], complaint["forms"]) == ("csam", ["csam"])
    assert (complaint["place"], complaint["country"], complaint["online"]) == (
        "21004", "BE", "both",
    )  # fmt: skip
    interview = by_type["interview"]
    assert (interview["date"], interview["date_precision"]) == (date(2017, 1, 1), "year")
    assert (interview["quantity"], interview["quantity_recorded"]) == (2, 2)
    assert "suspicion" not in by_type


def test_several_forms_have_a_principal_category(nation: Nation) -> None:
    _, events = one(nation, "local_police")
    assert set(events["form"]) == {"several"}
    assert events["forms"].to_list()[0] == ["prostitution", "grooming"]


def test_a_judgment_carries_outcome_fine_and_months(nation: Nation) -> None:
    _, events = one(nation, "courts", role="suspect", victim_recognised_on="")
    by_type = {row["event_type"]: row for row in events.to_dicts()}
    assert set(by_type) == {"judgment", "confiscation"}
    judgment = by_type["judgment"]
    assert (judgment["outcome"], judgment["amount_eur"], judgment["quantity"]) == (
        "convicted", 1500.5, 2,
    )  # fmt: skip
    assert by_type["confiscation"]["amount_eur"] == 1500.5


def test_nothing_confiscated_is_no_event_and_no_interview_is_one(nation: Nation) -> None:
    _, court = one(nation, "courts", role="suspect", confiscated_eur="0", victim_recognised_on="")
    assert "confiscation" not in set(court["event_type"])
    _, police = one(nation, "local_police", interviews="0", interviews_recorded="0")
    interviews = police.filter(pl.col("event_type") == "interview")
    assert interviews["quantity"].to_list() == [0]


def test_a_report_about_nobody_has_events_without_a_record(nation: Nation) -> None:
    profile = load_profile("hotline")
    nobody = dict.fromkeys(profile.personal, "") | {"birth_date_quality": ""}
    rows = [sample_row(profile, 1, **nobody), sample_row(profile, 2)]
    records, events = kept(nation, "hotline", rows)
    assert records["record_id"].to_list() == [record_label("hotline", "hotline", "REG/00002")]
    anonymous = events.filter(pl.col("record_id").is_null())
    assert anonymous.height == 3
    assert anonymous["role"].null_count() == 3
    assert anonymous["matter"].n_unique() == 1
    assert anonymous["matter"][0] != events.drop_nulls("record_id")["matter"][0]


@pytest.mark.parametrize(
    ("birth", "quality", "facts", "age"),
    [
        ("07/11/2003", "exact", "06/11/2017", 13),
        ("07/11/2003", "exact", "07/11/2017", 14),
        ("29/02/2004", "exact", "28/02/2017", 12),
        ("29/02/2004", "exact", "01/03/2017", 13),
        ("2003", "year_only", "06/2017", 13),
        ("2003", "year_only", "2017", 13),
        ("1998", "year_only", "2017", None),
        ("01/01/1998", "estimated", "01/06/2017", None),
    ],
)
def test_age_at_the_facts(
    nation: Nation, birth: str, quality: str, facts: str, age: int | None
) -> None:
    changes = {"birth_date": birth, "birth_date_quality": quality, "facts_date": facts}
    record, _ = one(nation, "local_police", complaint_on="01/06/2018", missing_on="",
                    found_on="", **changes)  # fmt: skip
    assert record["age_at_facts"] == age


def test_a_declared_age_counts_where_dates_are_missing(nation: Nation) -> None:
    record, _ = one(
        nation, "local_police", birth_date="", birth_date_quality="", age_at_facts="15",
        age_at_identification="16",
    )  # fmt: skip
    assert (record["age_at_facts"], record["age_at_identification"]) == (15, 16)


def test_labels_of_a_column_are_those_of_its_values() -> None:
    numbers = pl.Series(["1", None, "é/2"])
    assert record_labels("a", "p", numbers).to_list() == [
        record_label("a", "p", "1"), None, record_label("a", "p", "é/2"),
    ]  # fmt: skip


def test_every_coded_value_is_in_its_list(nation: Nation) -> None:
    _, events = kept(nation, "hotline", [sample_row(load_profile("hotline"))])
    assert set(events["channel"].drop_nulls()) <= set(load().codelist("channels"))
    assert set(events["counterpart"].drop_nulls()) <= set(load().codelist("agencies"))
