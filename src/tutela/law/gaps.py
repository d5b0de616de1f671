"""Where the law is open: the report's recommendations at a date, and gaps found in the tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tutela.law.answers import Answer, Outcome, Reason, Reply
from tutela.law.commencement import law_for, with_other_readings
from tutela.law.facts import Facts
from tutela.law.load import words_of
from tutela.law.qualify import asked
from tutela.law.tables import Form, Law, Offence, Provision
from tutela.law.words import Words, code_label, phrase

#: Conducts that are no exploitation of a child themselves: they protect a victim or a judgment.
_PROTECTING = frozenset({"identity_publication", "breach_of_ban", "refusal_to_remove", "smuggling"})
_ADULT = 18
_KEYS = {"open": "gap_open", "partly": "gap_partly", "closed": "gap_closed"}


def gaps(facts: Facts, country: str = "be", *, new_code_from: date | None = None) -> Reply:
    """Gaps on the day `judged_on`: the recommendations, then those found in the tables.

    `more["state"]` of a recommendation is open, partly, closed, not_verified, or means (it asks
    for money, training or cooperation, not for a text). Found gaps have the topics
    `repealed_reference`, `no_identity_ban`, `nationality` and `age_threshold`.
    """
    law = law_for(facts, country, new_code_from)
    on = facts.day("judged_on")
    if on is None:
        return asked("gaps", "judged_on")

    def ask(law: Law) -> Reply:
        answers = (*_recommendations(law, on), *found_gaps(law, on))
        counts: dict[str, int] = {}
        for answer in answers:
            state = str(answer.more["state"])
            counts[state] = counts.get(state, 0) + 1
        words = phrase("gaps_on", on=on.isoformat())
        return Reply("gaps", Outcome.HOLDS, Reason(words), answers, more={"counts": counts})

    return with_other_readings(ask(law), law, ask, on)


def _recommendations(law: Law, on: date) -> list[Answer]:
    return [_recommendation(law, row, on) for row in law.gaps]


def _recommendation(law: Law, row: Mapping[str, str], on: date) -> Answer:
    state = _state(law, row, on)
    number, label = row["rec_no"], words_of(row)
    key = _KEYS.get(state, "gap_not_law" if state == "means" else "gap_not_read")
    words = phrase(key, number=number, provision=row["closing_provision"])
    status = row["status"].partition(":")[0]
    outcome = Outcome.NOT_ENCODED
    if state in ("closed", "partly"):
        outcome = Outcome.HOLDS
    elif state == "open" and status == "verified":
        outcome = Outcome.SILENT
    return Answer(
        outcome=outcome,
        label=label,
        explanation=Reason(words, None, (Reason(label),)),
        topic="recommendation",
        row=number,
        article=row["closing_provision"] if state in ("closed", "partly") else "",
        status=status,
        more={"state": state, "kind": row["kind"], "change": row["change_if_adopted"]},
    )


def _state(law: Law, row: Mapping[str, str], on: date) -> str:
    """Open until the closing date, then what the table says."""
    said = row["closed_by_later_law"]
    if said == "not verified":
        return "not_verified"
    if said == "not found" and row["kind"] != "law change":
        return "means"
    closing = row["closing_date"]
    if not closing:
        return "open"
    closes = law.new_code_from if closing == "with Book II" else date.fromisoformat(closing)
    if closes is None or on < closes:
        return "open"
    return "closed" if said.startswith("yes") else "partly"


def found_gaps(law: Law, on: date) -> list[Answer]:
    """Gaps that the tables themselves show on a day."""
    current = [form for form in law.forms if form.offence.in_force(on) and form.kind != "modifier"]
    return [
        *_repealed_references(law, on),
        *_without_identity_ban(law, current, on),
        *_limited_by_nationality(law, on),
        *_age_thresholds(current, on),
    ]


def _finding(
    topic: str, outcome: Outcome, words: Words, row: Provision | Offence, on: date
) -> Answer:
    return Answer(
        outcome=outcome,
        label=words,
        explanation=Reason(words),
        citations=(row.cited(on),),
        topic=topic,
        row=row.id,
        article=row.article,
        era=row.era,
        status=row.status,
        more={"state": "found"},
    )


def _repealed_references(law: Law, on: date) -> list[Answer]:
    """Provisions in force that cover articles of which none is in force any more."""
    live = {key for o in law.offences.values() if o.in_force(on) for key in o.keys}
    ended = {
        key
        for o in law.offences.values()
        if o.valid_to is not None and o.valid_to <= on
        for key in o.keys
    } - live
    found = []
    for rows in law.provisions.values():
        for row in rows:
            dead = (row.covers or frozenset()) & ended
            unread = row.read_until is not None and on >= row.read_until
            if dead and row.in_force(on) and not unread:
                old = ", ".join(sorted(dead))
                words = phrase(
                    "found_repealed", article=law.article(row.article), old=old, on=on.isoformat()
                )
                found.append(_finding("repealed_reference", Outcome.CONFLICT, words, row, on))
    return found


def _without_identity_ban(law: Law, current: list[Form], on: date) -> list[Answer]:
    """Offences against children whose victims no encoded identity ban covers."""
    bans = [
        row
        for row in law.provisions["procedure"]
        if row.topic == "identity ban" and row.in_force(on)
    ]
    covered = {key for ban in bans for key in ban.covers or ()}
    found = []
    for offence in {form.offence.id: form.offence for form in current}.values():
        conducts = {c for form in current if form.offence is offence for c in form.conducts}
        if offence.victim_age_min >= _ADULT or conducts <= _PROTECTING or offence.keys & covered:
            continue
        words = phrase("found_no_identity_ban", article=offence.article, on=on.isoformat())
        found.append(_finding("no_identity_ban", Outcome.SILENT, words, offence, on))
    return found


def _limited_by_nationality(law: Law, on: date) -> list[Answer]:
    """Protections that turn on the victim's or witness's nationality."""
    found = []
    for row in law.provisions["procedure"]:
        facts = {term.fact for condition in row.conditions for term in condition}
        if row.in_force(on) and facts & {"nationality_group", "victim_nationality"}:
            unread = row.read_until is not None and on >= row.read_until
            outcome = Outcome.NOT_ENCODED if unread else Outcome.FAILS
            words = phrase("found_nationality", article=law.article(row.article), label=row.label)
            found.append(_finding("nationality", outcome, words, row, on))
    return found


def _age_thresholds(current: list[Form], on: date) -> list[Answer]:
    """Conducts of which every form in force stops below eighteen."""
    by_conduct: dict[str, list[Form]] = {}
    for form in current:
        for conduct in form.conducts:
            by_conduct.setdefault(conduct, []).append(form)
    found = []
    for conduct, forms in by_conduct.items():
        top = max(forms, key=lambda form: form.offence.victim_age_max or _ADULT + 1)
        highest = top.offence.victim_age_max
        if highest is not None and highest < _ADULT:
            words = phrase(
                "found_age", age=highest, on=on.isoformat(), article=top.offence.article,
                conduct=code_label("conduct", conduct),
            )  # fmt: skip
            found.append(_finding("age_threshold", Outcome.SILENT, words, top.offence, on))
    return found
