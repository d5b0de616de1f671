"""Which offences the facts are, under which article, with which range: `qualify`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from tutela.law.accessories import accessories_of
from tutela.law.answers import Answer, Citation, Outcome, Reason, Reply, gathered
from tutela.law.consent import Case
from tutela.law.facts import Facts
from tutela.law.offence_names import named_offence
from tutela.law.penalties import punished
from tutela.law.refusals import refused
from tutela.law.tables import REPORT_ONLY, DatedRule, Form, Law, Offence
from tutela.law.truth import Truth, all_of, any_of
from tutela.law.words import code_label, phrase


def qualify_on(law: Law, facts: Facts, on: date) -> Reply:
    """Qualify under the law of one day: every offence of the conduct, the gravest first."""
    charged = named_offence(law, facts, on)
    conduct = facts.get("conduct")
    if charged is not None and conduct is None:
        conducts = {c for f in law.forms if f.offence is charged for c in f.conducts}
        conduct = conducts.pop() if len(conducts) == 1 else None
    if conduct is None:
        return asked("qualify", "conduct")
    forms = [f for f in law.forms_by_conduct.get(str(conduct), ()) if charged in (None, f.offence)]
    case = Case(law, facts, on)
    current = [form for form in forms if form.offence.in_force(on)]
    judged = [_judge(case, offence, current, str(conduct)) for offence in _offences(current)]
    answers = _without_absorbed(case, current, judged)
    outcome, why = _overall(case, str(conduct), forms, current, answers)
    shown = sorted((a for a in answers if a.outcome is not Outcome.FAILS), key=_order)
    failed = [a for a in answers if a.outcome is Outcome.FAILS]
    return Reply(
        "qualify",
        outcome,
        Reason(
            phrase("qualified", conduct=code_label("conduct", str(conduct)), on=on.isoformat()),
            None,
            why,
        ),
        (*shown, *failed),
        gathered(shown),
    )


def asked(question: str, *facts: str) -> Reply:
    """The reply to a question that lacks a fact without which nothing can be said."""
    return Reply(
        question, Outcome.UNKNOWN, Reason(phrase("nothing_without", facts=", ".join(facts))),
        missing=facts,
    )  # fmt: skip


def _offences(forms: Iterable[Form]) -> list[Offence]:
    return list({form.offence.id: form.offence for form in forms}.values())


def _order(answer: Answer) -> tuple[float, ...]:
    """Holding answers first, the gravest first of all."""
    severity = answer.penalty.severity if answer.penalty else (-1.0,) * 4
    place = {Outcome.HOLDS: 0, Outcome.CONFLICT: 1, Outcome.UNKNOWN: 2}
    return (place.get(answer.outcome, 3), *(-figure for figure in severity))


def _judge(case: Case, offence: Offence, current: list[Form], conduct: str) -> Answer:
    """The answer about one offence."""
    forms = [form for form in current if form.offence is offence]
    truths = [case.truth(form.condition) for form in forms]
    fulfilled = any_of(truths)
    article = case.law.article(offence.article)
    missing = [f for form in forms for f in case.missing(form.condition)]
    excuse, excuse_reasons, excuse_citations = _justified(case, conduct)
    if fulfilled is not Truth.FALSE and excuse is not Truth.FALSE:
        missing += [f for rule in _rules(case, conduct) for f in case.missing(rule.condition)]
    truth = all_of((fulfilled, Truth(2 - excuse)))
    reasons = [
        Reason(
            phrase("form", article=article), value,
            tuple(case.reason(term) for term in form.condition),
        )
        for form, value in zip(forms, truths, strict=True)
    ]  # fmt: skip
    conflict = [form for form, value in zip(forms, truths, strict=True) if value and form.conflict]
    clear = any(v is Truth.TRUE and not f.conflict for f, v in zip(forms, truths, strict=True))
    consent = tuple(c for f in forms for c in case.consent_citations(f.condition))
    citations = (offence.cited(case.on), *dict.fromkeys(consent))
    if fulfilled is not Truth.FALSE:
        reasons += excuse_reasons
    answer = Answer(
        outcome=_outcome(truth, missing),
        label=offence.label,
        explanation=Reason(phrase("offence", article=article, label=offence.label), truth),
        citations=citations,
        missing=tuple(dict.fromkeys(missing)) if truth is Truth.UNKNOWN else (),
        topic=forms[0].kind,
        row=offence.id,
        article=offence.article,
        era=offence.era,
        status=offence.status,
        offence_id=offence.id,
    )
    if truth is Truth.FALSE and excuse is Truth.TRUE:
        answer = replace(answer, citations=(*citations, *excuse_citations))
    if truth is Truth.TRUE and conflict and not clear:
        note = Reason(phrase("conflict_see", article=offence.article, see=conflict[0].see))
        answer = replace(answer, outcome=Outcome.CONFLICT)
        reasons.append(note)
    if answer.outcome is not Outcome.FAILS:
        answer, more = punished(case, offence, answer)
        reasons += more
        if offence.status == REPORT_ONLY:
            reasons.append(Reason(phrase("report_only")))
    return replace(
        answer,
        explanation=replace(answer.explanation, because=tuple(reasons)),
        more={**answer.more, **_remarks(case, offence)},
    )


def _outcome(truth: Truth, missing: list[str]) -> Outcome:
    if truth is Truth.UNKNOWN:
        # What no fact could settle is what the tables do not hold.
        return Outcome.UNKNOWN if missing else Outcome.NOT_ENCODED
    return Outcome.HOLDS if truth is Truth.TRUE else Outcome.FAILS


def _rules(case: Case, conduct: str) -> list[DatedRule]:
    return [
        rule
        for rule in case.law.justifications
        if conduct in rule.conducts and rule.row.in_force(case.on)
    ]


def _justified(case: Case, conduct: str) -> tuple[Truth, list[Reason], tuple[Citation, ...]]:
    """Whether a justification applies, why, and what it cites."""
    rules = _rules(case, conduct)
    truths = [case.truth(rule.condition) for rule in rules]
    reasons = [
        Reason(
            phrase(
                "justification", article=case.law.article(rule.row.article), rule=rule.row.label
            ),
            truth,
            tuple(case.reason(term) for term in rule.condition),
        )
        for rule, truth in zip(rules, truths, strict=True)
        if truth is not Truth.FALSE
    ]
    cited = tuple(
        r.row.cited(case.on) for r, t in zip(rules, truths, strict=True) if t is Truth.TRUE
    )
    return any_of(truths), reasons, cited


def _remarks(case: Case, offence: Offence) -> dict[str, object]:
    """What the tables say beside: elements, the report's figures, accessory measures."""
    more: dict[str, object] = {}
    if offence.elements:
        more["elements"] = case.law.words("elements", offence.elements)
    if offence.remark:
        more["remark"] = offence.remark
    report = case.law.report.get(("offences", offence.id))
    if report:
        more["report"] = report
    accessories = accessories_of(case.law, offence, case.on)
    if accessories:
        more["accessories"] = accessories
    return more


