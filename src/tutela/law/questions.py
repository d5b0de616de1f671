"""The questions about provisions: jurisdiction, protections, status, compensation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from tutela.law.answers import Answer, Outcome, Reason, Reply, gathered
from tutela.law.commencement import law_for, with_other_readings
from tutela.law.facts import Facts
from tutela.law.limitation import with_limitation
from tutela.law.provisions_asked import Charged, as_one, by_topic
from tutela.law.qualify import asked, qualify_on
from tutela.law.tables import Law
from tutela.law.words import phrase

#: Topics of jurisdiction that found it; the others limit it or come beside.
GROUNDS = (
    "extraterritorial", "complaint", "active personality", "passive personality",
    "treaty jurisdiction",
)  # fmt: skip


#: The group of the rows that are a way to compensation of their own.
_ROUTE = "route"


def protections(facts: Facts, country: str = "be", *, new_code_from: date | None = None) -> Reply:
    """Who must or may have what: accompaniment, recorded interview, expert, identity ban, …

    Needs `judged_on` (the day of the hearing or decision) and, for what depends on the offence,
    `facts_on` with `conduct` or `offence`.
    """
    return _asked_of_table("protections", "procedure", facts, country, new_code_from)


def compensation(facts: Facts, country: str = "be", *, new_code_from: date | None = None) -> Reply:
    """Routes to compensation: preconditions, amounts, time limits, on the day `judged_on`."""
    return _asked_of_table("compensation", "compensation", facts, country, new_code_from)


def _asked_of_table(
    question: str, table: str, facts: Facts, country: str, new_code_from: date | None
) -> Reply:
    law = law_for(facts, country, new_code_from)
    on = facts.day("judged_on")
    if on is None:
        return asked(question, "judged_on")

    def ask(law: Law) -> Reply:
        charged, note = charged_on(law, facts, on)
        topics = by_topic(law, table, facts, on, charged)
        answers = tuple(answer for found in topics.values() for answer in found)
        return _reply(question, on, answers, note, deciding=_deciding(law, table, answers))

    return with_other_readings(ask(law), law, ask, on, facts.day("facts_on"))


def _deciding(law: Law, table: str, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Answers on which the outcome rests: routes to compensation, else what turns on the facts."""
    rows = law.provisions[table]
    chosen = {row.id for row in rows if _ROUTE in row.groups}
    if not chosen:
        chosen = {r.id for r in rows if r.covers is not None or r.conditions != ((),)} | {""}
    return tuple(answer for answer in answers if answer.row in chosen) or answers


def status(facts: Facts, country: str = "be", *, new_code_from: date | None = None) -> Reply:
    """Steps, documents, durations, conditions and who may ask, for a `person` on `judged_on`."""
    law = law_for(facts, country, new_code_from)
    on, person = facts.day("judged_on"), facts.get("person")
    lacking = [name for name in ("person", "judged_on") if facts.values.get(name) is None]
    if on is None or person is None:
        return asked("status", *lacking)
    rows = {p.id for p in law.provisions["status"] if str(person) in p.groups}
    topics = by_topic(law, "status", facts, on, Charged())
    found = (a for answers in topics.values() for a in answers if a.row in rows)
    return _reply("status", on, tuple(found), None)


def jurisdiction(facts: Facts, country: str = "be", *, new_code_from: date | None = None) -> Reply:
    """Whether facts abroad can be tried: ground or its absence, limitation, extradition.

    Needs `facts_on`, `place` and `conduct` or `offence`. The rule of the day of the facts is
    asked and, with `judged_on`, that of the day of judgment; where they differ the outcome is
    Conflict. For facts in the country itself the ordinary rule is not in the tables.
    """
    law = law_for(facts, country, new_code_from)
    on, judged = facts.day("facts_on"), facts.day("judged_on")
    lacking = [name for name in ("facts_on", "place") if facts.values.get(name) is None]
    if on is None or lacking:
        return asked("jurisdiction", *lacking)

    def ask(law: Law) -> Reply:
        return _jurisdiction(law, facts, on, judged)

    return with_other_readings(ask(law), law, ask, on, judged)


