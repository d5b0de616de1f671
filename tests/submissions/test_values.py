"""Codes, labels, places, countries, numbers and money as agencies write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.submissions.profiles import LANGUAGES, load_profile, profile_names
from tutela.submissions.values import Read, allowed_codes, reader_for
from tutela.vocabulary import load


def read(profile: str, column: str, text: str) -> Read:
    declared = load_profile(profile)
    reader = reader_for(declared.column(column), declared)
    assert reader is not None
    return reader(text)


@pytest.mark.parametrize("name", profile_names())
def test_every_code_is_taken_and_no_label_is_mistaken(name: str) -> None:
    profile = load_profile(name)
    for column in profile.columns:
        if column.codelist is None or column.type == "codes":
            continue
        reader = reader_for(column, profile)
        assert reader is not None
        labels = load().codelist(column.codelist)
        for code in allowed_codes(column, profile):
            assert reader(code) == (code, None)
            for lang in LANGUAGES:
                found, _ = reader(labels.label(code, lang))
                # A label that two codes share is refused, never guessed.
                assert found in (code, None)


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("sex", "vrouw", "F"), ("sex", "H", "M"), ("sex", "?", None), ("role", "Dader", "suspect"),
        ("risk_care", "nee", "no"), ("risk_care", "Oui", "yes"), ("risk_care", "O", "yes"),
        ("citizenship", "Marokko", "MA"), ("citizenship", "maroc", "MA"),
        ("citizenship", "apatride", "XX"), ("citizenship", "onbekend", None),
        ("residence", "Anvers", "11002"), ("residence", "2000", "11002"),
        ("residence", "1000 Bruxelles", "21004"), ("residence", "21004", "21004"),
        ("interviews", "3", 3), ("interviews", "3.0", 3),
    ],
)  # fmt: skip
def test_what_administrations_write_is_understood(column: str, text: str, code: object) -> None:
    assert read("local_police", column, text) == (code, None)


@pytest.mark.parametrize(
    ("column", "text", "problem"),
    [
        ("sex", "yes", "unknown_code"), ("citizenship", "Atlantis", "unknown_country"),
        ("residence", "Nowhere", "unknown_place"), ("interviews", "two", "bad_integer"),
        ("interviews", "-1", "out_of_range"), ("interviews", "2.5", "bad_integer"),
        ("age_at_facts", "200", "out_of_range"), ("forms", "csam; magic", "unknown_code"),
        ("complaint_on", "2015", "partial_date"), ("facts_date", "soon", "bad_date"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(column: str, text: str, problem: str) -> None:
    assert read("local_police", column, text)[1] == problem


def test_several_codes_are_kept_once_and_unknown_yields_to_known() -> None:
    assert read("local_police", "forms", "csam;Grooming ; csam") == (["csam", "grooming"], None)
    assert read("local_police", "forms", "unknown; csam") == (["csam"], None)
    assert read("local_police", "forms", "unknown") == (["unknown"], None)


def test_an_outcome_belongs_to_its_event() -> None:
    assert read("courts", "judgment", "convicted") == ("convicted", None)
    assert read("courts", "judgment", "insufficient_evidence")[1] == "unknown_code"
    assert read("prosecution", "dismissal_reason", "prescribed") == ("prescribed", None)


def test_only_the_profile_s_roles_are_taken() -> None:
    assert read("courts", "role", "Verdachte") == ("suspect", None)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500", 1500.0), ("1500,50", 1500.5), ("1.500,50", 1500.5), ("1,500.50", 1500.5),
        ("€ 1 500,50", 1500.5), ("1\u202f500 EUR", 1500.0), ("0", 0.0), ("1.234.567,8", 1234567.8),
    ],
)  # fmt: skip
def test_money_is_read_in_belgian_and_english(text: str, amount: float) -> None:
    assert read("courts", "fine_eur", text) == (amount, None)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.34.56", "a lot", "1e3"])
def test_money_that_is_not_clear_is_refused(text: str) -> None:
    assert read("courts", "fine_eur", text) == (None, "bad_amount")


def test_a_negative_amount_is_refused() -> None:
    assert read("courts", "fine_eur", "-5,00") == (None, "negative_amount")


@given(st.integers(min_value=0, max_value=10**9))
@settings(max_examples=50)
def test_cents_survive(cents: int) -> None:
    euro, rest = divmod(cents, 100)
    assert read("courts", "fine_eur", f"{euro},{rest:02}") == (cents / 100, None)


def test_a_postal_code_of_two_municipalities_is_not_guessed() -> None:
    mapping = load().mapping("municipality_of_postal_code")
    municipalities = load().codelist("municipalities")
    assert all(link.target in municipalities for link in mapping.links)
