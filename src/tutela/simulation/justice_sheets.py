"""What police, prosecution and courts have in their files: children and suspects."""

from __future__ import annotations

import numpy as np

from tutela.simulation.chance import (
    NEVER,
    Bools,
    Dates,
    Floats,
    Ints,
    between,
    happens,
    listed,
    only,
    stream,
)
from tutela.simulation.sheet import (
    UNKNOWN_NUMBER,
    Column,
    Sheet,
    codes_where,
    interview_columns,
    nothing,
    risk_columns,
    sheet,
)
from tutela.simulation.suspects import (
    CONVICTED,
    CSAM_KINDS,
    ENDS,
    KINDS,
    case_of_child_seen,
)
from tutela.simulation.verdicts import euros
from tutela.simulation.world import World

_LOCAL_SHARE = 0.5


def _rows(world: World, child: Bools, suspect: Bools) -> Ints:
    return np.concatenate([np.flatnonzero(child), world.child_count + np.flatnonzero(suspect)])


def _both(child: Column | None, suspect: Column | None, children: Bools, suspects: Bools) -> Column:
    """One column over the rows: values of children, then of suspects; None is nothing."""
    like = child if child is not None else suspect
    assert like is not None  # noqa: S101 - a fault of ours
    first = child[children] if child is not None else nothing(like, int(children.sum()))
    second = suspect[suspects] if suspect is not None else nothing(like, int(suspects.sum()))
    return np.concatenate([first, second])


def federal_police(world: World) -> Sheet:
    """CSAM and trafficking: identified children, and all suspects of CSAM cases of their own."""
    rng = stream(world.seed, "federal police")
    dates, suspects = world.journeys.dates, world.proceedings
    children = world.journeys.happened("identified_on")
    seen_case = np.zeros(len(suspects), dtype=np.bool_)
    with_child = suspects.child >= 0
    federal_case = case_of_child_seen(world.children, world.journeys)
    seen_case[with_child] = federal_case[suspects.child[with_child]]
    own_csam = ~with_child & np.isin(suspects.kind, CSAM_KINDS)
    known = (seen_case | own_csam) & ~np.isnat(suspects.suspected)
    who = _rows(world, children, known)
    frozen_on, frozen_eur = _frozen(rng, world)
    identified = _both(dates["identified_on"], None, children, known)
    missing = only(dates["missing_on"], dates["missing_on"] > dates["identified_on"])
    return sheet(
        "federal_police",
        who,
        "registered_on",
        {
            "registered_on": _both(dates["identified_on"], suspects.suspected, children, known),
            "identified_on": identified,
            "suspected_on": _both(None, suspects.suspected, children, known),
            "missing_on": _both(missing, None, children, known),
            "extraterritorial": _abroad(world, who),
            "frozen_on": _both(None, frozen_on, children, known),
            "frozen_eur": _both(None, frozen_eur, children, known),
            **interview_columns(world, "federal_police", who, identified),
        },
    )


def local_police(world: World) -> Sheet:
    """Only what is complained of: children whose complaint was taken, suspects near them."""
    rng = stream(world.seed, "local police")
    dates, suspects = world.journeys.dates, world.proceedings
    children = world.journeys.happened("complaint_on")
    with_child = suspects.child >= 0
    near = np.zeros(len(suspects), dtype=np.bool_)
    near[with_child] = children[suspects.child[with_child]]
    other = ~np.isin(suspects.kind, CSAM_KINDS) & happens(rng, _LOCAL_SHARE, len(suspects))
    known = (near | other) & ~np.isnat(suspects.suspected)
    who = _rows(world, children, known)
    complaint = dates["complaint_on"]
    missing = only(dates["missing_on"], dates["missing_on"] > complaint)
    found = only(dates["found_on"], ~np.isnat(missing))
    complained = _both(complaint, None, children, known)
    return sheet(
        "local_police",
        who,
        "registered_on",
        {
            "registered_on": _both(complaint, suspects.suspected, children, known),
            "complaint_on": complained,
            "suspected_on": _both(None, suspects.suspected, children, known),
            "missing_on": _both(missing, None, children, known),
            "found_on": _both(found, None, children, known),
            **interview_columns(world, "local_police", who, complained),
            **risk_columns(world, "local_police", who),
        },
    )


