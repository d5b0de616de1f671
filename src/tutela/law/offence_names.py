"""Finds the offence that someone names by its id or its article, in force on the day asked."""

from __future__ import annotations

import difflib
import re
from datetime import date

from tutela.errors import InputRefused
from tutela.law.facts import Facts
from tutela.law.refusals import refused
from tutela.law.tables import Law, Offence


def named_offence(law: Law, facts: Facts, on: date) -> Offence | None:
    """The offence of the fact `offence`; None if none is named.

    Refuses an unknown name, an article of another era (naming what replaced it), and an article
    that stands for several offences.
    """
    name = facts.values.get("offence")
    if name is None:
        return None
    return find_offence(law, str(name), on, facts.age("victim"))


def find_offence(law: Law, name: str, on: date, victim_age: int | None = None) -> Offence:
    """The offence with that id or article; among several age bands, the victim's."""
    exact = law.offences.get(name)
    found = [exact] if exact else [o for o in law.offences.values() if _is(o, name)]
    if not found:
        names = [o.article for o in law.offences.values()] + list(law.offences)
        near = difflib.get_close_matches(name, names, n=3) or ["a code of the list offences"]
        raise refused("unknown_article", "offence", name, near=", ".join(near))
    current = [offence for offence in found if offence.in_force(on)]
    if not current:
        raise _elsewhere(law, name, found[0], on)
    if victim_age is not None and len(current) > 1:
        current = [o for o in current if _of_age(o, victim_age)] or current
    if len(current) > 1:
        ids = ", ".join(offence.id for offence in current)
        raise refused("several_offences", "offence", name, ids=ids)
    return current[0]


def _is(offence: Offence, name: str) -> bool:
    plain = re.sub(r"^(art\.?|article)\s*", "", name.strip(), flags=re.IGNORECASE)
    bare = {key.removeprefix("II:") for key in offence.keys}
    return plain == offence.article or plain.replace(" ", "") in bare


def _of_age(offence: Offence, age: int) -> bool:
    above = offence.victim_age_max
    return offence.victim_age_min <= age and (above is None or age < above)


def _elsewhere(law: Law, name: str, offence: Offence, on: date) -> InputRefused:
    """A refusal of an article of another era, with the one of that day if there is one."""
    seen = offence
    while seen.id in law.successors and not seen.in_force(on):
        seen = law.offences[law.successors[seen.id]]
    if not seen.in_force(on):
        older = (o for o in law.offences.values() if law.successors.get(o.id) == offence.id)
        seen = next(older, offence)
    if seen.in_force(on):
        return refused("other_era", "offence", name, on=on, article=seen.article, offence=seen.id)
    if offence.id in law.without_successor:
        note = law.without_successor[offence.id]
        return refused("without_successor", "offence", name, on=on, note=note)
    start = offence.valid_from.isoformat() if offence.valid_from else "…"
    end = offence.valid_to.isoformat() if offence.valid_to else "…"
    return refused("not_in_force", "offence", name, on=on, start=start, end=end)
