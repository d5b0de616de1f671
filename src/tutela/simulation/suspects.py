"""The suspects: convicted as often as published, the others by the number of cases a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tutela.simulation.chance import (
    NEVER,
    Bools,
    Dates,
    Ints,
    choose,
    day_in_year,
    delay,
    happens,
    only,
    stream,
    year_of,
)
from tutela.simulation.children import BIT, FIRST_DAY, LAST_DAY, Children
from tutela.simulation.journeys import Journeys, scaled
from tutela.simulation.rates import Rates

KINDS = (
    "incitement",
    "trafficking",
    "grooming",
    "forced_marriage",
    "csam_distribution",
    "csam_possession",
)
CSAM_KINDS = (4, 5)
MAIN_FORM = ("prostitution", "trafficking", "grooming", "cefm", "csam", "csam")
CASE_FORMS = (
    ("prostitution",),
    ("trafficking",),
    ("grooming", "sexual_extortion", "ocse"),
    ("cefm",),
    ("csam",),
    ("csam",),
)
DISMISSED, ACQUITTED, PRESCRIBED, OPEN, CONVICTED = range(5)
ENDS = ("dismissed", "acquitted", "prescribed", "open", "convicted")


@dataclass(frozen=True)
class Proceedings:
    """One row per suspect; `child` is a child of the same case, -1 in a case of its own."""

    kind: Ints
    end: Ints
    child: Ints
    suspected: Dates
    opened: Dates
    dismissed: Dates
    prosecuted: Dates
    judged: Dates

    def __len__(self) -> int:
        return len(self.kind)


def make_proceedings(
    children: Children, journeys: Journeys, seed: int, rates: Rates
) -> Proceedings:
    """Draw the suspects so that convictions and CSAM cases a year are as declared."""
    rng = stream(seed, "proceedings")
    size = len(children.form)
    parts = [_convicted(rng, rates, kind, size) for kind in range(len(KINDS))]
    parts += [_not_convicted(rng, rates, kind, size) for kind in range(4)]
    known = _attach(rng, rates, children, journeys, _joined(parts))
    missing = _missing_csam_cases(rates, children, journeys, known)
    more = _in_years(rng, rates, missing)
    return _within(_joined([known, more]))


def case_of_child_seen(children: Children, journeys: Journeys) -> Bools:
    """Which children's cases the federal police have."""
    case_seen = np.zeros(int(children.case.max(initial=-1)) + 1, dtype=np.bool_)
    case_seen[children.case[journeys.happened("identified_on")]] = True
    return case_seen[children.case]


def _joined(parts: list[Proceedings]) -> Proceedings:
    return Proceedings(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in Proceedings.__dataclass_fields__
        }
    )


def _convicted(rng: np.random.Generator, rates: Rates, kind: int, children: int) -> Proceedings:
    """Backwards from the judgment, whose year is given."""
    declared = rates.by_year(f"justice.convicted_{KINDS[kind]}")
    years = np.repeat(
        np.array(list(declared)), [scaled(number, children) for number in declared.values()]
    )
    size = len(years)
    judged = day_in_year(rng, years)
    prosecuted = judged - delay(rng, rates.delay("justice.trial"), size, least=5)
    opened = prosecuted - delay(rng, rates.delay("justice.investigation"), size, least=1)
    suspected = opened - delay(rng, rates.delay("justice.opening"), size)
    return Proceedings(
        kind=np.full(size, kind),
        end=np.full(size, CONVICTED),
        child=np.full(size, -1),
        suspected=suspected,
        opened=opened,
        dismissed=np.full(size, NEVER),
        prosecuted=prosecuted,
        judged=judged,
    )


def _not_convicted(rng: np.random.Generator, rates: Rates, kind: int, children: int) -> Proceedings:
    declared = rates.by_year(f"justice.convicted_{KINDS[kind]}")
    share = rates.table("justice.not_convicted")[KINDS[kind]]
    years = np.repeat(
        np.array(list(declared)), [scaled(number * share, children) for number in declared.values()]
    )
    return _forwards(rng, rates, np.full(len(years), kind), day_in_year(rng, years))


