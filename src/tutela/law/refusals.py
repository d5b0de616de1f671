"""Refusals of facts, worded in the four languages; the exception itself speaks English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tutela.errors import InputRefused
from tutela.law.words import LANGUAGES, Words, read_words


def refused(
    key: str, fact: str, value: object, **values: Words | str | int | date | None
) -> InputRefused:
    """A refusal of `words/refusals.toml` about a fact's value.

    `details` hold the fact (`column`), the value, and `words`: message and remedy by language.
    """
    entry = read_words("refusals")[key]
    filled = {"fact": fact, "value": str(value), **values}

    def worded(part: str) -> dict[str, str]:
        return {
            lang: entry[part][lang].format(
                **{k: v[lang] if isinstance(v, Mapping) else v for k, v in filled.items()}
            )
            for lang in LANGUAGES
        }

    message, remedy = worded("message"), worded("remedy")
    return InputRefused(
        message["en"],
        remedy=remedy["en"],
        details={
            "column": fact,
            "value": str(value),
            "words": {"message": message, "remedy": remedy},
        },
    )


def at_row(error: InputRefused, row: int, place: int) -> InputRefused:
    """The same refusal about another row: of the whole file instead of a part of it."""

    def moved(text: str) -> str:
        return text.replace(f" {row},", f" {place},", 1)

    words = error.details["words"]
    message = {lang: moved(text) for lang, text in words["message"].items()}
    return InputRefused(
        moved(error.message),
        remedy=error.remedy,
        details={**error.details, "row": place, "words": {**words, "message": message}},
    )


def in_language(error: InputRefused, lang: str) -> InputRefused:
    """The same refusal in a language, if it has words; else as it is."""
    words = error.details.get("words")
    if words is None:
        return error
    details = {key: value for key, value in error.details.items() if key != "words"}
    return InputRefused(words["message"][lang], remedy=words["remedy"][lang], details=details)
