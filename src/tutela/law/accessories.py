"""Measures that go with a conviction: bans, closures, notices, excluded measures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tutela.law.tables import Law, Offence, Provision


def accessories_of(law: Law, offence: Offence, on: date) -> tuple[Mapping[str, object], ...]:
    """The accessory measures whose text covers an offence on a day, in the order of the table."""
    return tuple(
        _described(law, provision, on)
        for provision in law.provisions.get("ancillary", ())
        if provision.in_force(on) and _covers(provision, offence)
    )


def _covers(provision: Provision, offence: Offence) -> bool:
    if provision.covers is not None:
        return bool(provision.covers & offence.keys)
    # A general measure of a code goes with all its offences.
    return provision.era == offence.era and provision.cells["covers"] == "all"


def _described(law: Law, provision: Provision, on: date) -> Mapping[str, object]:
    cells = provision.cells
    return {
        "row": provision.id,
        "topic": provision.topic,
        "label": provision.label,
        "article": provision.article,
        "min": cells["min"],
        "max": cells["max"],
        "unit": law.words("unit", cells["unit"]),
        "modality": law.words("modality", provision.modality),
        "status": provision.status,
        "citation": provision.cited(on).as_dict(),
    }
