"""Spell names of any script and custom alike: parts, folded spelling, sound.

Transliteration differs between clerks (Mohammed, Muhammad, Mouhamed; Щербакова as Shcherbakova,
Chtcherbakova, Sjtsjerbakova). Folding brings such spellings near each other before they are
hashed; a sound goes further and is used to find candidates, never to decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

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
    return kept([part for word in raw.split() for part in word_parts(word)])


def word_parts(word: str) -> tuple[str, ...]:
    """The parts of one written word in lower-case ASCII letters; () for what means "no name"."""
    plain = word
    if not plain.isascii():
        plain = anyascii(unicodedata.normalize("NFKC", plain))
    plain = _GLUED.sub("", plain.lower())
    if plain in NO_NAME:
        return ()
    # Also within a word: "Na-Young" and "Na Young" must have the same parts.
    return tuple(part for part in _NOT_LETTERS.split(plain) if part and part not in NO_NAME)


def kept(words: Sequence[str]) -> tuple[str, ...]:
    """The parts without initials and particles, unless nothing else is there."""
    return tuple([w for w in words if len(w) > 1 and w not in PARTICLES]) or tuple(words)


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


def sound(part: str) -> tuple[str, bool]:
    """The consonants of a folded part, doubles once, and whether it starts with a vowel."""
    return _DOUBLE.sub(r"\1", consonants(part)), starts_with_vowel(part)


def sounds(spelt: Sequence[tuple[str, bool]]) -> tuple[str, ...]:
    """The distinct sounds of a name's parts, and of all parts run together.

    Takes `sound` of each part. A sound is its consonants, after an `a` where a vowel comes first:
    `muhamed`, `mhmd` → `nt`; `hamed`, `amed` → `ant`.
    """
    if len(spelt) == 1:
        return (_spoken(*spelt[0]),)
    together = ""
    for text, _ in spelt:
        together += text[1:] if together[-1:] == text[:1] else text
    return tuple(sorted({_spoken(together, spelt[0][1]), *[_spoken(*part) for part in spelt]}))


def _spoken(text: str, vowel: bool) -> str:
    return "a" + text if vowel or not text else text
