"""The path of each child after somebody knows: which bodies learn of it, and when, by the law.

A date exists only where the step happened and an authority could know it by the last day simulated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tutela.simulation.chance import (
    NEVER,
    Bools,
    Codes,
    Dates,
    Floats,
    between,
    delay,
    happens,
    only,
    pick,
    stream,
    year_of,
)
from tutela.simulation.children import (
    BELGIAN,
    LAST_DAY,
    PASSING,
    SITUATIONS,
    Children,
)
from tutela.simulation.people import FEMALE
from tutela.simulation.rates import Rates

DIRECT = ("local_police", "federal_police", "specialised_centre", "youth_care", "hotline")


@dataclass
class Journeys:
    """Dates and outcomes by the names of the profiles' columns, one element per child.

    Where bodies use one column name differently the name starts with the body:
    `youth_care.signalled_on`.
    """

    dates: dict[str, Dates] = field(default_factory=dict)
    codes: dict[str, Codes] = field(default_factory=dict)
    amounts: dict[str, Floats] = field(default_factory=dict)

    def happened(self, step: str) -> Bools:
        """Which children reached a step."""
        return np.asarray(~np.isnat(self.dates[step]))


def make_journeys(children: Children, seed: int, rates: Rates) -> Journeys:
    """Draw which bodies see each child, then every step that follows, except those of justice."""
    journeys = Journeys()
    rng = stream(seed, "journeys")
    sees = _who_sees(rng, children, rates)
    _police(rng, children, rates, sees, journeys)
    _centre(rng, children, rates, sees["specialised_centre"], journeys)
    _guardianship(rng, children, rates, journeys)
    _youth_care(rng, children, rates, sees["youth_care"], journeys)
    journeys.dates["received_on"] = _until_today(
        only(children.found - between(rng, 0, 6, len(children.form)), sees["hotline"])
    )
    _register(rng, children, rates, journeys)
    _misfortunes(rng, children, rates, journeys)
    return journeys


def _who_sees(rng: np.random.Generator, children: Children, rates: Rates) -> dict[str, Bools]:
    size = len(children.form)
    readiness = rng.normal(0, rates.number("sees.outspoken"), size)
    passing = children.situation == PASSING
    boys = children.people.sex != FEMALE
    cases = int(children.case.max(initial=-1)) + 1
    sees: dict[str, Bools] = {}
    for body in DIRECT:
        chance = children.by_form(rates.table(f"sees.{body}"))
        chance = chance * np.where(passing, rates.table("sees.factor_for_passing")[body], 1)
        chance = chance * np.where(boys, rates.table("sees.factor_for_boys")[body], 1)
        # Police see cases, so that siblings of one case are seen together.
        luck = rng.random(cases)[children.case] if body.endswith("police") else rng.random(size)
        with_readiness = 0 if body == "federal_police" else readiness
        sees[body] = luck < _shifted(chance, with_readiness)
    return sees


def _shifted(chance: Floats, by: Floats | int) -> Floats:
    odds = np.clip(chance, 0, 0.98)
    with np.errstate(divide="ignore"):
        shifted: Floats = 1 / (1 + np.exp(-(np.log(odds / (1 - odds)) + by)))
    return shifted


def _until_today(dates: Dates) -> Dates:
    return only(dates, np.asarray(dates <= LAST_DAY))


def _after(
    rng: np.random.Generator, start: Dates, wait: tuple[float, float], least: int = 0
) -> Dates:
    return _until_today(start + delay(rng, wait, len(start), least))


def _police(
    rng: np.random.Generator,
    children: Children,
    rates: Rates,
    sees: dict[str, Bools],
    journeys: Journeys,
) -> None:
    size = len(children.form)
    wait = delay(rng, (12, 0.8), int(children.case.max(initial=-1)) + 1)[children.case]
    journeys.dates["identified_on"] = _until_today(
        only(children.found + wait, sees["federal_police"])
    )
    complaint = children.found + between(rng, 0, 9, size)
    journeys.dates["complaint_on"] = _until_today(only(complaint, sees["local_police"]))


def _centre(
    rng: np.random.Generator, children: Children, rates: Rates, seen: Bools, journeys: Journeys
) -> None:
    size = len(children.form)
    dates, codes = journeys.dates, journeys.codes
    referred = _after(rng, only(children.found, seen), rates.delay("referral.to_centre"))
    admitted = _after(rng, referred, rates.delay("referral.admission"))
    left = _after(rng, admitted, rates.delay("referral.stay"), least=2)
    dates |= {"referred_on": referred, "admitted_on": admitted, "left_on": left}
    by = rates.table("referral.referred_by")
    codes["referred_by"] = pick(rng, by, size)
    to = rates.table("referral.left_to")
    codes["left_to"] = pick(rng, to, size)
    follow = only(left, happens(rng, rates.number("protection.followed_up"), size))
    dates["specialised_centre.followed_up_on"] = _after(rng, follow, (150, 0.4), least=20)
    codes["specialised_centre.follow_up_outcome"] = _follow_up(rng, rates, size)


def _follow_up(rng: np.random.Generator, rates: Rates, size: int) -> Codes:
    outcomes = rates.table("protection.follow_up_outcome")
    return pick(rng, outcomes, size)


def _guardianship(
    rng: np.random.Generator, children: Children, rates: Rates, journeys: Journeys
) -> None:
    size = len(children.form)
    seen = children.alone & happens(rng, rates.number("sees.guardianship_of_alone"), size)
    signalled = _after(rng, only(children.found, seen), rates.delay("protection.signalled"))
    doubted = happens(rng, rates.number("protection.age_doubted"), size)
    assessed = _until_today(only(signalled + between(rng, 6, 40, size), doubted))
    results = rates.table("protection.age_result")
    result = pick(rng, results, size)
    given = happens(rng, rates.number("protection.guardian_given"), size) & ~(
        doubted & (result == "adult")
    )
    assigned = _after(rng, only(signalled, given), rates.delay("protection.guardian"))
    journeys.dates |= {
        "guardianship_service.signalled_on": signalled,
        "age_assessed_on": assessed,
        "assigned_on": assigned,
    }
    journeys.codes["age_assessment"] = result


def _youth_care(
    rng: np.random.Generator, children: Children, rates: Rates, seen: Bools, journeys: Journeys
) -> None:
    size = len(children.form)
    signalled = _after(rng, only(children.found, seen), (20, 1.0))
    measure = _after(
        rng, only(signalled, happens(rng, rates.number("protection.measure"), size)), (35, 0.7)
    )
    follow = only(measure, happens(rng, rates.number("protection.followed_up"), size))
    journeys.dates |= {
        "youth_care.signalled_on": signalled,
        "measure_on": measure,
        "youth_care.followed_up_on": _after(rng, follow, (300, 0.5), least=30),
    }
    journeys.codes["youth_care.follow_up_outcome"] = _follow_up(rng, rates, size)


def _register(
    rng: np.random.Generator, children: Children, rates: Rates, journeys: Journeys
) -> None:
    """The immigration register: no Belgians; reflection for those who are not alone."""
    size = len(children.form)
    dates = journeys.dates
    helped = journeys.happened("admitted_on") | journeys.happened(
        "guardianship_service.signalled_on"
    )
    chance = children.by_form(rates.table("sees.immigration")) * np.where(helped, 1, 0.35)
    seen = (children.situation != BELGIAN) & happens(rng, chance, size)
    presumed = _after(rng, only(children.found, seen), (18, 0.7), least=1)
    takes = ~children.alone & happens(rng, rates.number("referral.reflection_taken"), size)
    reflection = _until_today(only(presumed + between(rng, 0, 12, size), takes))
    documented = happens(rng, rates.number("referral.temporary"), size)
    last_day = int(rates.number("referral.reflection"))
    from_reflection = reflection + between(rng, 8, last_day, size)
    direct = presumed + between(rng, 3, 30, size)
    start = np.where(children.alone, direct, from_reflection)
    temporary = _until_today(only(start, documented))
    back = happens(rng, rates.number("referral.returned"), size) & (children.situation != BELGIAN)
    known = np.where(np.isnat(presumed), journeys.dates["admitted_on"], presumed)
    dates |= {
        "presumed_on": presumed,
        "reflection_on": reflection,
        "temporary_on": temporary,
        "status_granted_on": _grant_status(rng, children, rates, temporary),
        "returned_on": _after(rng, only(known, back), (260, 0.6), least=60),
    }
    forced = happens(rng, rates.number("referral.forced_return"), size)
    journeys.codes["return_kind"] = np.where(forced, "forced", "voluntary")


def _grant_status(
    rng: np.random.Generator, children: Children, rates: Rates, temporary: Dates
) -> Dates:
    """Grant as many statuses a year as are declared, within the document and its one extension."""
    size = len(children.form)
    most = 2 * 30 * int(rates.number("referral.temporary_months"))
    possible = _until_today(
        only(temporary + between(rng, 45, most, size), children.has("trafficking"))
    )
    granted = np.full(size, NEVER)
    years = year_of(possible)
    for year, number in rates.by_year("justice.status_granted").items():
        candidates = np.flatnonzero(years == year)
        chosen = rng.permutation(candidates)[: scaled(number, size)]
        granted[chosen] = possible[chosen]
    return granted


def scaled(number: float, children: int) -> int:
    """A declared total for 20,000 children, for this number of children."""
    return round(number * children / 20_000)


def _misfortunes(
    rng: np.random.Generator, children: Children, rates: Rates, journeys: Journeys
) -> None:
    """Going missing, being found, being held: after the child is known."""
    size = len(children.form)
    shares = rates.table("protection.missing")
    chance = np.array([shares[kind] for kind in SITUATIONS])[children.situation]
    missing = _after(rng, only(children.found, happens(rng, chance, size)), (60, 1.0), least=15)
    found = _after(
        rng, only(missing, happens(rng, rates.number("protection.found"), size)), (14, 1.2), least=1
    )
    held = rates.table("protection.deprived")
    chance = np.array([held[kind] for kind in SITUATIONS])[children.situation]
    deprived = _after(rng, only(children.found, happens(rng, chance, size)), (50, 0.8), least=12)
    places = rates.table("protection.deprived_place")
    journeys.dates |= {"missing_on": missing, "found_on": found, "deprived_on": deprived}
    journeys.codes["deprivation_place"] = pick(rng, places, size)
