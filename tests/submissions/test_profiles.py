"""The declared profiles hold together, and every one of them is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutela.declared_profiles import declared_profile
from tutela.errors import Misuse
from tutela.submissions.profiles import (
    LANGUAGES,
    Profile,
    fold_heading,
    load_profile,
    profile_names,
)
from tutela.submissions.rules import _KINDS
from tutela.submissions.values import synonyms
from tutela.vocabulary import load

DOCUMENTED = Path(__file__).parents[2] / "docs" / "profiles.md"

every_profile = pytest.mark.parametrize(
    "profile", [load_profile(name) for name in profile_names()], ids=profile_names()
)


def test_the_ten_agencies_have_a_profile() -> None:
    assert set(profile_names()) == {
        "federal_police",
        "local_police",
        "prosecution",
        "courts",
        "hotline",
        "specialised_centre",
        "guardianship_service",
        "immigration_office",
        "compensation_commission",
        "youth_care",
    }


@every_profile
def test_agency_events_and_outcomes_are_in_the_vocabulary(profile: Profile) -> None:
    vocabulary = load()
    outcomes = vocabulary.codelist("outcomes")
    assert profile.agency in vocabulary.codelist("agencies")
    for event in profile.events:
        assert event.type in vocabulary.codelist("event_types")
    for column in profile.columns:
        if column.codelist:
            assert vocabulary.codelist(column.codelist).codes()
        if column.event_type:
            assert outcomes.where("event_type", column.event_type)


@every_profile
def test_all_words_are_there_in_four_languages(profile: Profile) -> None:
    texts = [profile.label, *(column.label for column in profile.columns)]
    texts += [column.note for column in profile.columns if column.note]
    texts += [text for rule in profile.rules for text in (rule.message, rule.remedy)]
    for text in texts:
        assert set(text) == set(LANGUAGES)
        assert all(words.strip() for words in text.values())


@every_profile
def test_no_heading_means_two_columns(profile: Profile) -> None:
    meant: dict[str, str] = {}
    for column in profile.columns:
        for heading in column.headings():
            folded = fold_heading(heading)
            assert meant.setdefault(folded, column.name) == column.name, heading


@every_profile
def test_events_and_rules_speak_of_columns_that_exist(profile: Profile) -> None:
    named = {column.name for column in profile.columns}
    for event in profile.events:
        used = {event.when, event.date, event.year_of, *event.copies.values()} - {None}
        assert used <= named, event.type
    for rule in profile.rules:
        assert rule.kind in _KINDS
        options = rule.options
        used = {
            options.get(key)
            for key in ("first", "second", "when", "needs", "value", "date", "limit_column")
        } - {None, "*"}
        assert used | set(rule.where) | set(rule.unless) <= named, rule.name
    assert set(profile.identified) <= named
    assert profile.matter in named


@every_profile
def test_identity_columns_are_marked_personal(profile: Profile) -> None:
    assert set(profile.personal) == {
        "given_names",
        "family_names",
        "other_names",
        "mother_names",
        "birth_date",
        "phone",
        "case_reference",
        "person_reference",
    }


def test_synonyms_lead_to_codes() -> None:
    vocabulary = load()
    for name, words in synonyms("be").items():
        if name != "nothing":
            assert set(words.values()) <= set(vocabulary.codelist(name).codes())


def test_an_unknown_profile_is_misuse() -> None:
    with pytest.raises(Misuse, match="no profile"):
        load_profile("navy")
    with pytest.raises(Misuse, match="no country pack"):
        profile_names("xx")


@every_profile
def test_every_profile_and_column_is_documented(profile: Profile) -> None:
    text = DOCUMENTED.read_text(encoding="utf-8")
    _, _, rest = text.partition(f"\n## {profile.name}\n")
    section = rest.partition("\n## ")[0]
    assert section, f"{profile.name} has no section"
    shared = {column["name"] for column in _block("person") + _block("facts") + _block("risk")}
    for column in profile.columns:
        where = text if column.name in shared else section
        assert f"`{column.name}`" in where, column.name
    for event in profile.events:
        assert f"`{event.type}`" in section, event.type
    for rule in profile.rules:
        assert f"`{rule.name}`" in text, rule.name


def _block(name: str) -> list[dict[str, object]]:
    import tomllib
    from importlib.resources import files

    folder = files("tutela").joinpath("countries").joinpath("be").joinpath("profiles")
    text = folder.joinpath("blocks").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    columns: list[dict[str, object]] = tomllib.loads(text)["columns"]
    return columns


def test_a_block_s_rules_go_with_the_columns_left_out() -> None:
    names = {rule["name"] for rule in declared_profile("federal_police")["rules"]}
    assert "found_before_missing" not in names
    assert "recorded_over_interviews" in names
