"""Judges one provision for the facts of a case on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tutela.law.answers import Answer, Outcome, Reason
from tutela.law.conditions import Condition, missing_of, truth_of
from tutela.law.facts import Facts
from tutela.law.tables import REPORT_ONLY, Law, Offence, Provision
from tutela.law.truth import Truth, any_of
from tutela.law.words import Words, phrase, same

#: Which answer a list of answers gives as one: the first of these that occurs.
PRECEDENCE = (
    Outcome.HOLDS, Outcome.CONFLICT, Outcome.UNKNOWN, Outcome.NOT_ENCODED, Outcome.FAILS,
    Outcome.SILENT,
)  # fmt: skip


#: What the column `article` says where no article stands behind a row.
_NO_ARTICLE = ("", "none", "not found", "report")


@dataclass(frozen=True)
class Charged:
    """The offences that the facts are, by the keys under which other articles name them.

    `keys` are those of the day of the facts and of the day asked; `former` those of the articles
    that these replaced. Where `known` is false, `because` says why: `Unknown` (facts are missing),
    `NotEncoded`, or `Fails` and `Silent` (the facts are no offence of the tables).
    """

    keys: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    article: str = ""
    known: bool = False
    because: Outcome = Outcome.UNKNOWN
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, law: Law, offences: Sequence[Offence], extra: frozenset[str]) -> Charged:
        """From offences, and keys of articles that the tables only name."""
        known = law.offences.values()
        replaced = {law.successors[o.id]: o for o in known if o.id in law.successors}
        former: set[str] = set()
        for offence in offences:
            seen = replaced.get(offence.id)
            if seen is not None and not seen.keys & offence.keys:
                former |= seen.keys
        keys = frozenset(k for o in offences for k in o.keys) | extra
        article = ", ".join(dict.fromkeys(o.article for o in offences)) or ", ".join(sorted(extra))
        return cls(keys, frozenset(former - keys), article, known=bool(keys))


def judge(
    law: Law, provision: Provision, facts: Facts, on: date, charged: Charged
) -> Answer | None:
    """The answer about a provision in force on `on`; None if it speaks of other offences."""
    reasons: list[Reason] = []
    missing: list[str] = []
    truth, conflict = Truth.TRUE, False
    if provision.covers is not None:
        if charged.because in (Outcome.FAILS, Outcome.SILENT):
            return None
        if not charged.known:
            truth = Truth.UNKNOWN
            missing += charged.missing
            reasons.append(Reason(phrase("covers_unknown"), truth))
        elif provision.covers & charged.keys:
            reasons.append(Reason(phrase("covers_offence", article=charged.article), truth))
        elif provision.covers & charged.former:
            conflict = True
            old = ", ".join(sorted(provision.covers & charged.former))
            reasons.append(Reason(phrase("cites_repealed", old=old, article=charged.article)))
        else:
            return None
    conditions = any_of(truth_of(c, facts) for c in provision.conditions)
    reasons += _condition_reasons(provision, facts)
    if conditions is Truth.UNKNOWN:
        missing += [fact for c in provision.conditions for fact in missing_of(c, facts)]
    truth = min(truth, conditions)
    outcome = _outcome(provision, truth, on, reasons, missing=missing, conflict=conflict)
    if provision.status == REPORT_ONLY:
        reasons.append(Reason(phrase("report_only")))
    return Answer(
        outcome=outcome,
        label=provision.label,
        explanation=Reason(
            _named(law, provision.article, provision.label),
            truth,
            tuple(reasons),
        ),
        citations=(provision.cited(on),),
        missing=tuple(dict.fromkeys(missing)) if outcome is Outcome.UNKNOWN else (),
        topic=provision.topic,
        row=provision.id,
        article=provision.article,
        era=provision.era,
        status=provision.status,
        more=_more(law, provision),
    )


def _outcome(
    provision: Provision,
    truth: Truth,
    on: date,
    reasons: list[Reason],
    *,
    missing: list[str],
    conflict: bool,
) -> Outcome:
    if truth is Truth.FALSE:
        return Outcome.HOLDS if provision.says == "limit" else Outcome.FAILS
    if provision.read_until is not None and on >= provision.read_until:
        reasons.append(Reason(phrase("read_until", day=provision.read_until.isoformat())))
        return Outcome.NOT_ENCODED
    if provision.says == "not-encoded":
        reasons.append(Reason(phrase("says_not_encoded")))
        return Outcome.NOT_ENCODED
    if truth is Truth.UNKNOWN:
        return Outcome.UNKNOWN if missing else Outcome.NOT_ENCODED
    if conflict:
        return Outcome.CONFLICT
    if provision.says == "silent":
        reasons.append(Reason(phrase("says_silent")))
        return Outcome.SILENT
    return Outcome.FAILS if provision.says == "limit" else Outcome.HOLDS


def _condition_reasons(provision: Provision, facts: Facts) -> list[Reason]:
    """The terms of the only condition, or each of several with its own."""
    if len(provision.conditions) == 1:
        return list(_reasons(provision.conditions[0], facts))
    return [
        Reason(phrase("one_of"), truth_of(condition, facts), _reasons(condition, facts))
        for condition in provision.conditions
    ]


def _reasons(condition: Condition, facts: Facts) -> tuple[Reason, ...]:
    return tuple(term.reason(facts) for term in condition)


def _named(law: Law, article: str, label: Words) -> Words:
    """A provision by its article, if it has one."""
    if article in _NO_ARTICLE:
        return phrase("without_article", label=label)
    # An act is named before its articles; a number alone is called an article.
    key = "provision" if article[0].isdigit() else "of_act"
    return phrase(key, article=law.article(article), label=label)


def _more(law: Law, provision: Provision) -> dict[str, object]:
    """What the row says beside, by the names of its columns; empty cells are left out."""
    shown = (
        "who_may_request", "duration", "unit", "value", "amount_min_eur", "amount_max_eur",
        "time_limit", "time_unit", "dual_criminality", "limitation_years",
    )  # fmt: skip
    units = {"time_unit": "unit"}
    more: dict[str, object] = {
        column: law.words(units.get(column, column), provision.cells[column])
        for column in shown
        if provision.cells.get(column)
    }
    if provision.modality:
        more["modality"] = law.words("modality", provision.modality)
    if provision.remark:
        more["remark"] = provision.remark
    report = law.report.get((provision.table, provision.id))
    if report:
        more["report"] = report
    return more


def by_topic(
    law: Law, table: str, facts: Facts, on: date, charged: Charged
) -> dict[str, list[Answer]]:
    """Topic → answers of the rows in force, and where none is, why."""
    found: dict[str, list[Answer]] = {}
    for provision in law.provisions[table]:
        answers = found.setdefault(provision.topic, [])
        if provision.says == "report" or not provision.in_force(on):
            continue
        answer = judge(law, provision, facts, on, charged)
        if answer is not None:
            answers.append(answer)
    return {
        topic: answers or [_without_row(law, table, topic, on, charged)]
        for topic, answers in found.items()
    }


def _without_row(law: Law, table: str, topic: str, on: date, charged: Charged) -> Answer:
    """What is said on a topic whose rows in force all speak of other offences, or are none."""
    rows = [p for p in law.provisions[table] if p.topic == topic and p.says != "report"]
    current = [p for p in rows if p.in_force(on)]
    outcome = Outcome.FAILS if current else Outcome.NOT_ENCODED
    heading = law.words("topic", topic)
    heading = same(heading) if isinstance(heading, str) else heading
    words = phrase("topic_not_encoded")
    if current:
        named = phrase("covers_not", article=charged.article)
        words = named if charged.article else phrase("no_offence")
    return Answer(
        outcome=outcome,
        label=heading,
        explanation=Reason(heading, None, (Reason(words),)),
        citations=tuple(p.cited(on) for p in current),
        topic=topic,
        article=", ".join(dict.fromkeys(p.article for p in current)),
    )


def as_one(answers: Sequence[Answer]) -> Outcome:
    """The outcome of several answers as one."""
    outcomes = {answer.outcome for answer in answers}
    return next((o for o in PRECEDENCE if o in outcomes), Outcome.NOT_ENCODED)
