"""Slips of the hand in names: a neighbouring key, a sound, a letter lost, doubled or misread."""

from __future__ import annotations

import numpy as np

from tutela.simulation.chance import Ints

_KEYS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_NEIGHBOURS = {
    letter: row[max(place - 1, 0) : place] + row[place + 1 : place + 2]
    for row in _KEYS
    for place, letter in enumerate(row)
}
_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("ou", "u"), ("th", "t"), ("ie", "i"), ("ss", "s"), ("z", "s"),
    ("y", "i"), ("c", "k"), ("v", "w"), ("ai", "e"), ("g", "j"), ("b", "p"), ("d", "t"),
    ("o", "au"),
)  # fmt: skip
_MISREAD = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("li", "h"), ("vv", "w"), ("nn", "m"), ("e", "c"),
    ("i", "l"), ("l", "i"), ("u", "n"), ("a", "o"), ("h", "b"),
)  # fmt: skip


def slip(text: str, kind: int, place: int) -> str:
    """`text` with one slip; `kind` and `place` are any whole numbers, the same give the same."""
    if len(text) < 3:
        return text
    at = 1 + place % (len(text) - 2)
    return (_neighbour, _lose, _swap, _double, _sound, _misread)[kind % 6](text, at)


def slips(texts: list[str], kinds: Ints, places: Ints) -> list[str]:
    """One slip in each text."""
    return [
        slip(text, int(kind), int(place))
        for text, kind, place in zip(texts, kinds, places, strict=True)
    ]


def draw_slips(rng: np.random.Generator, size: int) -> tuple[Ints, Ints]:
    """Kinds and places for `size` slips."""
    return rng.integers(0, 6, size), rng.integers(0, 1000, size)


def _neighbour(text: str, at: int) -> str:
    keys = _NEIGHBOURS.get(text[at].lower(), "")
    return text[:at] + keys[at % len(keys)] + text[at + 1 :] if keys else _lose(text, at)


def _lose(text: str, at: int) -> str:
    return text[:at] + text[at + 1 :]


def _swap(text: str, at: int) -> str:
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _double(text: str, at: int) -> str:
    return text[:at] + text[at] + text[at:]


def _sound(text: str, at: int) -> str:
    return _replaced(text, at, _SOUNDS)


def _misread(text: str, at: int) -> str:
    return _replaced(text, at, _MISREAD)


def _replaced(text: str, at: int, pairs: tuple[tuple[str, str], ...]) -> str:
    lower = text.lower()
    for turn in range(len(pairs)):
        old, new = pairs[(at + turn) % len(pairs)]
        start = lower.find(old)
        if start >= 0:
            return text[:start] + new + text[start + len(old) :]
    return _lose(text, at)