def _without_absorbed(case: Case, current: list[Form], answers: list[Answer]) -> list[Answer]:
    """Leave out a base offence whose aggravated form holds of the same conduct."""
    kinds = {form.offence.id: form.kind for form in current}
    fulfilled = [
        a for a in answers if a.explanation.truth is Truth.TRUE and kinds[a.row] == "aggravated"
    ]
    if not fulfilled:
        return answers
    return [a for a in answers if kinds[a.row] != "base"]


def _overall(
    case: Case, conduct: str, forms: list[Form], current: list[Form], answers: list[Answer]
) -> tuple[Outcome, tuple[Reason, ...]]:
    outcomes = {a.outcome for a in answers if a.topic != "modifier"}
    for outcome in (Outcome.HOLDS, Outcome.CONFLICT, Outcome.UNKNOWN, Outcome.NOT_ENCODED):
        if outcome in outcomes:
            return outcome, (Reason(phrase(f"overall_{outcome.name.lower()}")),)
    era = case.law.era_on(case.on)
    absences = [a for a in case.law.absences if (a.era, a.conduct) == (era, conduct)]
    own = [form for form in current if form.kind != "modifier"]
    if absences and not own:
        outcome = Outcome.SILENT if absences[0].outcome == "silent" else Outcome.NOT_ENCODED
        return outcome, (Reason(absences[0].note),)
    later = [f for f in forms if f.offence.valid_from and f.offence.valid_from > case.on]
    if own:
        same_era = [f for f in later if f.offence.era == era and f.before == "not-encoded"]
        if any(case.truth(f.condition) is not Truth.FALSE for f in same_era):
            return Outcome.NOT_ENCODED, (Reason(phrase("earlier_text_not_encoded")),)
        return Outcome.FAILS, (Reason(phrase("overall_fails")),)
    first = min((f.offence.valid_from for f in later if f.offence.valid_from), default=None)
    nearest = [f for f in later if f.offence.valid_from == first]
    if not nearest or any(f.before == "not-encoded" for f in nearest):
        return Outcome.NOT_ENCODED, (Reason(phrase("earlier_text_not_encoded")),)
    return Outcome.SILENT, (Reason(phrase("created_later")),)


def check_conduct(law: Law, conduct: str) -> None:
    """Refuse a conduct that no table of the country speaks of."""
    known = {c for form in law.forms for c in form.conducts} | {a.conduct for a in law.absences}
    if conduct not in known:
        raise refused("conduct_without_table", "conduct", conduct, known=", ".join(sorted(known)))
