"""The whole truth of one run: everybody, what happened to them, and what justice did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tutela.simulation.chance import Bools, Codes, Dates, Ints, listed
from tutela.simulation.children import BIT, FORMS, Children, make_children
from tutela.simulation.journeys import Journeys, make_journeys
from tutela.simulation.name_pools import NamePools, load_pools
from tutela.simulation.offenders import case_numbers, facts_of, make_offenders
from tutela.simulation.people import People, join
from tutela.simulation.places import Places, load_places
from tutela.simulation.rates import Rates, load_rates
from tutela.simulation.suspects import KINDS, MAIN_FORM, Proceedings, make_proceedings
from tutela.simulation.verdicts import add_verdicts


@dataclass(frozen=True)
class Facts:
    """The facts that concern each person, children first, then suspects."""

    date: Dates
    place: Ints
    country: Codes
    forms: Ints
    main_form: Ints
    """Position in FORMS."""
    online: Ints
    case: Ints
    victim_age: Ints
    kind: Codes
    """Kind of offence of a suspect, "" for children: theirs follows from the form."""


@dataclass(frozen=True)
class World:
    """One synthetic nation; persons are numbered children first, then suspects."""

    seed: int
    rates: Rates
    pools: NamePools
    places: Places
    children: Children
    journeys: Journeys
    proceedings: Proceedings
    people: People
    facts: Facts

    @property
    def child_count(self) -> int:
        """Number of children; suspects are numbered from here."""
        return len(self.children.form)

    def is_child(self, who: Ints) -> Bools:
        """Which of these persons are children (victims)."""
        return np.asarray(who < self.child_count)


def make_world(children: int, seed: int, country: str = "be") -> World:
    """Draw a nation with `children` exploited children."""
    rates, pools, places = load_rates(country), load_pools(country), load_places()
    victims = make_children(children, seed, rates, pools, places)
    journeys = make_journeys(victims, seed, rates)
    proceedings = make_proceedings(victims, journeys, seed, rates)
    add_verdicts(victims, journeys, proceedings, seed, rates)
    facts_dates = facts_of(victims, proceedings, seed)
    offenders = make_offenders(victims, proceedings, facts_dates, seed, rates, pools, places)
    return World(
        seed=seed,
        rates=rates,
        pools=pools,
        places=places,
        children=victims,
        journeys=journeys,
        proceedings=proceedings,
        people=join(victims.people, offenders),
        facts=_facts(victims, proceedings, offenders, facts_dates),
    )


def _facts(children: Children, proceedings: Proceedings, offenders: People, dates: Dates) -> Facts:
    child = np.maximum(proceedings.child, 0)
    with_child = proceedings.child >= 0

    def of_child(values: np.ndarray[Any, Any], otherwise: Any) -> np.ndarray[Any, Any]:
        if not len(values):
            return np.asarray(otherwise)
        return np.where(with_child, values[child], otherwise)

    ages = (children.facts - children.people.birth).astype(np.int64) * 4 // 1461
    main = np.array([FORMS.index(form) for form in MAIN_FORM])[proceedings.kind]
    bits = np.array([BIT[form] for form in MAIN_FORM])[proceedings.kind]
    online = np.where(np.isin(bits, (BIT["csam"], BIT["grooming"])), 0, 1)
    return Facts(
        date=np.concatenate([children.facts, dates]),
        place=np.concatenate(
            [children.facts_place, of_child(children.facts_place, offenders.residence)]
        ),
        country=np.concatenate([children.facts_country, of_child(children.facts_country, "BE")]),
        forms=np.concatenate([children.forms, bits]),
        main_form=np.concatenate([children.form, main]),
        online=np.concatenate([children.online, of_child(children.online, online)]),
        case=np.concatenate([children.case, case_numbers(children, proceedings)]),
        victim_age=np.concatenate([ages, of_child(ages, 15)]),
        kind=np.concatenate([np.full(len(children.form), ""), listed(KINDS)[proceedings.kind]]),
    )
