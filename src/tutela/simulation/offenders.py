"""Who the suspects are: culture, age, residence; in a child's case often of the child's circle."""

from __future__ import annotations

import numpy as np

from tutela.simulation.chance import Dates, Ints, Texts, choose, happens, pick, stream
from tutela.simulation.children import Children
from tutela.simulation.name_pools import CULTURES, NamePools
from tutela.simulation.people import People, draw_names
from tutela.simulation.places import Places
from tutela.simulation.rates import Rates
from tutela.simulation.suspects import KINDS, Proceedings

_PHONE = 0.5


def facts_of(children: Children, proceedings: Proceedings, seed: int) -> Dates:
    """The day of the facts of each suspect: the child's, or a while before the suspicion."""
    rng = stream(seed, "facts of suspects")
    known = np.fmin(proceedings.suspected, proceedings.opened)
    before = np.exp(rng.normal(np.log(120), 0.9, len(proceedings))).astype("timedelta64[D]")
    child = np.maximum(proceedings.child, 0)
    return np.where(proceedings.child >= 0, children.facts[child], known - before)


def make_offenders(
    children: Children,
    proceedings: Proceedings,
    facts: Dates,
    seed: int,
    rates: Rates,
    pools: NamePools,
    places: Places,
) -> People:
    """Draw one person per suspect."""
    rng = stream(seed, "offenders")
    size = len(proceedings)
    shares = rates.table("justice.suspect_culture")
    culture = np.array([CULTURES.index(name) for name in shares])[choose(rng, shares, size)]
    child = np.maximum(proceedings.child, 0)
    same = (proceedings.child >= 0) & (rng.random(size) < 0.5)
    culture = np.where(same, children.people.culture[child], culture)
    women = happens(rng, rates.number("justice.women"), size)
    sex = np.where(women, 0, 1)
    ages = rates.table("justice.age")
    typical = np.array([ages[kind] for kind in KINDS])[proceedings.kind]
    years = np.clip(typical * np.exp(rng.normal(0, 0.3, size)), 14, 80)
    birth = facts - np.rint(years * 365.25).astype("timedelta64[D]")
    return People(
        culture=culture,
        sex=sex,
        birth=birth,
        citizenship=_citizenships(rng, rates, culture),
        residence=places.draw(rng, rates, culture, size),
        names=draw_names(
            stream(seed, "names of suspects"), pools, culture, sex, np.arange(size, dtype=np.int64)
        ),
        phone=np.where(
            happens(rng, _PHONE, size), rng.integers(450_000_000, 500_000_000, size), -1
        ),
        file_number=np.full(size, -1, dtype=np.int64),
        papers=np.ones(size, dtype=np.bool_),
        estimate=birth,
    )


def _citizenships(rng: np.random.Generator, rates: Rates, culture: Ints) -> Texts:
    """Citizenship by culture, as among the children."""
    drawn = np.full(len(culture), "BE", dtype="<U2")
    kinds = rates.value("origins.kinds")
    for number, name in enumerate(CULTURES):
        here = culture == number
        shares = {kind["citizenship"]: kind["share"] for kind in kinds if kind["culture"] == name}
        drawn[here] = pick(rng, shares, int(here.sum()))
    return drawn


def case_numbers(children: Children, proceedings: Proceedings) -> Ints:
    """The case of each suspect: the child's, or a new number after those of the children."""
    own = np.flatnonzero(proceedings.child < 0)
    numbers = children.case[np.maximum(proceedings.child, 0)].copy()
    numbers[own] = int(children.case.max(initial=-1)) + 1 + np.arange(len(own))
    return numbers
