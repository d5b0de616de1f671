"""The engine's words in four languages: questions of facts, names of codes, phrases of reasons."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tutela.errors import Misuse

LANGUAGES = ("fr", "nl", "de", "en")
#: One text in the four languages.
Words = Mapping[str, str]

_FOLDER = Path(__file__).parent / "words"


@cache
def read_words(name: str) -> dict[str, Any]:
    """The table `words/<name>.toml`."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def same(text: str) -> Words:
    """A text that is the same in all languages: an article, a number, a date."""
    return dict.fromkeys(LANGUAGES, text)


class Phrase(Mapping[str, str]):
    """A phrase of `words/phrases.toml` with its values, put into words when it is read."""

    __slots__ = ("_key", "_values")

    def __init__(self, key: str, values: Mapping[str, Words | str | float | date | None]) -> None:
        self._key = key
        self._values = values

    def __getitem__(self, lang: str) -> str:
        template: str = read_words("phrases")[self._key][lang]
        return template.format(
            **{k: v[lang] if isinstance(v, Mapping) else v for k, v in self._values.items()}
        )

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)


def phrase(key: str, **values: Words | str | float | date | None) -> Words:
    """The phrase `key` with its values filled in, in the four languages."""
    if key not in read_words("phrases"):
        raise Misuse(f"the law engine has no phrase {key!r}")
    return Phrase(key, values)


def question(fact: str) -> Words:
    """What to ask to learn a fact."""
    entry = read_words("facts")[fact]
    return {lang: entry[lang] for lang in LANGUAGES}


def code_label(fact: str, value: str) -> Words:
    """The name of a code that a fact may hold, or of yes and no."""
    names: Words = read_words("codes").get(fact, {}).get(value) or read_words("phrases").get(
        f"value_{value}", {}
    )
    return dict(names) if names else same(value)


def outcome_label(outcome: str) -> Words:
    """The name of an outcome for a reader."""
    return phrase(f"outcome_{outcome}")
