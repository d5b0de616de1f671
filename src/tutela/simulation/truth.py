"""The truth of a synthetic nation, for those who measure: who is who, and what happened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from tutela.record_label import record_labels
from tutela.simulation.chance import Bools, Ints, stream
from tutela.simulation.children import FORMS, SITUATIONS
from tutela.simulation.name_pools import CULTURES
from tutela.simulation.people import SEXES
from tutela.simulation.wording import SYNTHETIC
from tutela.simulation.world import World

#: Steps of the truth, in the words of the code list of event types.
CHILD_EVENTS = {
    "report": "received_on",
    "complaint": "complaint_on",
    "identification": "identified_on",
    "referral": "referred_on",
    "admission": "admitted_on",
    "left_centre": "left_on",
    "guardian_signalled": "guardianship_service.signalled_on",
    "guardian_assigned": "assigned_on",
    "age_assessment": "age_assessed_on",
    "reflection_document": "reflection_on",
    "temporary_document": "temporary_on",
    "status_granted": "status_granted_on",
    "unlimited_stay": "unlimited_on",
    "measure": "measure_on",
    "missing": "missing_on",
    "found": "found_on",
    "deprivation_of_liberty": "deprived_on",
    "investigation_opened": "opened_on",
    "dismissal": "dismissed_on",
    "prosecution": "prosecuted_on",
    "judgment": "judgment_on",
    "victim_recognised": "victim_recognised_on",
    "aid_claimed": "claimed_on",
    "aid_awarded": "awarded_on",
    "aid_paid": "paid_on",
    "return": "returned_on",
}
SUSPECT_EVENTS = {
    "suspicion": "suspected",
    "investigation_opened": "opened",
    "dismissal": "dismissed",
    "prosecution": "prosecuted",
    "judgment": "judged",
}


def person_labels(world: World) -> pl.Series:
    """A label for each person, in an order that tells nothing."""
    size = len(world.people)
    numbers = stream(world.seed, "person labels").permutation(size) + 1
    return "P" + pl.Series(numbers).cast(pl.String).str.zfill(8)


def persons(world: World, labels: pl.Series, agencies: Ints) -> pl.DataFrame:
    """Everybody, also those whom no agency saw (`agencies` is 0)."""
    people, children = world.people, world.children
    count = world.child_count
    suspects = len(people) - count
    size = len(people)
    none = [None] * suspects
    return pl.DataFrame(
        {
            "person_id": labels,
            "role": np.where(np.arange(size) < count, "victim", "suspect"),
            "culture": np.array(CULTURES)[people.culture],
            "sex": np.array(SEXES)[people.sex],
            "birth_date": people.birth,
            "citizenship": people.citizenship,
            "residence": world.places.codes[people.residence],
            "family_id": pl.concat([pl.Series(children.family), pl.Series(none, dtype=pl.Int64)]),
            "case_id": world.facts.case,
            "situation": pl.concat(
                [
                    pl.Series(np.array(SITUATIONS)[children.situation]),
                    pl.Series(none, dtype=pl.String),
                ]
            ),
            "unaccompanied": pl.concat(
                [pl.Series(children.alone), pl.Series(none, dtype=pl.Boolean)]
            ),
            "form": np.array(FORMS)[world.facts.main_form],
            "facts_date": world.facts.date,
            "found_on": pl.concat([pl.Series(children.found), pl.Series(none, dtype=pl.Date)]),
            "agencies": agencies,
            "synthetic": pl.repeat(SYNTHETIC, size, eager=True),
        }
    ).sort("person_id")


def records(
    world: World, labels: pl.Series, agency: str, numbers: pl.Series, who: Ints, named: Bools
) -> pl.DataFrame:
    """The mentions in one agency's file, by the agency's own number and by the store's label."""
    kept = np.flatnonzero(named)
    person = who[kept]
    own = numbers.gather(kept).alias("record")
    return pl.DataFrame(
        {
            "agency": pl.repeat(agency, len(kept), eager=True),
            "profile": pl.repeat(agency, len(kept), eager=True),
            "record": own,
            "record_id": record_labels(agency, agency, own),
            "person_id": labels.gather(person),
            "role": np.where(person < world.child_count, "victim", "suspect"),
            "culture": np.array(CULTURES)[world.people.culture[person]],
            "sex": np.array(SEXES)[world.people.sex[person]],
            "synthetic": pl.repeat(SYNTHETIC, len(kept), eager=True),
        }
    )


def events(world: World, labels: pl.Series) -> pl.DataFrame:
    """Everything that happened, whether or not a file tells it."""
    parts: list[pl.DataFrame] = []
    steps = [(name, world.journeys.dates[step], 0) for name, step in CHILD_EVENTS.items()]
    steps += [
        (name, getattr(world.proceedings, step), world.child_count)
        for name, step in SUSPECT_EVENTS.items()
    ]
    for name, dates, offset in steps:
        happened = np.flatnonzero(~np.isnat(dates))
        parts.append(
            pl.DataFrame(
                {
                    "person_id": labels.gather(happened + offset),
                    "event_type": pl.repeat(name, len(happened), eager=True),
                    "date": dates[happened],
                    "synthetic": pl.repeat(SYNTHETIC, len(happened), eager=True),
                }
            )
        )
    return pl.concat(parts)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write beside the place, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    frame.write_parquet(beside, compression="zstd", compression_level=3)
    beside.replace(path)
