"""The children: origin, family, forms of exploitation, facts and the day somebody first knew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tutela.simulation.chance import (
    Bools,
    Dates,
    Ints,
    Texts,
    between,
    choose,
    day_in_year,
    delay,
    happens,
    pick,
    stream,
)
from tutela.simulation.name_pools import CULTURES, NamePools
from tutela.simulation.people import People, draw_names
from tutela.simulation.places import Places
from tutela.simulation.rates import Rates

FORMS = (
    "prostitution",
    "ocse",
    "csam",
    "ai_csam",
    "live_streaming",
    "grooming",
    "sexual_extortion",
    "trafficking",
    "sectt",
    "cefm",
    "other",
)
BIT = {form: 1 << position for position, form in enumerate(FORMS)}
ONLINE = ("online", "offline", "both")
SITUATIONS = ("belgian", "settled", "passing")
BELGIAN, SETTLED, PASSING = range(3)
RISKS = ("disability", "street", "runaway", "care", "migration", "poverty", "conflict_with_law")
FIRST_DAY = np.datetime64("2010-01-01", "D")
LAST_DAY = np.datetime64("2025-12-31", "D")


@dataclass(frozen=True)
class Children:
    """One row per child; `people` holds who they are, the rest what happened to them."""

    people: People
    family: Ints
    situation: Ints
    alone: Bools
    form: Ints
    forms: Ints
    """Bits of FORMS."""
    online: Ints
    facts: Dates
    facts_place: Ints
    facts_country: Texts
    found: Dates
    """The day on which the first authority knew."""
    case: Ints
    """Number of the case; siblings may share one."""
    risks: dict[str, Bools]

    def has(self, form: str) -> Bools:
        """Which children were exploited in `form`."""
        return (self.forms & BIT[form]) > 0

    def by_form(self, rates: dict[str, float]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The rate of each child's main form."""
        return np.array([rates[form] for form in FORMS])[self.form]


def make_children(size: int, seed: int, rates: Rates, pools: NamePools, places: Places) -> Children:
    """Draw `size` children with their families, papers, facts and detection."""
    rng = stream(seed, "children")
    family = np.cumsum(happens(rng, rates.number("children.family_of_one"), size)).astype(np.int64)
    origins = rates.value("origins.kinds")
    origin = choose(rng, {i: kind["share"] for i, kind in enumerate(origins)}, size)
    _, leader, inverse = np.unique(family, return_index=True, return_inverse=True)
    eldest = leader[inverse]
    origin = origin[eldest]
    citizenship = np.array([kind["citizenship"] for kind in origins])[origin]
    culture = np.array([CULTURES.index(kind["culture"]) for kind in origins])[origin]
    lives_here = happens(rng, np.array([kind["settled"] for kind in origins])[origin], size)[eldest]
    situation = np.where(citizenship == "BE", BELGIAN, np.where(lives_here, SETTLED, PASSING))
    alone_share = np.array([kind["alone"] / max(1 - kind["settled"], 1e-9) for kind in origins])
    alone = happens(rng, alone_share[origin], size)[eldest] & (situation == PASSING)
    together = happens(rng, rates.number("children.same_case"), size) & (eldest != np.arange(size))
    with_whom = np.where(together, eldest, np.arange(size))
    _, case = np.unique(with_whom, return_inverse=True)
    form, forms = (drawn[with_whom] for drawn in _draw_forms(rng, rates, situation))
    sex = (~happens(rng, _of_form(rates.table("children.girls"), form), size)).astype(np.int64)
    years = np.fromiter(rates.by_year("children.facts_by_year"), dtype=np.int64)
    drawn_years = years[choose(rng, rates.by_year("children.facts_by_year"), size)]
    facts = day_in_year(rng, drawn_years)[with_whom]
    birth = _spaced(rng, _births(rng, rates, form, facts), facts, eldest)
    residence = places.draw(rng, rates, culture, size)[eldest]
    facts_country, facts_place = _where(rng, rates, form, residence)
    people = _people(rng, seed, rates, pools, culture, sex, birth, citizenship, residence, family)
    people = _with_papers(rng, rates, people, situation)
    lag = np.zeros(size, dtype="timedelta64[D]")
    for position, name in enumerate(FORMS):
        here = form == position
        lag[here] = delay(rng, tuple(rates.value("detection.delay")[name]), int(here.sum()))
    return Children(
        people=people,
        family=family,
        situation=situation,
        alone=alone,
        form=form,
        forms=forms,
        online=_draw_online(rng, rates, form),
        facts=facts,
        facts_place=facts_place[with_whom],
        facts_country=facts_country[with_whom],
        found=facts + lag[with_whom],
        case=case.astype(np.int64),
        risks={
            risk: happens(
                rng,
                np.array([rates.table(f"risks.{risk}")[kind] for kind in SITUATIONS])[situation],
                size,
            )
            for risk in RISKS
        },
    )