def prosecution(world: World) -> Sheet:
    """Files opened: suspects, and the children named in them."""
    rng = stream(world.seed, "prosecution")
    dates, suspects = world.journeys.dates, world.proceedings
    children = world.journeys.happened("opened_on")
    known = ~np.isnat(suspects.opened)
    who = _rows(world, children, known)
    reasons = world.rates.table("justice.dismissal_reason")
    shares = np.cumsum(list(reasons.values()))
    drawn = np.searchsorted(shares / shares[-1], rng.random(len(suspects)))
    reason = codes_where(listed(reasons)[drawn], suspects.dismissed)
    child_reason = codes_where(world.journeys.codes["dismissal_reason"], dates["dismissed_on"])
    frozen_on, frozen_eur = _frozen(rng, world)
    return sheet(
        "prosecution",
        who,
        "opened_on",
        {
            "opened_on": _both(dates["opened_on"], suspects.opened, children, known),
            "dismissed_on": _both(dates["dismissed_on"], suspects.dismissed, children, known),
            "dismissal_reason": _both(child_reason, reason, children, known),
            "prosecuted_on": _both(dates["prosecuted_on"], suspects.prosecuted, children, known),
            "extraterritorial": _abroad(world, who),
            "frozen_on": _both(None, frozen_on, children, known),
            "frozen_eur": _both(None, frozen_eur, children, known),
        },
    )


def courts(world: World) -> Sheet:
    """Judgments: every person judged, and the children who stand in the judgment."""
    rng = stream(world.seed, "courts")
    journeys, suspects, rates = world.journeys, world.proceedings, world.rates
    children = journeys.happened("judgment_on")
    known = ~np.isnat(suspects.judged)
    size = len(suspects)
    convicted = known & (suspects.end == CONVICTED)
    months, fines = np.zeros(size), np.full(size, np.nan)
    confiscated = np.full(size, np.nan)
    for kind, name in enumerate(KINDS):
        here = np.flatnonzero(convicted & (suspects.kind == kind))
        median, spread = rates.value("justice.prison_months")[name]
        months[here] = np.clip(np.exp(rng.normal(np.log(median), spread, len(here))), 1, 240)
        fines[here] = euros(rng, tuple(rates.value("justice.fine_eur")[name]), len(here))
        some = here[happens(rng, rates.table("justice.confiscated")[name], len(here))]
        confiscated[some] = euros(rng, (6000, 1.1), len(some))
    prison = np.where(convicted, np.rint(months).astype(np.int64), UNKNOWN_NUMBER)
    return sheet(
        "courts",
        _rows(world, children, known),
        "judgment_on",
        {
            "judgment_on": _both(journeys.dates["judgment_on"], suspects.judged, children, known),
            "judgment": _both(
                journeys.codes["judgment"], listed(ENDS)[suspects.end], children, known
            ),
            "prison_months": _both(None, prison, children, known),
            "fine_eur": _both(None, fines, children, known),
            "confiscated_eur": _both(None, confiscated, children, known),
            "victim_recognised_on": _both(
                journeys.dates["victim_recognised_on"], None, children, known
            ),
            "compensation_awarded_eur": _both(
                journeys.amounts["compensation_awarded_eur"], None, children, known
            ),
        },
    )


def _frozen(rng: np.random.Generator, world: World) -> tuple[Dates, Floats]:
    suspects = world.proceedings
    size = len(suspects)
    shares = world.rates.table("justice.frozen")
    # One stream for both bodies: the same assets are seized once.
    rng = stream(world.seed, "frozen")
    seized = happens(rng, np.array([shares[name] for name in KINDS])[suspects.kind], size)
    start = np.where(np.isnat(suspects.opened), NEVER, suspects.opened)
    day = only(start + between(rng, 5, 120, size), seized)
    day = only(day, np.asarray(day <= np.datetime64("2025-12-31", "D")))
    return day, np.where(np.isnat(day), np.nan, euros(rng, (9000, 1.0), size))


def _abroad(world: World, who: Ints) -> Column:
    return np.where(world.facts.country[who] == "BE", "no", "yes")
