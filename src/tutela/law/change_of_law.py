"""`qualify`: the offences of a case, and both ranges where the law changed after the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

from tutela.law.answers import Outcome, Penalty, Reason, Reply
from tutela.law.commencement import law_for, with_other_readings
from tutela.law.facts import Facts
from tutela.law.qualify import asked, check_conduct, qualify_on
from tutela.law.range_words import range_words
from tutela.law.tables import Law
from tutela.law.words import outcome_label, phrase


def qualify(facts: Facts, country: str = "be", *, new_code_from: date | None = None) -> Reply:
    """Which offences the facts are, with article and range.

    Needs `facts_on` and `conduct` (or `offence`); every other fact is asked for where it decides.
    With `judged_on`, the law of that day and of any day of change in between is given too
    (`more["laws"]`), and which range is milder (`more["milder"]`: earlier, later, same, depends).
    The milder law applies (Code pénal art. 2); courts differ on how to compare.

    Raises InputRefused for facts that cannot be, an unknown article, or one of another era.
    """
    law = law_for(facts, country, new_code_from)
    on, judged = facts.day("facts_on"), facts.day("judged_on")
    if on is None:
        return asked("qualify", "facts_on")
    conduct = facts.get("conduct")
    if conduct is not None:
        check_conduct(law, str(conduct))
    reply = _over_time(law, facts, on, judged)
    return with_other_readings(
        reply, law, lambda other: _over_time(other, facts, on, judged), on, judged
    )


def _over_time(law: Law, facts: Facts, on: date, judged: date | None) -> Reply:
    first = qualify_on(law, facts, on)
    if judged is None or first.outcome is Outcome.UNKNOWN:
        return first
    # A charge is an article of the day of the facts; a later law is asked about the conduct.
    conduct_only = facts.with_(offence=None, conduct=_conduct(law, facts, first))
    if conduct_only.get("conduct") is None:
        return first
    days = [day for day in law.boundaries if on < day <= judged]
    laws = [(on, first), *((day, qualify_on(law, conduct_only, day)) for day in days)]
    changed = [laws[0]]
    changed += [
        later for earlier, later in pairwise(laws) if _ranges(earlier[1]) != _ranges(later[1])
    ]
    between = {"facts": on.isoformat(), "judged": judged.isoformat()}
    if len(changed) == 1:
        note = Reason(phrase("no_change_of_law", **between))
        return replace(first, more={**first.more, "milder": "same"}, explanation=_add(first, note))
    milder, reasons = _compared(law, on, judged, first, changed[-1][1])
    ranges = tuple(_range_on(day, reply) for day, reply in changed)
    note = Reason(phrase("change_of_law", **between), None, (*ranges, *reasons))
    return replace(
        first,
        explanation=_add(first, note),
        more={
            **first.more,
            "milder": milder,
            "law_in_time": _rule_on(law, on),
            "laws": [{"on": day, "reply": reply} for day, reply in changed],
        },
    )


def _rule_on(law: Law, on: date) -> dict[str, object] | None:
    """The rule on law in time, cited for the day of the facts, if it was in force then."""
    rule = law.rules.get("g-lex-mitior")
    return rule.cited(on).as_dict() if rule is not None and rule.in_force(on) else None


def _range_on(day: date, reply: Reply) -> Reason:
    found = reply.principal
    if found is None:
        outcome = outcome_label(reply.outcome)
        return Reason(phrase("law_without_range", on=day.isoformat(), outcome=outcome))
    words = range_words(found.penalty)
    return Reason(phrase("law_range", on=day.isoformat(), article=found.article, range=words))


def _conduct(law: Law, facts: Facts, reply: Reply) -> str | None:
    stated = facts.get("conduct")
    if stated is not None or reply.principal is None:
        return None if stated is None else str(stated)
    charged = reply.principal.offence_id
    conducts = {c for form in law.forms if form.offence.id == charged for c in form.conducts}
    return conducts.pop() if len(conducts) == 1 else None


def _add(reply: Reply, note: Reason) -> Reason:
    return replace(reply.explanation, because=(*reply.explanation.because, note))


def _ranges(reply: Reply) -> tuple[object, ...]:
    found = reply.principal
    return (reply.outcome, found and found.article, found and found.penalty)


def _compared(
    law: Law, on: date, judged: date, first: Reply, last: Reply
) -> tuple[str, tuple[Reason, ...]]:
    rule = law.rules.get("g-lex-mitior")
    article = law.article(rule.article if rule is not None else "")
    reasons = [Reason(phrase("courts_differ", article=article))]
    if rule is not None and not rule.in_force(judged):
        reasons.append(Reason(phrase("mitior_not_encoded")))
    none = (Outcome.FAILS, Outcome.SILENT)
    if first.outcome in none:
        return "earlier", (Reason(phrase("not_punished_then")), *reasons)
    if last.outcome in none:
        return "later", (Reason(phrase("milder_not_punished")), *reasons)
    if first.principal is None or last.principal is None:
        milder = "depends"
    else:
        milder = _milder(first.principal.penalty, last.principal.penalty)
    return milder, (Reason(phrase(f"milder_{milder}")), *reasons)


def _milder(earlier: Penalty | None, later: Penalty | None) -> str:
    """Which range is milder in everything that both give: maximum, minimum, fine."""
    if earlier is None or later is None:
        return "depends"
    signs = set()
    for one, other in (
        (float("inf") if earlier.life else earlier.prison_max,
         float("inf") if later.life else later.prison_max),
        (earlier.prison_min, later.prison_min),
        (earlier.fine_max, later.fine_max),
        (earlier.fine_min, later.fine_min),
    ):  # fmt: skip
        if (one is None) is not (other is None):
            # A penalty on one side only: a fine is heavier than none, prison heavier than none.
            one, other = (-1 if one is None else one), (-1 if other is None else other)
        if one is not None and other is not None and one != other:
            signs.add("earlier" if one < other else "later")
    if not signs:
        return "same"
    return signs.pop() if len(signs) == 1 else "depends"
