"""Whether the person concerned consented in law: the rules on age and position, by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tutela.law.answers import Citation, Reason
from tutela.law.conditions import Condition, Term, missing_of, truth_of
from tutela.law.facts import Facts
from tutela.law.tables import DatedRule, Law
from tutela.law.truth import Truth, all_of, any_of, negated
from tutela.law.words import phrase


@dataclass(frozen=True)
class Case:
    """Facts under the law of one day; answers conditions, with consent as the law sees it."""

    law: Law
    facts: Facts
    on: date

    @cached_property
    def consent_rules(self) -> tuple[DatedRule, ...]:
        """The rules on consent in force; none where they are not encoded."""
        return tuple(rule for rule in self.law.consent if rule.row.in_force(self.on))

    @cached_property
    def consented(self) -> Truth:
        """Whether there was consent in law.

        Free agreement counts only if a rule on age makes it valid and none makes it void. Where
        no rule is encoded, the agreement of an adult counts and that of a minor decides nothing.
        """
        agreed = self.facts.is_yes("consent")
        if not self.consent_rules:
            age = self.facts.age("victim")
            if agreed is Truth.FALSE or (age is not None and age >= _ADULT):
                return agreed
            return Truth.UNKNOWN
        valid = any_of(truth_of(r.condition, self.facts) for r in self._rules("valid"))
        void = any_of(truth_of(r.condition, self.facts) for r in self._rules("void"))
        return all_of((agreed, valid, negated(void)))

    def _rules(self, effect: str) -> list[DatedRule]:
        return [rule for rule in self.consent_rules if rule.effect == effect]

    def truth(self, condition: Condition) -> Truth:
        """Whether a condition holds."""
        return all_of(self._truth(term) for term in condition)

    def _truth(self, term: Term) -> Truth:
        if term.fact != "consent":
            return term.truth(self.facts)
        return self.consented if term.values == ("yes",) else negated(self.consented)

    def missing(self, condition: Condition) -> tuple[str, ...]:
        """What to ask for; nothing if a term fails, or if no fact could help."""
        if self.truth(condition) is not Truth.UNKNOWN:
            return ()
        found: list[str] = []
        for term in condition:
            if term.fact != "consent":
                found += term.missing(self.facts)
            elif self.consented is Truth.UNKNOWN:
                found += self._consent_missing()
        return tuple(dict.fromkeys(found))

    def _consent_missing(self) -> list[str]:
        found = [] if "consent" in self.facts.values else ["consent"]
        if not self.consent_rules:
            return found if self.facts.age("victim") is not None else [*found, "victim_age"]
        for rules in (self._rules("valid"), self._rules("void")):
            if any_of(truth_of(r.condition, self.facts) for r in rules) is not Truth.TRUE:
                found += [f for r in rules for f in missing_of(r.condition, self.facts)]
        return found

    def reason(self, term: Term) -> Reason:
        """Why a term holds or not."""
        if term.fact != "consent":
            return term.reason(self.facts)
        rules = tuple(
            Reason(
                phrase(
                    f"consent_{rule.effect}",
                    article=self.law.article(rule.row.article),
                    rule=rule.row.label,
                ),
                truth_of(rule.condition, self.facts),
                tuple(t.reason(self.facts) for t in rule.condition),
            )
            for rule in self.consent_rules
        )
        if not rules and (self.facts.age("victim") or 0) < _ADULT:
            rules = (Reason(phrase("consent_not_encoded")),)
        asked = term.reason(self.facts)
        return Reason(phrase("consent_in_law"), self._truth(term), (asked, *rules))

    def consent_citations(self, condition: Condition) -> tuple[Citation, ...]:
        """The rules on consent that apply, if a condition turns on it."""
        if any(term.fact == "consent" for term in condition):
            return tuple(
                rule.row.cited(self.on)
                for rule in self.consent_rules
                if truth_of(rule.condition, self.facts) is Truth.TRUE
            )
        return ()


#: From this age a person's own agreement counts where no rule on consent is encoded.
_ADULT = 18
