"""Pools of names by culture, with every spelling numbered, built once per run."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
from anyascii import anyascii

from tutela.simulation.chance import Floats, Ints, stream
from tutela.simulation.spelling import spellings, titled, transliterate

CULTURES = (
    "french",
    "dutch",
    "arabic",
    "romanian",
    "cyrillic",
    "west_african",
    "vietnamese",
    "turkish",
    "albanian",
)
_BUILT_FAMILY_NAMES = 2500
_RARE_NAMES_POWER = 0.75
_POOL_SEED = 20180101


@dataclass(frozen=True)
class CulturePool:
    """One culture's names as numbers of home spellings, commonest first, and its naming habits."""

    given: tuple[Ints, Ints]
    second: tuple[Ints, Ints]
    family: tuple[Ints, Ints]
    habits: dict[str, float]
    middle_first: bool


@dataclass(frozen=True)
class NamePools:
    """All spellings of all names.

    Spelling numbers of one name are contiguous: `first[s]` is its home spelling and `count[s]` how
    many there are, for any spelling number `s`. `native`, `latin` (fits ISO 8859-1) and `plain`
    (ASCII) hold the texts; the last text is empty, for a name that is not there.
    """

    native: pl.Series
    latin: pl.Series
    plain: pl.Series
    first: Ints
    count: Ints
    cultures: tuple[CulturePool, ...]

    def other_spelling(self, rng: np.random.Generator, spelling: Ints) -> Ints:
        """A random spelling of the same name; -1 (no name) stays -1."""
        known = np.maximum(spelling, 0)
        drawn = self.first[known] + (rng.random(len(spelling)) * self.count[known]).astype(np.int64)
        return np.where(spelling < 0, -1, drawn)


def draw(rng: np.random.Generator, names: Ints, size: int) -> Ints:
    """Names drawn by rank: the first are common, most are rare."""
    shares = _rank_shares(len(names))
    return names[np.minimum(np.searchsorted(shares, rng.random(size)), len(names) - 1)]


@cache
def _rank_shares(size: int) -> Floats:
    weights = 1 / (np.arange(size) + 8) ** _RARE_NAMES_POWER
    shares: Floats = np.cumsum(weights / weights.sum())
    return shares


@cache
def load_pools(country: str = "be") -> NamePools:
    """Build the pools of a country pack from Faker's lists and the pack's own."""
    texts: list[str] = []
    first: list[int] = []
    count: list[int] = []
    number_of: dict[tuple[str, str], int] = {}
    pools: list[CulturePool] = []
    for culture in CULTURES:
        declared = _declared(country, culture)

        def numbers(
            names: list[str], culture: str = culture, declared: dict[str, Any] = declared
        ) -> Ints:
            for name in names:
                if (culture, name) in number_of:
                    continue
                ways = _ways(name, declared)
                number_of[culture, name] = len(texts)
                first.extend([len(texts)] * len(ways))
                count.extend([len(ways)] * len(ways))
                texts.extend(ways)
            return np.array([number_of[culture, name] for name in names], dtype=np.int64)

        pools.append(_culture_pool(culture, declared, numbers))
    texts.append("")
    native = pl.Series("native", texts, dtype=pl.String)
    return NamePools(
        native=native,
        latin=pl.Series("latin", [_latin(text) for text in texts], dtype=pl.String),
        plain=pl.Series("plain", [anyascii(text) for text in texts], dtype=pl.String),
        first=np.array(first, dtype=np.int64),
        count=np.array(count, dtype=np.int64),
        cultures=tuple(pools),
    )


def _declared(country: str, culture: str) -> dict[str, Any]:
    file = files("tutela.countries").joinpath(f"{country}/simulation/names/{culture}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _culture_pool(culture: str, declared: dict[str, Any], numbers: Any) -> CulturePool:
    rng = stream(_POOL_SEED, culture)
    women = _listed(declared, "given_female", "first_names_female")
    men = _listed(declared, "given_male", "first_names_male")
    for names in (women, men):
        rng.shuffle(names)
    families = _families(declared, rng)
    endings: dict[str, str] = declared.get("female_ending", {})
    families_of_women = [_of_woman(name, endings) for name in families]
    return CulturePool(
        given=(numbers(women), numbers(men)),
        second=(
            numbers(declared.get("second_female", women)),
            numbers(declared.get("second_male", men)),
        ),
        family=(numbers(families_of_women), numbers(families)),
        habits={
            habit: float(declared[habit])
            for habit in (
                "prefer_spelling",
                "double_given",
                "double_family",
                "family_first",
                "nicknames",
            )
        },
        middle_first=bool(declared.get("middle_first", False)),
    )


def _listed(declared: dict[str, Any], own: str, faker_list: str) -> list[str]:
    names = dict.fromkeys(declared[own])
    for locale in declared["locales"]:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        names.update(dict.fromkeys(str(name) for name in getattr(provider, faker_list)))
    return list(names)


def _families(declared: dict[str, Any], rng: np.random.Generator) -> list[str]:
    own = dict.fromkeys(declared["family"])
    for locale in declared["locales"]:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        faker_list = "last_names_male" if declared.get("letters") else "last_names"
        own.update(dict.fromkeys(str(name) for name in getattr(provider, faker_list)))
    names = list(own)
    rng.shuffle(names)
    parts = [declared[part] for part in ("starts", "middles", "ends")]
    if all(parts):
        built = [
            "".join(part[i] for part, i in zip(parts, chosen, strict=True))
            for chosen in rng.integers(
                0, [len(part) for part in parts], (_BUILT_FAMILY_NAMES, len(parts))
            )
        ]
        names.extend(name for name in dict.fromkeys(map(_one_word_case, built)) if name not in own)
    return names


def _one_word_case(name: str) -> str:
    return " ".join(word[:1].upper() + word[1:].lower() for word in name.split(" ") if word)


def _of_woman(name: str, endings: dict[str, str]) -> str:
    for ending, other in endings.items():
        if name.endswith(ending):
            return name.removesuffix(ending) + other
    return name


def _ways(name: str, declared: dict[str, Any]) -> list[str]:
    rules = [(old, new) for old, new in declared["spellings"]]
    letters = declared.get("letters")
    if not letters:
        return spellings(name, rules)
    systems = [titled(transliterate(name, letters, system).lower()) for system in range(4)]
    return list(dict.fromkeys([*systems, *spellings(systems[0], rules)]))


def _latin(text: str) -> str:
    return "".join(
        letter if letter.isascii() or ord(letter) < 0x100 else anyascii(letter) for letter in text
    )
