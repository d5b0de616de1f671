"""A range in words: months of prison, level, fine."""

from __future__ import annotations

from tutela.law.answers import Penalty
from tutela.law.words import LANGUAGES, Words, phrase


def range_words(penalty: Penalty | None) -> Words:
    """The figures of a range in the four languages; says so where the tables give none."""
    parts = []
    if penalty is not None and penalty.life:
        parts.append(phrase("range_life"))
    elif penalty is not None and penalty.prison_max is not None:
        parts.append(phrase("range_prison", low=penalty.prison_min, high=penalty.prison_max))
    if penalty is not None and penalty.level is not None:
        parts.append(phrase("range_level", level=penalty.level))
    if penalty is not None and penalty.fine_max is not None:
        parts.append(phrase("range_fine", low=penalty.fine_min, high=penalty.fine_max))
    if not parts:
        return phrase("no_figure")
    return {lang: ", ".join(part[lang] for part in parts) for lang in LANGUAGES}
