"""People of the synthetic nation: who they are, and how their papers write their names."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from tutela.simulation.chance import Bools, Dates, Ints, Texts, happens
from tutela.simulation.name_pools import CULTURES, NamePools, draw

SEXES = ("F", "M")
FEMALE = 0


@dataclass(frozen=True)
class Names:
    """Numbers of spellings as the person's own papers have them; -1 where there is no such name."""

    given: Ints
    second: Ints
    family: Ints
    family2: Ints
    mother_given: Ints
    mother_family: Ints
    alias: Ints


@dataclass(frozen=True)
class People:
    """One row per person; `culture`, `sex` and `residence` are positions in their lists."""

    culture: Ints
    sex: Ints
    birth: Dates
    citizenship: Texts
    residence: Ints
    names: Names
    phone: Ints
    file_number: Ints
    papers: Bools
    """Whether a paper proves the birth date; without one it was estimated once."""
    estimate: Dates
    """The birth date that the person's file gives: the true one, or an estimate."""

    def __len__(self) -> int:
        return len(self.culture)


def join(first: People, second: People) -> People:
    """The people of both, `first` keeping their positions."""
    joined = {
        field.name: np.concatenate([getattr(first, field.name), getattr(second, field.name)])
        for field in fields(People)
        if field.name != "names"
    }
    names = Names(
        **{
            field.name: np.concatenate(
                [getattr(first.names, field.name), getattr(second.names, field.name)]
            )
            for field in fields(Names)
        }
    )
    return People(names=names, **joined)


def draw_names(
    rng: np.random.Generator, pools: NamePools, culture: Ints, sex: Ints, family_of: Ints
) -> Names:
    """Names by culture and sex; people with one number in `family_of` share family and mother."""
    size = len(culture)
    drawn = {field.name: np.full(size, -1, dtype=np.int64) for field in fields(Names)}
    _, leader = np.unique(family_of, return_index=True)
    first_of = np.zeros(int(family_of.max(initial=-1)) + 1, dtype=np.int64)
    first_of[family_of[leader]] = leader
    eldest = first_of[family_of]
    for number in range(len(CULTURES)):
        here = np.flatnonzero(culture == number)
        _draw_culture(rng, pools, number, sex, here, drawn)
    # Family names follow the sex (Ivanov, Ivanova): two parallel lists share their positions.
    shared = eldest != np.arange(size)
    for name in ("mother_given", "mother_family", "family2"):
        drawn[name][shared] = drawn[name][eldest[shared]]
    same_sex = shared & (sex == sex[eldest])
    drawn["family"][same_sex] = drawn["family"][eldest[same_sex]]
    for number, pool in enumerate(pools.cultures):
        other = np.flatnonzero(shared & ~same_sex & (culture == number))
        for own_sex in (0, 1):
            mine = other[sex[other] == own_sex]
            theirs = pools.first[drawn["family"][eldest[mine]]]
            table = np.full(len(pools.native), -1, dtype=np.int64)
            table[pool.family[1 - own_sex]] = pool.family[own_sex]
            drawn["family"][mine] = table[theirs]
    return Names(**drawn)


def _draw_culture(
    rng: np.random.Generator,
    pools: NamePools,
    number: int,
    sex: Ints,
    here: Ints,
    drawn: dict[str, Ints],
) -> None:
    pool = pools.cultures[number]
    size = len(here)
    by_sex = [np.flatnonzero(sex[here] == own) for own in (0, 1)]
    for own, rows in enumerate(by_sex):
        drawn["given"][here[rows]] = draw(rng, pool.given[own], len(rows))
        drawn["second"][here[rows]] = draw(rng, pool.second[own], len(rows))
        drawn["family"][here[rows]] = draw(rng, pool.family[own], len(rows))
        drawn["family2"][here[rows]] = draw(rng, pool.family[own], len(rows))
    drawn["mother_given"][here] = draw(rng, pool.given[FEMALE], size)
    drawn["mother_family"][here] = draw(rng, pool.family[FEMALE], size)
    drawn["alias"][here] = draw(rng, np.concatenate(pool.given), size)
    for name, habit in (
        ("second", "double_given"),
        ("family2", "double_family"),
        ("alias", "nicknames"),
    ):
        without = here[~happens(rng, pool.habits[habit], size)]
        drawn[name][without] = -1
    for name in ("given", "family", "mother_family"):
        own_way = happens(rng, pool.habits["prefer_spelling"], size)
        other = pools.other_spelling(rng, drawn[name][here])
        drawn[name][here] = np.where(own_way, other, drawn[name][here])
