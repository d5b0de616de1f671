"""The cases of one conduct under the law of one day: the truth of conditions for all of them."""

from __future__ import annotations

from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tutela.law.batch_penalties import COMBINATIONS, FACTS
from tutela.law.columns import Columns, Ints, Truths
from tutela.law.conditions import Condition, Term
from tutela.law.tables import DatedRule, Form, Law
from tutela.law.words import read_words

Masks = npt.NDArray[np.int64]
_ADULT = 18


class Group:
    """A slice of sorted columns whose cases share conduct and law."""

    def __init__(self, law: Law, columns: Columns, rows: slice, on: date) -> None:
        self._law = law
        self._columns = columns
        self._rows = rows
        self.on = on
        self.count = rows.stop - rows.start
        self._truths: dict[Term, Truths] = {}

    @cached_property
    def victims(self) -> Ints:
        """The number of victims, -1 unknown."""
        return self._columns.whole("victims")[self._rows]

    @cached_property
    def combination(self) -> Ints:
        """Attempt or not, and the offender of unknown age, minor or adult, as one number."""
        attempt = self._columns.truths("attempt")[self._rows] == 2
        age = self._columns.ages("offender")[self._rows]
        age_class = np.where(age < 0, 0, np.where(age < _ADULT, 1, 2))
        combination: Ints = (attempt * (COMBINATIONS // 2) + age_class).astype(np.int32)
        return combination

    def truth(self, condition: Condition) -> Truths:
        """Whether all terms of a condition hold."""
        result = np.full(self.count, 2, np.uint8)
        for term in condition:
            np.minimum(result, self._term(term), out=result)
        return result

    def missing(self, condition: Condition, truth: Truths) -> Masks:
        """Bits of the facts to ask for, where `truth` of the condition is unknown."""
        mask = np.zeros(self.count, np.int64)
        unknown = truth == 1
        if unknown.any():
            for term in condition:
                mask |= self._missing(term)
            mask[~unknown] = 0
        return mask

    def offence(self, forms: list[Form]) -> tuple[Truths, npt.NDArray[np.bool_], Masks]:
        """Whether one of the forms holds, where it is only a conflict, and what is missing."""
        truth = np.zeros(self.count, np.uint8)
        clear = np.zeros(self.count, bool)
        mask = np.zeros(self.count, np.int64)
        conflicts = False
        for form in forms:
            own = self.truth(form.condition)
            mask |= self.missing(form.condition, own)
            truth = np.maximum(truth, own)
            conflicts |= form.conflict
            if not form.conflict:
                clear |= own == 2
        return truth, ~clear if conflicts else np.zeros(self.count, bool), mask

    def excuse(self, conduct: str) -> tuple[Truths, Masks]:
        """Whether a justification applies, and what is missing to know."""
        truth = np.zeros(self.count, np.uint8)
        mask = np.zeros(self.count, np.int64)
        for rule in self._law.justifications:
            if conduct in rule.conducts and rule.row.in_force(self.on):
                own = self.truth(rule.condition)
                truth = np.maximum(truth, own)
                mask |= self.missing(rule.condition, own)
        return truth, mask

    def _term(self, term: Term) -> Truths:
        if term not in self._truths:
            self._truths[term] = self._compute(term)
        return self._truths[term]

    def _compute(self, term: Term) -> Truths:
        if term.fact == "consent":
            return self._consented if term.values == ("yes",) else 2 - self._consented
        if term.fact == "age_gap":
            low, high = (bound[self._rows] for bound in self._columns.gap())
            result = np.ones(self.count, np.uint8)
            result[high <= term.number] = 2
            result[low > term.number] = 0
            return result
        if term.fact in ("victim_age", "offender_age"):
            age = self._columns.ages(term.fact.removesuffix("_age"))[self._rows]
            compare = {">=": np.greater_equal, "<=": np.less_equal, "<": np.less}[term.comparison]
            result = compare(age, term.number).astype(np.uint8) * np.uint8(2)
            result[age < 0] = 1
            return result
        if read_words("facts")[term.fact]["type"] == "yes_no":
            yes = self._columns.truths(term.fact)[self._rows]
            wanted = (term.values == ("yes",)) is (term.comparison == "=")
            return yes if wanted else 2 - yes
        known = list(read_words("codes")[term.fact])
        table = np.array(
            [2 * ((code in term.values) is (term.comparison == "=")) for code in known] + [1],
            np.uint8,
        )
        return table[self._columns.codes(term.fact)[self._rows]]

    def _missing(self, term: Term) -> Masks:
        """Bits of the facts that make a term unknown."""
        unknown = self._term(term) == 1
        if term.fact == "consent":
            return np.where(unknown, self._consent_missing, 0)
        if term.fact != "age_gap":
            return np.where(unknown, _bit(term.fact), 0)
        victim = self._columns.ages("victim")[self._rows] < 0
        offender = self._columns.ages("offender")[self._rows] < 0
        ages = np.where(victim, _bit("victim_age"), 0) | np.where(offender, _bit("offender_age"), 0)
        return np.where(unknown, np.where(ages == 0, _bit("age_gap"), ages), 0)

    @cached_property
    def _rules(self) -> list[DatedRule]:
        return [rule for rule in self._law.consent if rule.row.in_force(self.on)]

    def _any(self, effect: str) -> Truths:
        result = np.zeros(self.count, np.uint8)
        for rule in self._rules:
            if rule.effect == effect:
                np.maximum(result, self.truth(rule.condition), out=result)
        return result

    @cached_property
    def _agreed(self) -> Truths:
        return self._columns.truths("consent")[self._rows]

    @cached_property
    def _consented(self) -> Truths:
        """Consent in law, as `consent.Case.consented`."""
        if not self._rules:
            adult = self._columns.ages("victim")[self._rows] >= _ADULT
            return np.where((self._agreed == 0) | adult, self._agreed, 1).astype(np.uint8)
        return np.minimum(np.minimum(self._agreed, self._any("valid")), 2 - self._any("void"))

    @cached_property
    def _consent_missing(self) -> Masks:
        mask = np.where(self._agreed == 1, _bit("consent"), 0).astype(np.int64)
        if not self._rules:
            age_unknown = self._columns.ages("victim")[self._rows] < 0
            return mask | np.where(age_unknown, _bit("victim_age"), 0)
        for effect in ("valid", "void"):
            lacks = np.zeros(self.count, np.int64)
            for rule in self._rules:
                if rule.effect == effect:
                    lacks |= self.missing(rule.condition, self.truth(rule.condition))
            mask |= np.where(self._any(effect) != 2, lacks, 0)
        return mask


def _bit(fact: str) -> int:
    return 1 << FACTS.index(fact)
