"""Every text of the site stands in every language, with the same places to fill in."""

import re

import pytest

from tutela.site.translations import LANGUAGES, faults, read

PLACES = re.compile(r"%\((\w+)\)s")


def test_nothing_is_missing_fuzzy_left_over_or_not_compiled():
    assert faults() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_fill_in_the_same_places(language):
    for message in read(language):
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = set(PLACES.findall(originals[-1]))
        for text in texts:
            assert set(PLACES.findall(text)) <= allowed, text
        assert set(PLACES.findall(texts[-1])) == allowed, originals[-1]


def test_a_missing_translation_is_a_fault(monkeypatch):
    from tutela.site import translations

    wanted = translations.collected()
    wanted.add("A sentence that nobody translated.")
    monkeypatch.setattr(translations, "collected", lambda: wanted)
    found = translations.faults()
    assert len(found) == len(LANGUAGES)
    assert all("A sentence that nobody translated." in line for line in found)
