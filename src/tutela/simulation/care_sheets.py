"""What the bodies that protect children have in their files: no suspects."""

from __future__ import annotations

import numpy as np

from tutela.simulation.chance import Dates, only
from tutela.simulation.sheet import (
    Column,
    Sheet,
    codes_where,
    interview_columns,
    risk_columns,
    sheet,
)
from tutela.simulation.world import World


def _after(dates: Dates, start: Dates) -> Dates:
    return only(dates, np.asarray(dates > start))


def specialised_centre(world: World) -> Sheet:
    """Children who were referred and accept help."""
    dates, codes = world.journeys.dates, world.journeys.codes
    who = np.flatnonzero(world.journeys.happened("referred_on"))
    columns: dict[str, Column] = {
        name: dates[name][who] for name in ("referred_on", "admitted_on", "left_on")
    }
    missing = _after(dates["missing_on"], dates["referred_on"])
    followed = dates["specialised_centre.followed_up_on"]
    known_return = only(dates["returned_on"], dates["returned_on"] > dates["admitted_on"])
    columns |= {
        "referred_by": codes["referred_by"][who],
        "left_to": codes_where(codes["left_to"], dates["left_on"])[who],
        "missing_on": missing[who],
        "found_on": only(dates["found_on"], ~np.isnat(missing))[who],
        "returned_on": known_return[who],
        "return_kind": codes_where(codes["return_kind"], known_return)[who],
        "followed_up_on": followed[who],
        "follow_up_outcome": codes_where(codes["specialised_centre.follow_up_outcome"], followed)[
            who
        ],
        **interview_columns(world, "specialised_centre", who, dates["admitted_on"][who]),
        **risk_columns(world, "specialised_centre", who),
    }
    return sheet("specialised_centre", who, "referred_on", columns)


def guardianship_service(world: World) -> Sheet:
    """Unaccompanied minors who were signalled."""
    dates, codes = world.journeys.dates, world.journeys.codes
    signalled = dates["guardianship_service.signalled_on"]
    who = np.flatnonzero(~np.isnat(signalled))
    deprived = _after(dates["deprived_on"], signalled)
    return sheet(
        "guardianship_service",
        who,
        "signalled_on",
        {
            "signalled_on": signalled[who],
            "assigned_on": dates["assigned_on"][who],
            "age_assessed_on": dates["age_assessed_on"][who],
            "age_assessment": codes_where(codes["age_assessment"], dates["age_assessed_on"])[who],
            "missing_on": _after(dates["missing_on"], signalled)[who],
            "deprived_on": deprived[who],
            "deprivation_place": codes_where(codes["deprivation_place"], deprived)[who],
            **risk_columns(world, "guardianship_service", who),
        },
    )


def immigration_office(world: World) -> Sheet:
    """Foreign children in the register of presumed victims; Belgians are not in it."""
    dates = world.journeys.dates
    who = np.flatnonzero(world.journeys.happened("presumed_on"))
    steps = (
        "presumed_on",
        "reflection_on",
        "temporary_on",
        "status_granted_on",
        "unlimited_on",
        "returned_on",
    )
    columns: dict[str, Column] = {name: dates[name][who] for name in steps}
    columns["return_kind"] = codes_where(world.journeys.codes["return_kind"], dates["returned_on"])[
        who
    ]
    return sheet("immigration_office", who, "presumed_on", columns)


def compensation_commission(world: World) -> Sheet:
    """Children for whom aid was asked."""
    journeys = world.journeys
    who = np.flatnonzero(journeys.happened("claimed_on"))
    awarded = journeys.dates["awarded_on"]
    columns: dict[str, Column] = {
        name: journeys.dates[name][who] for name in ("claimed_on", "awarded_on", "paid_on")
    }
    columns |= {
        name: journeys.amounts[name][who] for name in ("claimed_eur", "awarded_eur", "paid_eur")
    }
    columns["aid_kind"] = codes_where(journeys.codes["aid_kind"], awarded)[who]
    return sheet("compensation_commission", who, "claimed_on", columns)


def youth_care(world: World) -> Sheet:
    """Children whom the communities' services know."""
    dates, codes = world.journeys.dates, world.journeys.codes
    signalled = dates["youth_care.signalled_on"]
    who = np.flatnonzero(~np.isnat(signalled))
    missing = _after(dates["missing_on"], signalled)
    deprived = _after(dates["deprived_on"], signalled)
    followed = dates["youth_care.followed_up_on"]
    return sheet(
        "youth_care",
        who,
        "signalled_on",
        {
            "signalled_on": signalled[who],
            "measure_on": dates["measure_on"][who],
            "missing_on": missing[who],
            "found_on": only(dates["found_on"], ~np.isnat(missing))[who],
            "deprived_on": deprived[who],
            "deprivation_place": codes_where(codes["deprivation_place"], deprived)[who],
            "followed_up_on": followed[who],
            "follow_up_outcome": codes_where(codes["youth_care.follow_up_outcome"], followed)[who],
            **risk_columns(world, "youth_care", who),
        },
    )
