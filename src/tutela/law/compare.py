"""The same facts under the law of two days, side by side: `compare`."""

from __future__ import annotations

from datetime import date
from typing import Any

from tutela.law.answers import Outcome, Reason, Reply
from tutela.law.commencement import assumed, law_for
from tutela.law.facts import Facts
from tutela.law.qualify import asked, qualify_on
from tutela.law.questions import protections
from tutela.law.tables import Law
from tutela.law.words import phrase

#: Fields of the offence punished most that the table sets side by side.
FIELDS = (
    "outcome", "offence_id", "article", "era", "prison_min_months", "prison_max_months", "level",
    "fine_min_eur", "fine_max_eur",
)  # fmt: skip


def compare(
    facts: Facts,
    first: date,
    second: date,
    country: str = "be",
    *,
    new_code_from: date | None = None,
) -> Reply:
    """Qualification and protections of the same facts under the law of two days.

    Ages stay those of the facts. `more["table"]` has one row per field: `field`, `first`,
    `second`, `differs`; `more["first"]` and `more["second"]` hold the two replies.
    """
    law = law_for(facts, country, new_code_from)
    if facts.get("conduct") is None:
        return asked("compare", "conduct")
    fixed = facts.with_(
        victim_age=facts.age("victim"), offender_age=facts.age("offender"),
        victim_born=None, offender_born=None, offence=None, facts_on=None, judged_on=None,
    )  # fmt: skip
    replies = [qualify_on(law, fixed, day) for day in (first, second)]
    columns = [_fields(reply) for reply in replies]
    protected = [_protections(law, fixed, day) for day in (first, second)]
    for topic in dict.fromkeys((*protected[0], *protected[1])):
        for column, found in zip(columns, protected, strict=True):
            column[f"protection: {topic}"] = found.get(topic, Outcome.NOT_ENCODED.value)
    table = [
        {"field": field, "first": value, "second": columns[1][field],
         "differs": value != columns[1][field]}
        for field, value in columns[0].items()
    ]  # fmt: skip
    outcomes = [reply.outcome for reply in replies]
    return Reply(
        "compare",
        outcomes[0] if outcomes[0] is outcomes[1] else Outcome.CONFLICT,
        Reason(
            phrase("compared", first=first.isoformat(), second=second.isoformat()),
            None,
            tuple(reply.explanation for reply in replies),
        ),
        missing=tuple(dict.fromkeys((*replies[0].missing, *replies[1].missing))),
        assumptions=assumed(law, first, second),
        more={"table": table, "first": replies[0], "second": replies[1]},
    )


def _fields(reply: Reply) -> dict[str, Any]:
    plain = reply.principal.as_dict() if reply.principal else {}
    return {field: plain.get(field) for field in FIELDS} | {"outcome": reply.outcome.value}


def _protections(law: Law, facts: Facts, day: date) -> dict[str, str]:
    asked_on = facts.with_(facts_on=day, judged_on=day)
    found: dict[str, set[Outcome]] = {}
    reply = protections(asked_on, law.country, new_code_from=law.new_code_from)
    for answer in reply.answers:
        found.setdefault(answer.topic, set()).add(answer.outcome)
    return {topic: " / ".join(sorted(o.value for o in each)) for topic, each in found.items()}