def _in_years(rng: np.random.Generator, rates: Rates, numbers: dict[int, int]) -> Proceedings:
    """CSAM suspects in cases of their own, as many a year as are still missing."""
    years = np.repeat(np.array(list(numbers), dtype=np.int64), list(numbers.values()))
    kinds = np.where(rng.random(len(years)) < 0.25, CSAM_KINDS[0], CSAM_KINDS[1])
    return _forwards(rng, rates, kinds, day_in_year(rng, years))


def _forwards(rng: np.random.Generator, rates: Rates, kind: Ints, suspected: Dates) -> Proceedings:
    size = len(kind)
    end = choose(rng, rates.table("justice.not_convicted_ends"), size)
    opened = suspected + delay(rng, rates.delay("justice.opening"), size)
    dismissed = opened + delay(rng, rates.delay("justice.dismissal"), size, least=3)
    prosecuted = opened + delay(rng, rates.delay("justice.investigation"), size, least=1)
    judged = prosecuted + delay(rng, rates.delay("justice.trial"), size, least=5)
    in_court = (end == ACQUITTED) | (end == PRESCRIBED)
    going_on = (end == OPEN) & (rng.random(size) < 0.4)
    return Proceedings(
        kind=kind,
        end=end,
        child=np.full(size, -1),
        suspected=suspected,
        opened=opened,
        dismissed=only(dismissed, np.asarray(end == DISMISSED)),
        prosecuted=only(prosecuted, in_court | going_on),
        judged=only(judged, in_court),
    )


def _attach(
    rng: np.random.Generator,
    rates: Rates,
    children: Children,
    journeys: Journeys,
    suspects: Proceedings,
) -> Proceedings:
    """Place suspects in the case of a child of the right form whom the police knew before."""
    complaint, identified = journeys.dates["complaint_on"], journeys.dates["identified_on"]
    by_police = np.fmin(complaint, identified)
    child = suspects.child.copy()
    shares = rates.table("justice.with_known_child")
    for kind, name in enumerate(KINDS):
        bits = sum(BIT[form] for form in CASE_FORMS[kind])
        # The federal police count CSAM cases by the day on which they identified the child.
        known_on = identified if kind in CSAM_KINDS else by_police
        fits = ((children.forms & bits) > 0) & ~np.isnat(known_on)
        candidates = np.flatnonzero(fits)
        if not len(candidates):
            continue
        candidates = candidates[np.argsort(known_on[candidates], kind="stable")]
        here = np.flatnonzero(suspects.kind == kind)
        here = here[happens(rng, shares[name], len(here))]
        before = np.searchsorted(known_on[candidates], suspects.suspected[here], side="right")
        back = rng.integers(0, max(len(candidates) // 60, 3), len(here))
        chosen = before - 1 - back
        child[here[chosen >= 0]] = candidates[chosen[chosen >= 0]]
    return Proceedings(**{**suspects.__dict__, "child": child})


def _missing_csam_cases(
    rates: Rates, children: Children, journeys: Journeys, suspects: Proceedings
) -> dict[int, int]:
    """Declared cases a year less those of known children and of convicted suspects."""
    identified = journeys.dates["identified_on"]
    with_csam = children.has("csam") & ~np.isnat(identified)
    _, first = np.unique(children.case[with_csam], return_index=True)
    years = year_of(identified[with_csam][first])
    own = (suspects.child < 0) & np.isin(suspects.kind, CSAM_KINDS)
    years = np.concatenate([years, year_of(suspects.suspected[own])])
    declared = rates.by_year("justice.csam_cases")
    size = len(children.form)
    return {
        year: max(scaled(number, size) - int((years == year).sum()), 0)
        for year, number in declared.items()
    }


def _within(suspects: Proceedings) -> Proceedings:
    """Forget what lies after the last day, and suspicions from before the first."""
    dates: dict[str, Any] = {}
    for name in ("suspected", "opened", "dismissed", "prosecuted", "judged"):
        days = getattr(suspects, name)
        dates[name] = only(days, np.asarray(days <= LAST_DAY))
    dates["suspected"] = only(dates["suspected"], np.asarray(dates["suspected"] >= FIRST_DAY))
    return Proceedings(**{**suspects.__dict__, **dates})
