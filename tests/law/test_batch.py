"""The batch answers as the single question does, case by case, and refuses by row and column."""

import random
from datetime import date

import polars as pl
import pytest

from tests.law.cases import random_case
from tutela.errors import InputRefused, Misuse
from tutela.law import Facts, load_law, qualify
from tutela.law.batch import qualify_frame
from tutela.law.batch_file import qualify_file

FIELDS = (
    "offence_id", "article", "era", "prison_min_months", "prison_max_months", "level",
    "fine_min_eur", "fine_max_eur",
)  # fmt: skip


def single(case):
    reply = qualify(Facts.of(**case))
    plain = reply.principal.as_dict() if reply.principal else {}
    return {
        "outcome": reply.outcome.value,
        **{field: plain.get(field) for field in FIELDS},
        "missing": set(reply.missing),
    }


def batched(cases):
    frame = pl.DataFrame(cases, infer_schema_length=None)
    rows = qualify_frame(frame, load_law()).to_dicts()
    return [{**row, "missing": set(filter(None, row["missing"].split(";")))} for row in rows]


@pytest.mark.parametrize("known", [0.3, 0.75, 0.97])
def test_each_case_is_answered_as_if_it_were_alone(known):
    chance = random.Random(int(known * 100))
    cases = [random_case(chance, known) for _ in range(700)]
    for case, together in zip(cases, batched(cases), strict=True):
        assert together == single(case), case


def test_dates_of_birth_give_the_same_ages_and_gaps():
    base = {"conduct": "rape", "facts_on": date(2023, 3, 1), "consent": True}
    cases = [
        {**base, "victim_born": date(2008, 2, 29), "offender_born": date(2005, month, day)}
        for month, day in ((2, 28), (3, 1), (2, 27))
    ]
    cases.append({**base, "victim_born": date(2007, 3, 1), "offender_age": 40})
    for case, together in zip(cases, batched(cases), strict=True):
        assert together == single(case), case


def test_the_law_of_the_day_of_judgment_with_the_ages_of_the_facts():
    frame = pl.DataFrame(
        {
            "facts_on": [date(2021, 1, 1)],
            "judged_on": [date(2023, 1, 1)],
            "victim_born": [date(2009, 1, 2)],
            "conduct": ["csam_access"],
        }
    )
    then = qualify_frame(frame, load_law())
    now = qualify_frame(frame, load_law(), law_of="judged_on")
    assert then["article"].to_list() == ["383bis §2"]
    assert now["article"].to_list() == ["417/47"]
    with pytest.raises(Misuse):
        qualify_frame(frame, load_law(), law_of="victim_born")
    with pytest.raises(InputRefused, match="row 1, column judged_on"):
        qualify_frame(frame.with_columns(judged_on=date(2020, 1, 1)), load_law())


def test_a_case_without_day_or_conduct_is_asked_for_it():
    rows = batched([{"facts_on": None, "conduct": "rape"}, {"facts_on": date(2023, 1, 1)}])
    assert [row["missing"] for row in rows] == [{"facts_on"}, {"conduct"}]


@pytest.mark.parametrize(
    ("column", "value"),
    [("conduct", "theft"), ("victim_age", 200), ("consent", "perhaps"), ("facts_on", "2023-02-30")],
)
def test_a_value_that_cannot_be_is_named_by_row_and_column(column, value):
    rows = [{"conduct": "rape", "facts_on": "2023-01-01", "victim_age": 3, "consent": "no"}] * 2
    frame = pl.DataFrame([*rows, {**rows[0], column: value}])
    with pytest.raises(InputRefused) as refused:
        qualify_frame(frame, load_law())
    assert refused.value.details["row"] == 3
    assert refused.value.details["column"] == column


def test_a_refused_file_leaves_nothing(tmp_path):
    pl.DataFrame({"colour": ["red"]}).write_parquet(tmp_path / "cases.parquet")
    with pytest.raises(InputRefused, match="colour"):
        qualify_file(tmp_path / "cases.parquet", tmp_path / "out.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["cases.parquet"]


def test_a_file_is_answered_in_its_order(tmp_path):
    cases = pl.DataFrame(
        {"case": ["b", "a"], "conduct": ["rape", "csam_access"], "facts_on": [date(2023, 1, 1)] * 2}
    )
    cases.write_parquet(tmp_path / "cases.parquet")
    report = qualify_file(tmp_path / "cases.parquet", tmp_path / "out.parquet")
    assert report["cases"] == 2
    assert pl.read_parquet(tmp_path / "out.parquet")["case"].to_list() == ["b", "a"]


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_a_refusal_of_a_batch_speaks_each_language(language):
    from tutela.law.refusals import in_language

    frame = pl.DataFrame([{"facts_on": "2023-05-01", "conduct": "no such thing"}])
    with pytest.raises(InputRefused) as refused:
        qualify_frame(frame, load_law())
    words = in_language(refused.value, language)
    row = {"fr": "ligne 1", "nl": "rij 1", "de": "Zeile 1", "en": "row 1"}[language]
    assert row in words.message
    assert "no such thing" in words.message
    assert "brothel" in words.remedy
    assert words.details["row"] == 1
