"""The ways in which one name is written by different hands: letters of another script, sounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from anyascii import anyascii

MOST_SPELLINGS = 7


def transliterate(name: str, letters: Mapping[str, Sequence[str]], system: int) -> str:
    """Write `name` in Latin letters by one system; letters that are not declared stay."""
    written: list[str] = []
    for letter in name:
        lower = letter.lower()
        if lower not in letters:
            written.append(letter)
            continue
        sound = letters[lower][system]
        written.append(sound.capitalize() if letter != lower else sound)
    return "".join(written)


def spellings(name: str, rules: Sequence[tuple[str, str]]) -> list[str]:
    """`name` first, then other spellings: each rule that applies alone, then rules in pairs.

    Rules replace every place where the sound stands, without regard to case at the start of a word.
    """
    lower = name.lower()
    applying = [(old, new) for old, new in rules if old in lower]
    found = [name]
    plain = anyascii(name)
    if plain != name:
        found.append(plain)
    for chosen in [*((rule,) for rule in applying), *combinations(applying, 2)]:
        if len(found) >= MOST_SPELLINGS:
            break
        text = lower
        for old, new in chosen:
            text = text.replace(old, new)
        other = titled(text)
        if other not in found and len(other) > 1:
            found.append(other)
    return found[:MOST_SPELLINGS]


def titled(text: str) -> str:
    """Capital at the start of each part: after a space, a hyphen or an apostrophe."""
    parts: list[str] = []
    start = True
    for letter in text:
        parts.append(letter.upper() if start else letter)
        start = letter in " -'’"
    return "".join(parts)