def _of_form(rates: dict[str, float], form: Ints) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([rates[name] for name in FORMS])[form]


def _draw_forms(rng: np.random.Generator, rates: Rates, situation: Ints) -> tuple[Ints, Ints]:
    form = np.zeros(len(situation), dtype=np.int64)
    for number, kind in enumerate(SITUATIONS):
        here = situation == number
        weights = rates.table(f"forms.{kind}")
        places = np.array([FORMS.index(name) for name in weights])
        form[here] = places[choose(rng, weights, int(here.sum()))]
    forms = np.left_shift(1, form)
    for pair, share in rates.table("children.further_form").items():
        main, other = pair.split(">")
        both = (form == FORMS.index(main)) & happens(rng, share, len(form))
        forms[both] |= BIT[other]
    return form, forms


def _draw_online(rng: np.random.Generator, rates: Rates, form: Ints) -> Ints:
    shares = np.array([rates.value("children.online")[name] for name in FORMS]).cumsum(axis=1)
    drawn: Ints = (rng.random(len(form))[:, None] >= shares[form]).sum(axis=1)
    return np.minimum(drawn, len(ONLINE) - 1)


def _births(rng: np.random.Generator, rates: Rates, form: Ints, facts: Dates) -> Dates:
    ages = np.array([rates.value("children.age")[name] for name in FORMS])[form]
    years = np.clip(rng.normal(ages[:, 0], ages[:, 1]), 0.3, 17.95)
    return np.asarray(facts - np.rint(years * 365.25).astype("timedelta64[D]"))


def _spaced(rng: np.random.Generator, birth: Dates, facts: Dates, eldest: Ints) -> Dates:
    """Births of siblings a year or more apart, where both are children at the facts."""
    rank = np.arange(len(birth)) - eldest
    apart = between(rng, 330, 1000, len(birth)) * rank
    for drawn in (birth[eldest] - apart, birth[eldest] + apart):
        age = (facts - drawn) / np.timedelta64(1, "D")
        fits = (rank > 0) & (age > 100) & (age < 17.95 * 365.25)
        birth = np.where(fits, drawn, birth)
    return birth


def _where(
    rng: np.random.Generator, rates: Rates, form: Ints, residence: Ints
) -> tuple[Texts, Ints]:
    abroad = happens(rng, _of_form(rates.table("children.facts_abroad"), form), len(form))
    other = pick(rng, rates.table("children.abroad"), len(form)).astype("<U2")
    country = np.where(abroad, other, "BE")
    return country, np.where(abroad, -1, residence)


def _people(
    rng: np.random.Generator,
    seed: int,
    rates: Rates,
    pools: NamePools,
    culture: Ints,
    sex: Ints,
    birth: Dates,
    citizenship: Texts,
    residence: Ints,
    family: Ints,
) -> People:
    size = len(culture)
    return People(
        culture=culture,
        sex=sex,
        birth=birth,
        citizenship=citizenship,
        residence=residence,
        names=draw_names(stream(seed, "names of children"), pools, culture, sex, family),
        phone=np.where(
            happens(rng, rates.number("children.phone"), size),
            rng.integers(450_000_000, 500_000_000, size),
            -1,
        ),
        file_number=rng.permutation(size).astype(np.int64) + 100_000,
        papers=np.ones(size, dtype=np.bool_),
        estimate=birth,
    )


def _with_papers(rng: np.random.Generator, rates: Rates, people: People, situation: Ints) -> People:
    shares = rates.table("writing.no_papers")
    size = len(people)
    without = happens(rng, np.array([shares[kind] for kind in SITUATIONS])[situation], size)
    shift = between(rng, -1, 0, size).astype(np.int64) * (rng.random(size) < 0.3)
    year = people.birth.astype("datetime64[Y]") + shift.astype("timedelta64[Y]")
    january = year.astype("datetime64[D]")
    some_day = january + between(rng, 0, 364, size)
    estimate = np.where(rng.random(size) < 0.5, january, some_day)
    # An estimate may not make the child older than eighteen or unborn at the facts: it is kept
    # below the true date only.
    estimate = np.where(without, np.minimum(estimate, people.birth), people.birth)
    return People(**{**people.__dict__, "papers": ~without, "estimate": estimate})
