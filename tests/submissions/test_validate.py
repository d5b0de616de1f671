"""Every problem of a file is named with row, column, value and remedy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tutela.errors import Misuse
from tutela.submissions.problems import problem_texts
from tutela.submissions.profiles import LANGUAGES, load_profile, profile_names
from tutela.submissions.validate import ValidationReport, validate_file

from .sample import Row, sample_row, sample_rows, write_csv

TODAY = date(2024, 6, 1)


def check(
    tmp_path: Path, profile: str, rows: list[Row], lang: str = "en", **options: int
) -> ValidationReport:
    file = write_csv(tmp_path / "f.csv", rows)
    return validate_file(file, load_profile(profile), lang, today=TODAY, **options)


def kinds(report: ValidationReport) -> set[tuple[str, str, str]]:
    return {(group.kind, group.severity, group.column) for group in report.groups}


@pytest.mark.parametrize("name", profile_names())
def test_the_sample_rows_have_no_problem(tmp_path: Path, name: str) -> None:
    report = check(tmp_path, name, sample_rows(load_profile(name), 3))
    assert (report.rows, report.errors, report.warnings) == (3, 0, 0), report.as_dict()
    assert report.ok


@pytest.mark.parametrize("name", profile_names())
@pytest.mark.parametrize("lang", LANGUAGES)
def test_headings_of_every_language_are_understood(tmp_path: Path, name: str, lang: str) -> None:
    profile = load_profile(name)
    labels = {column.name: column.label[lang].upper() for column in profile.columns}
    file = write_csv(tmp_path / "f.csv", sample_rows(profile, 2), headings=labels)
    assert validate_file(file, profile, today=TODAY).ok


def test_a_problem_has_row_column_value_and_remedy(tmp_path: Path) -> None:
    profile = load_profile("local_police")
    rows = sample_rows(profile, 5)
    rows[3]["complaint_on"] = "31/04/2017"
    file = write_csv(tmp_path / "f.csv", rows, headings={"complaint_on": "Datum klacht"})
    report = validate_file(file, profile, "nl", today=TODAY)
    (group,) = report.groups
    (problem,) = group.examples
    assert (group.kind, group.column, group.total) == ("no_such_day", "Datum klacht", 1)
    assert (problem.row, problem.value) == (5, "31/04/2017")
    assert problem.message == "“31/04/2017” bestaat niet op de kalender."
    assert group.remedy
    assert not report.ok


def test_examples_are_capped_and_totals_are_not(tmp_path: Path) -> None:
    rows = [sample_row(load_profile("local_police"), n, sex="zz") for n in range(1, 31)]
    report = check(tmp_path, "local_police", rows, cap=4)
    (group,) = report.groups
    assert (group.total, len(group.examples), report.errors) == (30, 4, 30)
    assert "F, M, X, unknown" in group.remedy


def test_missing_and_unknown_and_doubled_columns(tmp_path: Path) -> None:
    row = sample_row(load_profile("local_police"))
    del row["role"]
    row |= {"Shoe size": "38", "Geslacht": "F", "synthetic": "SYNTHETIC"}
    report = check(tmp_path, "local_police", [row])
    assert kinds(report) == {
        ("column_missing", "error", "Role"),
        ("column_unknown", "warning", "Shoe size"),
        ("column_twice", "error", "Geslacht"),
    }
    missing = next(group for group in report.groups if group.kind == "column_missing")
    assert "Hoedanigheid" in missing.remedy
    assert "Qualité" in missing.remedy
    assert report.synthetic


def test_required_cells_duplicates_and_nobody(tmp_path: Path) -> None:
    profile = load_profile("local_police")
    nobody = dict.fromkeys(profile.personal, "") | {"birth_date_quality": ""}
    rows = [
        sample_row(profile, 1), sample_row(profile, 1), sample_row(profile, 3, record=""),
        sample_row(profile, 4, **nobody),
    ]  # fmt: skip
    report = check(tmp_path, "local_police", rows)
    assert kinds(report) == {
        ("duplicate_record", "error", "record"),
        ("required", "error", "record"),
        ("nobody", "warning", "family_names"),
    }
    double = next(group for group in report.groups if group.kind == "duplicate_record")
    assert (double.examples[0].row, "row 2" in double.examples[0].message) == (3, True)


def test_a_report_about_nobody_is_no_problem_for_a_hotline(tmp_path: Path) -> None:
    profile = load_profile("hotline")
    row = sample_row(profile, **dict.fromkeys(profile.personal, ""), birth_date_quality="")
    assert check(tmp_path, "hotline", [row]).groups == ()


#: profile, changes to a row without problems, rule that must speak, its severity.
BROKEN: list[tuple[str, dict[str, str], str, str]] = [
    ("local_police", {"complaint_on": "02/06/2024"}, "in_the_future", "error"),
    ("local_police", {"complaint_on": "06/11/2003", "facts_date": ""}, "before_birth", "error"),
    ("local_police", {"birth_date": "01/03/1999"}, "adult_marked_child", "error"),
    (
        "local_police",
        {"birth_date": "1998", "birth_date_quality": "year_only"},
        "adult_by_estimate",
        "warning",
    ),
    ("local_police", {"birth_date": "", "age_at_facts": "18", "birth_date_quality": "exact"},
     "adult_marked_child", "error"),
    ("local_police", {"facts_country": "FR"}, "facts_in_two_countries", "warning"),
    ("local_police", {"interviews_recorded": "3"}, "recorded_over_interviews", "error"),
    ("local_police", {"found_on": "01/04/2017"}, "found_before_missing", "error"),
    ("local_police", {"missing_on": ""}, "found_without_missing", "warning"),
    ("local_police", {"complaint_on": "28/02/2017"}, "complaint_before_facts", "warning"),
    ("federal_police", {"frozen_on": ""}, "freeze_without_date", "warning"),
    ("prosecution", {"prosecuted_on": "01/01/2017"}, "prosecuted_before_opened", "error"),
    ("prosecution", {"dismissed_on": "01/01/2017"}, "dismissed_before_opened", "error"),
    ("prosecution", {"dismissed_on": ""}, "dismissal_without_date", "error"),
    ("courts", {"judgment": "acquitted", "fine_eur": ""}, "prison_without_conviction", "error"),
    ("courts", {"judgment": "", "fine_eur": ""}, "prison_without_conviction", "error"),
    ("courts", {"judgment": "acquitted", "prison_months": ""}, "fine_without_conviction", "error"),
    ("courts", {"judgment_on": ""}, "decision_without_date", "error"),
    ("courts", {"judgment_on": "01/01/2016"}, "judged_before_facts", "error"),
    ("courts", {"role": "suspect"}, "suspect_recognised_victim", "error"),
    ("hotline", {"forwarded_on": "01/01/2017"}, "forwarded_before_received", "error"),
    ("hotline", {"acknowledged_on": "01/01/2017"}, "acknowledged_before_forwarded", "error"),
    ("hotline", {"forwarded_on": ""}, "acknowledged_without_forwarded", "error"),
    ("hotline", {"forwarded_to": ""}, "forwarded_to_nobody", "warning"),
    ("specialised_centre", {"admitted_on": "01/03/2017"}, "admitted_before_referred", "warning"),
    ("specialised_centre", {"left_on": "01/01/2017"}, "left_before_admitted", "error"),
    ("specialised_centre", {"left_on": ""}, "left_to_without_date", "warning"),
    ("specialised_centre", {"returned_on": ""}, "return_without_date", "warning"),
    ("specialised_centre", {"followed_up_on": ""}, "follow_up_without_date", "warning"),
    ("guardianship_service", {"assigned_on": "01/01/2017"}, "assigned_before_signalled", "error"),
    ("guardianship_service", {"age_assessed_on": ""}, "age_outcome_without_date", "warning"),
    ("guardianship_service", {"age_assessment": "adult"}, "guardian_for_adult", "warning"),
    ("guardianship_service", {"deprived_on": ""}, "deprivation_without_date", "warning"),
    ("immigration_office", {"citizenship": "BE"}, "belgian_in_register", "error"),
    ("immigration_office", {"status_granted_on": "01/01/2017"}, "status_before_presumed", "error"),
    ("immigration_office", {"unlimited_on": "01/01/2017"}, "unlimited_before_status", "error"),
    ("compensation_commission", {"awarded_on": ""}, "paid_without_awarded", "error"),
    ("compensation_commission", {"paid_eur": "1500,51"}, "paid_over_awarded", "error"),
    ("compensation_commission", {"awarded_on": "01/01/2017"}, "awarded_before_claimed", "error"),
    ("compensation_commission", {"paid_on": "01/01/2017"}, "paid_before_awarded", "error"),
    ("youth_care", {"measure_on": "01/01/2017"}, "measure_before_signalled", "warning"),
    ("courts", {"judgment": "", "prison_months": "", "fine_eur": ""}, "judgment_without_decision",
     "warning"),
    ("prosecution", {"offence": "be18-379-1", "facts_date": "2023", "birth_date": "2010"},
     "offence_ended_before_facts", "error"),
    ("prosecution", {"offence": "be22-417_24"}, "offence_newer_than_facts", "warning"),
    ("prosecution", {"offence": "be22-417_24", "facts_date": "10/2026", "birth_date": "2012"},
     "offence_replaced_by_new_code", "warning"),
]  # fmt: skip


@pytest.mark.parametrize(("profile", "changes", "rule", "severity"), BROKEN)
def test_each_rule_speaks(
    tmp_path: Path, profile: str, changes: dict[str, str], rule: str, severity: str
) -> None:
    report = check(tmp_path, profile, [sample_row(load_profile(profile), **changes)])
    spoken = {(kind, how) for kind, how, _ in kinds(report)}
    assert (rule, severity) in spoken, report.as_dict()


def test_every_declared_rule_is_tried() -> None:
    declared = {rule.name for name in profile_names() for rule in load_profile(name).rules}
    assert {rule for _, _, rule, _ in BROKEN} == declared


@pytest.mark.parametrize(
    "changes",
    [
        # The judgment may be on a later day of the year of the facts.
        {"facts_date": "2017", "judgment_on": "03/2017"},
        {"prison_months": "0", "fine_eur": "0", "judgment": "acquitted"},
        # Born in 1999, facts in 2017: 17 or 18, so still a child.
        {"birth_date": "1999", "birth_date_quality": "exact"},
        {"birth_date": "03/1999", "birth_date_quality": ""},
        # In force during a part of the year only.
        {
            "offence": "be18-379-1",
            "facts_date": "2022",
            "birth_date": "2009",
            "judgment_on": "2024",
        },
        {"offence": "be18-377quater", "facts_date": "2014"},
        # An earlier text of this article is not encoded, so it may have been in force.
        {"offence": "be18-383bis-1", "facts_date": "2015"},
    ],
)
def test_rules_are_silent_where_the_row_may_be_right(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    report = check(tmp_path, "courts", [sample_row(load_profile("courts"), **changes)])
    assert report.errors == 0, report.as_dict()


def test_words_are_there_in_four_languages_and_fit(tmp_path: Path) -> None:
    for kind, texts in problem_texts().items():
        for part in ("message", "remedy"):
            assert set(texts[part]) == set(LANGUAGES), kind
    rows = [sample_row(load_profile("courts"), 1, sex="zz", judgment_on="01/01/2016")]
    spoken = {lang: check(tmp_path, "courts", rows, lang) for lang in LANGUAGES}
    messages = {lang: report.groups[0].examples[0].message for lang, report in spoken.items()}
    assert len(set(messages.values())) == len(LANGUAGES)
    assert "{" not in "".join(messages.values())


def test_an_unknown_language_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse):
        check(tmp_path, "courts", [sample_row(load_profile("courts"))], "it")
