"""What justice and the Commission did for each child, from the proceedings in the child's case."""

from __future__ import annotations

import numpy as np

from tutela.simulation.chance import (
    NEVER,
    Bools,
    Dates,
    Floats,
    Ints,
    between,
    delay,
    happens,
    listed,
    only,
    pick,
    stream,
)
from tutela.simulation.children import LAST_DAY, Children
from tutela.simulation.journeys import Journeys
from tutela.simulation.rates import Rates
from tutela.simulation.suspects import CONVICTED, ENDS, Proceedings

_CEILING_CHANGED = np.datetime64("2016-06-17", "D")


def add_verdicts(
    children: Children, journeys: Journeys, proceedings: Proceedings, seed: int, rates: Rates
) -> None:
    """Add the steps of justice, compensation and unlimited stay to the journeys."""
    rng = stream(seed, "verdicts")
    first = first_suspect(children, proceedings)
    _prosecution(rng, children, journeys, proceedings, rates, first)
    _court(rng, journeys, proceedings, rates, first)
    _commission(rng, journeys, rates)
    _unlimited_stay(rng, journeys, rates)


def first_suspect(children: Children, proceedings: Proceedings) -> Ints:
    """For each child the first suspect of its case, -1 without one."""
    cases = np.full(int(children.case.max(initial=-1)) + 1, -1, dtype=np.int64)
    attached = np.flatnonzero(proceedings.child >= 0)
    attached = attached[np.argsort(proceedings.opened[attached], kind="stable")]
    of_case = children.case[proceedings.child[attached]]
    numbers, positions = np.unique(of_case, return_index=True)
    cases[numbers] = attached[positions]
    return cases[children.case]


def _taken(values: Dates, positions: Ints) -> Dates:
    if not len(values):
        return np.full(len(positions), NEVER)
    return only(values[np.maximum(positions, 0)], np.asarray(positions >= 0))


def _until_today(dates: Dates) -> Dates:
    return only(dates, np.asarray(dates <= LAST_DAY))


def _prosecution(
    rng: np.random.Generator,
    children: Children,
    journeys: Journeys,
    proceedings: Proceedings,
    rates: Rates,
    first: Ints,
) -> None:
    size = len(first)
    dates = journeys.dates
    police = np.fmin(dates["complaint_on"], dates["identified_on"])
    known = ~np.isnat(police)
    pursued = known & (first >= 0) & happens(rng, rates.number("justice.child_in_file"), size)
    alone = (
        known
        & (first < 0)
        & happens(rng, rates.number("justice.child_in_file_without_suspect"), size)
    )
    opened = only(police + delay(rng, rates.delay("justice.opening"), size), alone)
    dismissed = opened + delay(rng, rates.delay("justice.dismissal"), size, least=3)
    dates["opened_on"] = _until_today(np.where(pursued, _taken(proceedings.opened, first), opened))
    dates["dismissed_on"] = _until_today(
        np.where(pursued, _taken(proceedings.dismissed, first), dismissed)
    )
    dates["prosecuted_on"] = only(_taken(proceedings.prosecuted, first), pursued)
    reasons = rates.table("justice.dismissal_reason")
    reason = pick(rng, reasons, size)
    journeys.codes["dismissal_reason"] = np.where(
        alone & (rng.random(size) < 0.7), "unknown_offender", reason
    )


def _court(
    rng: np.random.Generator,
    journeys: Journeys,
    proceedings: Proceedings,
    rates: Rates,
    first: Ints,
) -> None:
    size = len(first)
    dates = journeys.dates
    there = journeys.happened("prosecuted_on") & happens(
        rng, rates.number("justice.child_at_court"), size
    )
    judged = only(_taken(proceedings.judged, first), there)
    end = proceedings.end[np.maximum(first, 0)] if len(proceedings) else np.zeros(size, np.int64)
    convicted = ~np.isnat(judged) & (end == CONVICTED)
    recognised = convicted & happens(rng, rates.number("justice.recognised"), size)
    damages = recognised & happens(rng, rates.number("justice.damages"), size)
    dates["judgment_on"] = judged
    dates["victim_recognised_on"] = only(judged, recognised)
    journeys.codes["judgment"] = listed(ENDS)[end]
    journeys.amounts["compensation_awarded_eur"] = np.where(
        damages, euros(rng, (4000, 0.8), size), np.nan
    )


def euros(rng: np.random.Generator, median_and_spread: tuple[float, float], size: int) -> Floats:
    """Amounts in euro, log-normal, rounded to fifty."""
    median, spread = median_and_spread
    amounts: Floats = np.rint(np.exp(rng.normal(np.log(median), spread, size)) / 50) * 50
    return np.maximum(amounts, 50)


def _commission(rng: np.random.Generator, journeys: Journeys, rates: Rates) -> None:
    """Aid of the Commission: asked within three years of the final decision."""
    dates, amounts = journeys.dates, journeys.amounts
    size = len(dates["judgment_on"])
    recognised = journeys.happened("victim_recognised_on") & happens(
        rng, rates.number("compensation.claimed_after_recognition"), size
    )
    dismissed = journeys.happened("dismissed_on") & happens(
        rng, rates.number("compensation.claimed_after_dismissal"), size
    )
    decided = np.where(recognised, dates["victim_recognised_on"], dates["dismissed_on"])
    last_day = int(rates.number("compensation.time_limit_years") * 365)
    claimed = _until_today(only(decided + between(rng, 20, last_day, size), recognised | dismissed))
    granted = happens(rng, rates.number("compensation.awarded"), size)
    awarded = _until_today(
        only(claimed + delay(rng, rates.delay("compensation.decision"), size, least=30), granted)
    )
    is_paid = happens(rng, rates.number("compensation.paid"), size)
    paid = _until_today(
        only(awarded + delay(rng, rates.delay("compensation.payment"), size, least=5), is_paid)
    )
    dates |= {"claimed_on": claimed, "awarded_on": awarded, "paid_on": paid}
    asked = euros(rng, rates.delay("compensation.claimed_eur"), size)
    ceiling = np.where(
        awarded < _CEILING_CHANGED,
        rates.number("compensation.ceiling_before_2016"),
        rates.number("compensation.ceiling_since_2016"),
    )
    share = rates.number("compensation.granted_share")
    award = np.minimum(np.maximum(np.rint(asked * share / 50) * 50, 500), ceiling)
    amounts["claimed_eur"] = _where_known(asked, claimed)
    amounts["awarded_eur"] = _where_known(award, awarded)
    amounts["paid_eur"] = _where_known(award, paid)
    kinds = rates.table("compensation.kind")
    journeys.codes["aid_kind"] = pick(rng, kinds, size)


def _where_known(amounts: Floats, dates: Dates) -> Floats:
    return np.where(np.isnat(dates), np.nan, amounts)


def _unlimited_stay(rng: np.random.Generator, journeys: Journeys, rates: Rates) -> None:
    """Unlimited stay follows a status and a conviction."""
    dates = journeys.dates
    status, judged = dates["status_granted_on"], dates["judgment_on"]
    size = len(status)
    convicted: Bools = journeys.codes["judgment"] == "convicted"
    both = ~np.isnat(status) & ~np.isnat(judged) & convicted
    given = both & happens(rng, rates.number("referral.unlimited"), size)
    later = np.maximum(status, judged) + between(rng, 15, 150, size)
    dates["unlimited_on"] = _until_today(only(later, given))
