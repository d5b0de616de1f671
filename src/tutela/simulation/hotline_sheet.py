"""The hotline's reports: most name nobody; a few name a child."""

from __future__ import annotations

import numpy as np

from tutela.simulation.chance import (
    Dates,
    Ints,
    choose,
    day_in_year,
    delay,
    happens,
    only,
    pick,
    stream,
)
from tutela.simulation.children import BIT, FIRST_DAY, LAST_DAY
from tutela.simulation.journeys import scaled
from tutela.simulation.sheet import Sheet, codes_where, sheet
from tutela.simulation.world import World

NOBODY = -1


def hotline(world: World) -> Sheet:
    """Reports with and without a named child; those of travel and tourism as many as declared."""
    rng = stream(world.seed, "hotline")
    rates = world.rates
    named = np.flatnonzero(world.journeys.happened("received_on"))
    unnamed = round(world.child_count * rates.number("hotline.without_name"))
    years = np.fromiter(rates.by_year("children.facts_by_year"), dtype=np.int64)
    drawn = years[choose(rng, rates.by_year("children.facts_by_year"), unnamed)]
    travel = _travel_years(world)
    received = np.concatenate(
        [
            world.journeys.dates["received_on"][named],
            day_in_year(rng, drawn),
            day_in_year(rng, travel),
        ]
    )
    who = np.concatenate([named, np.full(unnamed + len(travel), NOBODY)])
    order = np.argsort(received, kind="stable")
    bits = np.concatenate(
        [
            world.children.forms[named] & ~BIT["sectt"],
            _drawn_forms(world, rng, unnamed),
            np.full(len(travel), BIT["sectt"]),
        ]
    )
    return _handled(world, rng, who[order], received[order], bits[order])


def _travel_years(world: World) -> Ints:
    declared = world.rates.by_year("hotline.sectt")
    return np.repeat(
        np.array(list(declared)),
        [scaled(number, world.child_count) for number in declared.values()],
    )


def _drawn_forms(world: World, rng: np.random.Generator, size: int) -> Ints:
    shares = world.rates.table("hotline.forms")
    return np.array([BIT[form] for form in shares])[choose(rng, shares, size)]


def _handled(
    world: World, rng: np.random.Generator, who: Ints, received: Dates, bits: Ints
) -> Sheet:
    rates = world.rates
    size = len(who)
    channels = rates.table("hotline.channel")
    outcomes = rates.table("hotline.outcome")
    receivers = rates.table("hotline.forwarded_to")
    outcome = pick(rng, outcomes, size)
    outcome = np.where((who != NOBODY) & (outcome == "unfounded"), "credible", outcome)
    sent = (outcome == "credible") & happens(rng, rates.number("hotline.forwarded"), size)
    forwarded = only(received + delay(rng, rates.delay("hotline.forwarding"), size), sent)
    forwarded = only(forwarded, np.asarray(forwarded <= LAST_DAY))
    answered = happens(rng, rates.number("hotline.acknowledged"), size)
    answer = forwarded + delay(rng, rates.delay("hotline.acknowledgement"), size)
    answer = only(answer, answered & (answer <= LAST_DAY))
    countries = rates.table("children.abroad")
    abroad = pick(rng, countries, size)
    is_travel = (bits & BIT["sectt"]) > 0
    is_abroad = is_travel | ((who == NOBODY) & (rng.random(size) < 0.3))
    offline = is_travel | ((bits & BIT["prostitution"]) > 0)
    facts = np.maximum(received - delay(rng, (20, 1.2), size), FIRST_DAY)
    return sheet(
        "hotline",
        who,
        "received_on",
        {
            "received_on": received,
            "channel": pick(rng, channels, size),
            "outcome": outcome,
            "forwarded_on": forwarded,
            "forwarded_to": codes_where(pick(rng, receivers, size), forwarded),
            "acknowledged_on": answer,
            "facts.forms": bits,
            "facts.online": np.where(offline, 1, 0),
            "facts.country": np.where(is_abroad, abroad, np.where(who == NOBODY, "", "BE")),
            "facts.date": np.where(
                who == NOBODY,
                only(facts, rng.random(size) < 0.4),
                world.facts.date[np.maximum(who, 0)],
            ),
        },
    )
