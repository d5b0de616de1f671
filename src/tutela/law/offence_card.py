"""Everything the tables say about one offence, for a page about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tutela.law.accessories import accessories_of
from tutela.law.conditions import Condition
from tutela.law.offence_names import find_offence
from tutela.law.range_words import range_words
from tutela.law.tables import Law, Offence, Provision
from tutela.law.words import LANGUAGES, Words, code_label, question


@dataclass(frozen=True)
class OffenceCard:
    """One offence: its range in words, how it is committed, what came before and after, and
    which provisions name it while both are in force.

    `ways` are the conducts with the conditions of each; `provisions` map a table to its rows.
    """

    offence: Offence
    range: Words
    elements: Words | str
    ways: tuple[tuple[Words, tuple[Words, ...]], ...]
    earlier: tuple[Offence, ...]
    later: Offence | None
    without_later: Words | None
    accessories: tuple[Mapping[str, object], ...]
    provisions: Mapping[str, tuple[Provision, ...]]
    report: tuple[Mapping[str, object], ...]


def offence_card(law: Law, identifier: str, on: date | None = None) -> OffenceCard:
    """The card of an offence named by id, or by article in force on a day.

    Raises InputRefused for a name that the tables do not know.
    """
    offence = law.offences.get(identifier)
    if offence is None:
        offence = find_offence(law, identifier, on or date.max)
    successor = law.successors.get(offence.id)
    start = offence.valid_from or date.min
    forms = [form for form in law.forms if form.offence is offence]
    return OffenceCard(
        offence=offence,
        range=range_words(offence.penalty),
        elements=law.words("elements", offence.elements),
        ways=tuple(
            (code_label("conduct", conduct), _words_of(form.condition))
            for form in forms
            for conduct in sorted(form.conducts)
        ),
        earlier=tuple(o for o in law.offences.values() if law.successors.get(o.id) == offence.id),
        later=None if successor is None else law.offences[successor],
        without_later=law.without_successor.get(offence.id),
        accessories=accessories_of(law, offence, on or start),
        provisions={
            table: tuple(row for row in rows if _names(row, offence))
            for table, rows in law.provisions.items()
            if table != "ancillary"
        },
        report=law.report.get(("offences", offence.id), ()),
    )


def _names(row: Provision, offence: Offence) -> bool:
    """Whether a provision lists the offence and is in force on some day with it."""
    if row.covers is None or not row.covers & offence.keys:
        return False
    latest_start = max(row.valid_from or date.min, offence.valid_from or date.min)
    return latest_start < min(row.valid_to or date.max, offence.valid_to or date.max)


def _words_of(condition: Condition) -> tuple[Words, ...]:
    """Each term as the question behind it and the answer that is needed."""
    return tuple(
        {lang: f"{question(term.fact)[lang]} {term.needs()[lang]}" for lang in LANGUAGES}
        for term in condition
    )
