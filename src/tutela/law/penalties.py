"""The range of an offence for the facts: attempt, a minor offender, the number of victims."""

from __future__ import annotations

from dataclasses import replace

from tutela.law.answers import Answer, Citation, Outcome, Penalty, Reason
from tutela.law.attempts import lowered
from tutela.law.consent import Case
from tutela.law.tables import Offence
from tutela.law.words import phrase

_ADULT = 18


def punished(case: Case, offence: Offence, answer: Answer) -> tuple[Answer, list[Reason]]:
    """The answer with its range and why it is that one.

    An attempt that the article does not speak of is NotEncoded where no general rule is; one that
    the article does not punish makes the answer fail. Fines are before any surcharge and are
    multiplied by the number of victims only where the article says so.
    """
    penalty: Penalty | None = offence.penalty
    reasons: list[Reason] = []
    cited: list[Citation] = []
    missing: list[str] = []
    more: dict[str, object] = {}
    times = offence.times_victims
    steps = 0
    if case.facts.is_attempt():
        attempt = offence.attempt
        rule = case.law.rules.get("g-attempt")
        times = attempt.times_victims if attempt.rule == "range" else times
        if attempt.rule == "none":
            reason = Reason(phrase("attempt_none", article=offence.article))
            return replace(answer, outcome=Outcome.FAILS, missing=()), [reason]
        if attempt.rule in ("range", "fine"):
            penalty = attempt.penalty
        elif attempt.rule == "general":
            if rule is None or not rule.in_force(case.on):
                reason = Reason(phrase("attempt_not_encoded", article=offence.article))
                held = answer.outcome is not Outcome.UNKNOWN
                outcome = Outcome.NOT_ENCODED if held else answer.outcome
                return replace(answer, outcome=outcome), [reason]
            steps += 1
            cited.append(rule.cited(case.on))
        reasons.append(Reason(phrase(f"attempt_{attempt.rule}", article=offence.article)))
    lower = case.law.rules.get("g-minor-offender")
    age = case.facts.age("offender")
    if lower is not None and lower.in_force(case.on) and penalty and penalty.level is not None:
        if age is None:
            missing.append("offender_age")
            reasons.append(
                Reason(phrase("range_for_adult", article=case.law.article(lower.article)))
            )
        elif age < _ADULT:
            steps += 1
            cited.append(lower.cited(case.on))
            reasons.append(
                Reason(phrase("minor_offender", article=case.law.article(lower.article)))
            )
    elif age is not None and age < _ADULT:
        reasons.append(Reason(phrase("minor_offender_not_encoded")))
    if steps:
        penalty = lowered(penalty or Penalty(), case.law.levels, steps)
        if penalty is None:
            reasons.append(Reason(phrase("below_lowest_level")))
            held = answer.outcome is not Outcome.UNKNOWN
            outcome = Outcome.NOT_ENCODED if held else answer.outcome
            return replace(answer, outcome=outcome, citations=(*answer.citations, *cited)), reasons
    penalty = penalty or Penalty()
    levels = case.law.rules.get("g-levels")
    if penalty.level is not None and levels is not None:
        cited.append(levels.cited(case.on))
    if times and penalty.fine_max is not None:
        victims = case.facts.get("victims")
        if isinstance(victims, int):
            reasons.append(Reason(phrase("fine_times_victims", victims=victims)))
            penalty = _times(penalty, victims)
        else:
            more["fine_per_victim_eur"] = [penalty.fine_min, penalty.fine_max]
            missing.append("victims")
            reasons.append(Reason(phrase("fine_per_victim")))
            penalty = replace(penalty, fine_min=None, fine_max=None)
    if penalty.fine_max is not None or times:
        reasons.append(Reason(phrase("before_surcharge")))
    if penalty == Penalty():
        reasons.append(Reason(phrase("no_figure")))
    return (
        replace(
            answer,
            penalty=penalty,
            citations=(*answer.citations, *cited),
            missing=tuple(dict.fromkeys((*answer.missing, *missing))),
            more={**answer.more, **more},
        ),
        reasons,
    )


def _times(penalty: Penalty, victims: int) -> Penalty:
    return replace(
        penalty,
        fine_min=None if penalty.fine_min is None else penalty.fine_min * victims,
        fine_max=None if penalty.fine_max is None else penalty.fine_max * victims,
    )
