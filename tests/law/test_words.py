"""Words are there in four languages, hold the same values, and are all used."""

import re
from pathlib import Path

import pytest

from tutela.errors import Misuse
from tutela.law.words import LANGUAGES, phrase, read_words

SOURCE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[2] / "src" / "tutela").rglob("*.py"))
)


@pytest.mark.parametrize("table", ["phrases", "facts"])
def test_every_text_is_there_in_four_languages(table):
    for key, entry in read_words(table).items():
        for lang in LANGUAGES:
            assert entry[lang].strip(), (key, lang)
        blanks = {tuple(sorted(re.findall(r"{(\w+)}", entry[lang]))) for lang in LANGUAGES}
        assert len(blanks) == 1, key


def test_every_refusal_is_there_in_four_languages_and_used():
    for key, entry in read_words("refusals").items():
        assert f'"{key}"' in SOURCE, key
        for part in ("message", "remedy"):
            assert set(entry[part]) == set(LANGUAGES), key
            blanks = {tuple(sorted(re.findall(r"{(\w+)}", t))) for t in entry[part].values()}
            assert len(blanks) == 1, key


def test_every_code_has_four_names():
    for fact, codes in read_words("codes").items():
        for code, names in codes.items():
            assert set(names) == set(LANGUAGES), (fact, code)


def test_every_phrase_is_used():
    families = ("value_", "overall_", "attempt_", "milder_", "consent_")
    families += ("question_", "gap_", "outcome_", "range_")
    unused = [
        key
        for key in read_words("phrases")
        if f'"{key}"' not in SOURCE and not key.startswith(families)
    ]
    assert unused == []


def test_a_phrase_that_does_not_exist_is_a_fault_of_ours():
    with pytest.raises(Misuse, match="odd"):
        phrase("odd")
