"""Every declaration is complete, in four languages, and refers to what exists."""

from __future__ import annotations

import pytest

from tutela.errors import Misuse
from tutela.indicators import load
from tutela.indicators.dimension import LANGUAGES, read_dimension
from tutela.indicators.queries import population_query
from tutela.vocabulary import load as load_vocabulary

EUROSTAT = {"PER_VICT", "PER_SUSP", "PER_PRSC", "PER_CNV"}
#: What the plan asks to be counted, each by at least one indicator.
ASKED = {
    "reports_received", "reports_handling", "victims_by_form", "victims_by_age", "victims_by_sex",
    "victims_by_age_at_identification", "victims_by_citizenship", "victims_by_territory",
    "victims_by_identifying_body", "referral_path", "referral_delay", "guardians",
    "victims_interviews", "interviews_recorded", "suspects_by_offence", "persons_prosecuted",
    "persons_convicted",
    "victims_justice_stage", "suspects_decision", "extraterritorial_cases", "sectt_reports",
    "aid_awarded", "aid_paid", "court_compensation", "confiscations",
    "victims_deprived_of_liberty", "victims_missing", "returns", "reintegration",
    "age_assessments", "status_granted", "court_recognised", "victims_by_year_of_facts",
    *(f"risk_{risk}" for risk in load_vocabulary().codelist("risk_situations")),
}  # fmt: skip


def test_what_was_asked_is_declared() -> None:
    assert {indicator.id for indicator in load()} >= ASKED


def test_every_text_is_there_in_four_languages() -> None:
    for indicator in load():
        texts = [indicator.label, indicator.definition, indicator.how_to_read]
        texts += [indicator.denominator, indicator.population.who]
        texts += [code.label for d in indicator.dimensions for code in d.codes]
        texts += [source.coverage for source in indicator.sources]
        texts += [answer.text for answer in indicator.answers]
        for text in texts:
            assert all(text[lang].strip() and "{" not in text[lang] for lang in LANGUAGES)


def test_labels_tell_indicators_apart_in_every_language() -> None:
    for lang in LANGUAGES:
        labels = [indicator.label[lang] for indicator in load()]
        assert len(set(labels)) == len(labels)


def test_standards_exist() -> None:
    vocabulary = load_vocabulary()
    for indicator in load():
        assert set(indicator.standards) <= {"iccs", "sdg", "eurostat"}
        assert all(
            code in vocabulary.codelist("iccs") for code in indicator.standards.get("iccs", ())
        )
        assert set(indicator.standards.get("eurostat", ())) <= EUROSTAT
        series = vocabulary.codelist("sdg_series")
        assert all(code in series for code in indicator.standards.get("sdg", ()))


def test_units_of_description_are_never_mixed_in_one_population() -> None:
    units = {(i.population.name, i.population.unit) for i in load()}
    assert len(units) == len({name for name, _ in units})
    assert {"presumed", "referred", "status_granted", "court_recognised"} <= {u for _, u in units}


def test_every_population_has_a_query_and_one_time() -> None:
    for indicator in load():
        assert "unit_id" in population_query(indicator.population.name)
        times = {d.name for d in indicator.dimensions if d.kind == "time"}
        assert times <= {indicator.population.time, "year_facts"}


def test_hierarchies_are_whole() -> None:
    for indicator in load():
        for dimension in indicator.dimensions:
            codes = [code.code for code in dimension.codes]
            assert len(set(codes)) == len(codes)
            assert set(dimension.parents().values()) <= set(codes)


def test_an_entry_has_the_shape_of_a_release() -> None:
    entry = next(i for i in load() if i.id == "reports_handling").entry()
    handling = entry["dimensions"][1]
    assert handling["codes"][0]["code"] == "_T"
    assert handling["codes"][0]["parent"] is None
    by_code = {code["code"]: code["parent"] for code in handling["codes"]}
    assert by_code["forwarded"] == "_T"
    assert by_code["ack_7"] == "forwarded"
    assert entry["unit"]["code"] == "report"
    assert entry["year_of"] == "registration"


def test_a_declared_fault_is_refused() -> None:
    vocabulary = load_vocabulary()
    label = dict.fromkeys(LANGUAGES, "x")
    with pytest.raises(Misuse, match="no kind of dimension"):
        read_dimension("d", {"kind": "shape", "label": label}, vocabulary)
    with pytest.raises(Misuse, match="residual 'ghost'"):
        read_dimension("d", {"kind": "category", "label": label, "residual": ["ghost"]}, vocabulary)
    twice = {"kind": "category", "label": label, "codes": [{"code": "a", "label": label}] * 2}
    with pytest.raises(Misuse, match="declared twice"):
        read_dimension("d", twice, vocabulary)
    with pytest.raises(Misuse, match="no country pack"):
        load("atlantis")
