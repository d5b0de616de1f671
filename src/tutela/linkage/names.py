"""Spell names of any script and custom alike: parts, folded spelling, sound.

Transliteration differs between clerks (Mohammed, Muhammad, Mouhamed; Щербакова as Shcherbakova,
Chtcherbakova, Sjtsjerbakova). Folding brings such spellings near each other before they are
hashed; a sound goes further and is used to find candidates, never to decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

from anyascii import anyascii

#: Articles and particles that clerks write, drop or glue at will.
PARTICLES = frozenset({
    "al", "el", "ul", "ad", "as", "ash", "ar", "an", "at", "az", "abu", "bin", "ben", "ibn",
    "bint", "ould", "van", "von", "de", "der", "den", "du", "des", "la", "le", "les", "di", "da",
    "do", "dos", "del", "della", "ter", "ten", "te", "het", "op", "of", "thi", "mr", "mrs", "dr",
})  # fmt: skip
#: What registers write for "no name".
NO_NAME = frozenset({
    "unknown", "inconnu", "inconnue", "onbekend", "unbekannt", "nn", "xx", "xxx", "n/a", "na",
    "none", "null", "nvt", "anonymous", "anonyme", "anoniem",
})  # fmt: skip

_NOT_LETTERS = re.compile(r"[^a-z]+")
_GLUED = re.compile(r"['’`´ʼ]")
_DOUBLE = re.compile(r"(.)\1+")
#: Spellings of one sound, longest first.
_FOLDS = (
    ("chtch", "sh"), ("shch", "sh"), ("sjtsj", "sh"), ("schtsch", "sh"), ("tsch", "ch"),
    ("tch", "ch"), ("tsj", "ch"), ("sch", "sh"), ("sj", "sh"), ("ph", "f"), ("kh", "k"),
    ("gh", "g"), ("dh", "d"), ("th", "t"), ("dj", "j"), ("dzh", "j"), ("zh", "j"), ("ck", "k"),
    ("qu", "k"), ("ou", "u"), ("oe", "u"), ("oo", "u"), ("ee", "i"), ("ij", "i"), ("ie", "i"),
    ("ai", "ei"), ("ay", "ei"), ("ey", "ei"), ("x", "ks"), ("q", "k"), ("w", "v"), ("y", "i"),
)  # fmt: skip
_FOLD = re.compile("|".join(spelling for spelling, _ in _FOLDS))
_FOLD_TO = dict(_FOLDS)
_SOFT_C = re.compile(r"c(?=[eiy])")
_HARD_C = re.compile(r"c(?!h)")
_CLASSES = str.maketrans("bvdgczm", "pftkjsn")
_VOWELS = re.compile(r"[aeiou]")


def parts(raw: str) -> tuple[str, ...]:
    """The parts of a name in lower-case ASCII letters, in the order written; () for no name.

    Particles are left out unless nothing else is there.
    """
    plain = raw
    if not plain.isascii():
        plain = anyascii(unicodedata.normalize("NFKC", plain))
    plain = _GLUED.sub("", plain.lower())
    if plain.strip() in NO_NAME:
        return ()
    words = [word for word in _NOT_LETTERS.split(plain) if word]
    kept = tuple(word for word in words if len(word) > 1 and word not in PARTICLES)
    return kept or tuple(words)


def folded(part: str) -> str:
    """One name part with the spellings of one sound written alike: `Mouhammed` → `muhamed`."""
    text = _FOLD.sub(lambda match: _FOLD_TO[match.group()], part)
    text = _HARD_C.sub("k", _SOFT_C.sub("s", text))
    return _DOUBLE.sub(r"\1", text)


def consonants(part: str) -> str:
    """The consonants of a folded part by class, h left out: `muhamed` → `nnt`."""
    text = part.replace("ch", "c").replace("sh", "c").replace("h", "")
    return _VOWELS.sub("", text).translate(_CLASSES)


def starts_with_vowel(part: str) -> bool:
    """Whether a folded part sounds as if it started with a vowel: `amed`, `hamed`."""
    return part.lstrip("h")[:1] in "aeiou"


def sounds(spelt: Sequence[tuple[str, bool]]) -> tuple[str, ...]:
    """The distinct sounds of a name's parts, and of all parts run together.

    Takes (consonants, starts_with_vowel) of each part. A sound is the consonants, doubles once,
    after an `a` where a vowel comes first: `muhamed`, `mhmd` → `nt`; `hamed`, `amed` → `ant`.
    """
    found = {_sound(*part) for part in spelt}
    if len(spelt) > 1:
        found.add(_sound("".join(text for text, _ in spelt), spelt[0][1]))
    return tuple(sorted(found))


def _sound(text: str, vowel: bool) -> str:
    single = "".join(letter for letter, _ in groupby(text))
    return "a" + single if vowel or not single else single
