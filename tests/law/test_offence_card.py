"""A page about an offence: what the tables say about it, in four languages."""

from datetime import date

import pytest

from tutela.errors import InputRefused
from tutela.law import load_law, offence_card
from tutela.law.words import LANGUAGES

LAW = load_law()


def test_grooming_has_a_past_and_a_future():
    card = offence_card(LAW, "be22-417_24")
    assert card.range["de"] == "36-60 Monate Freiheitsstrafe"
    assert [o.article for o in card.earlier] == ["377quater"]
    assert card.later.article == "151"
    assert "a-58-22" in {measure["row"] for measure in card.accessories}
    assert {"p-92-rec-22", "p-id-22"} <= {row.id for row in card.provisions["procedure"]}
    assert "p-92-rec-13" not in {row.id for row in card.provisions["procedure"]}


def test_what_splits_says_into_what():
    card = offence_card(LAW, "be18-380-5")
    assert card.later is None
    assert "417/36" in card.without_later["fr"]
    assert len(card.ways) == 5


def test_the_report_stays_visible():
    assert offence_card(LAW, "be18-379-3").report[0]["report"] == "60"


def test_an_article_is_found_on_a_day_and_refused_on_another():
    assert offence_card(LAW, "417/24", date(2023, 1, 1)).offence.id == "be22-417_24"
    with pytest.raises(InputRefused, match="417/24"):
        offence_card(LAW, "417/24", date(2018, 1, 1))


@pytest.mark.parametrize("identifier", LAW.offences)
def test_every_offence_has_a_card_in_four_languages(identifier):
    card = offence_card(LAW, identifier)
    assert card.ways
    for conduct, conditions in card.ways:
        for words in (card.range, conduct, *conditions):
            assert all(words[lang] for lang in LANGUAGES)