def _jurisdiction(law: Law, facts: Facts, on: date, judged: date | None) -> Reply:
    charged, note = charged_on(law, facts, on)
    topics = by_topic(law, "jurisdiction", facts, on, charged)
    limitation = with_limitation(topics.pop("limitation", []), facts)
    if judged is not None and judged != on:
        limitation += _later_limitation(law, facts, judged, {a.row for a in limitation})
    if str(facts.get("place")) == law.country.upper():
        words = phrase("territory")
        home = Answer(Outcome.NOT_ENCODED, words, Reason(words), topic="territory")
        return _reply("jurisdiction", on, (home, *limitation), note, deciding=(home,))
    grounds = [a for topic in GROUNDS for a in topics.pop(topic, [])]
    beside = [a for answers in topics.values() for a in answers]
    reply = _reply("jurisdiction", on, (*grounds, *limitation, *beside), note, deciding=grounds)
    if judged is None or judged == on:
        return reply
    later, _ = charged_on(law, facts, judged)
    again = by_topic(law, "jurisdiction", facts, judged, later)
    then = [a for topic in GROUNDS for a in again.get(topic, [])]
    if as_one(then) is as_one(grounds):
        return reply
    words = phrase("rules_differ_in_time")
    return Reply(
        "jurisdiction",
        Outcome.CONFLICT,
        Reason(words, None, (reply.explanation,)),
        reply.answers,
        reply.missing,
        more={"on_day_of_judgment": then, "on_day_of_facts": as_one(grounds).value},
    )


def _later_limitation(law: Law, facts: Facts, judged: date, known: set[str]) -> list[Answer]:
    """Rules on limitation of the day of judgment that are not those of the day of the facts."""
    charged, _ = charged_on(law, facts, judged)
    found = by_topic(law, "jurisdiction", facts, judged, charged).get("limitation", [])
    note = Reason(phrase("limitation_later", on=judged.isoformat()))
    return [
        replace(a, explanation=replace(a.explanation, because=(*a.explanation.because, note)))
        for a in with_limitation(found, facts)
        if a.row and a.row not in known
    ]


def charged_on(law: Law, facts: Facts, on: date) -> tuple[Charged, Reason | None]:
    """The offences of the facts, as other articles name them, for a question on another day."""
    committed = facts.day("facts_on")
    if committed is None:
        return Charged(missing=("facts_on",)), None
    first = qualify_on(law, facts, committed)
    offences = [law.offences[a.row] for a in first.holding() if a.offence_id]
    extra: frozenset[str] = frozenset()
    conduct = facts.get("conduct")
    era = law.era_on(committed)
    for absence in law.absences:
        if (absence.era, absence.conduct) == (era, conduct):
            extra |= absence.keys
    if not offences and not extra:
        missing = first.missing or ("conduct",)
        unknown = first.outcome is Outcome.UNKNOWN
        return Charged(because=first.outcome, missing=missing if unknown else ()), None
    if on != committed and conduct is not None:
        later = qualify_on(law, facts.with_(offence=None), on)
        offences += [law.offences[a.row] for a in later.holding() if a.offence_id]
    charged = Charged.of(law, offences, extra)
    label = offences[0].label if offences else phrase("overall_not_encoded")
    note = Reason(phrase("offence_at_facts", article=charged.article, label=label))
    return charged, note


def _reply(
    question: str,
    on: date,
    answers: tuple[Answer, ...],
    note: Reason | None,
    deciding: Iterable[Answer] | None = None,
) -> Reply:
    """One reply; `deciding` are the answers that its outcome rests on, all by default."""
    decisive = list(answers if deciding is None else deciding)
    return Reply(
        question,
        as_one(decisive),
        Reason(
            phrase("answered", question=phrase(f"question_{question}"), on=on.isoformat()),
            None,
            () if note is None else (note,),
        ),
        answers,
        gathered(decisive),
    )
