"""Conditions as the tables write them: `offender_age>=18; ict=yes; family=close|other`.

Terms apart by `;` must all hold. A term names a fact of `words/facts.toml`, a comparison and one
or more values apart by `|`. `age_gap<=n` compares the years between offender and victim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from tutela.law.answers import Reason
from tutela.law.facts import Facts
from tutela.law.truth import Truth, all_of, of
from tutela.law.words import code_label, phrase, question, read_words, same

_TERM = re.compile(r"([a-z_0-9]+)\s*(!=|>=|<=|<|=)\s*([A-Za-z0-9_|-]+)")
_NUMERIC = (">=", "<=", "<")


@dataclass(frozen=True)
class Term:
    """One comparison of a fact with values."""

    fact: str
    comparison: str
    values: tuple[str, ...]

    @cached_property
    def number(self) -> int:
        """The number that a numeric comparison compares with."""
        return int(self.values[0])

    def truth(self, facts: Facts) -> Truth:
        """Whether the term holds of the facts."""
        if self.fact == "age_gap":
            return facts.gap_at_most(self.number)
        value = facts.get(self.fact)
        if value is None:
            return Truth.UNKNOWN
        if self.comparison in _NUMERIC:
            assert isinstance(value, int)  # noqa: S101 - the loader checked the fact's type
            if self.comparison == "<":
                return of(value < self.number)
            return of(value >= self.number if self.comparison == ">=" else value <= self.number)
        return of((str(value) in self.values) is (self.comparison == "="))

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The facts to ask for; none unless the term is unknown."""
        if self.truth(facts) is not Truth.UNKNOWN:
            return ()
        if self.fact == "age_gap":
            ages = tuple(f for f in ("victim_age", "offender_age") if facts.get(f) is None)
            return ages or ("age_gap",)
        return (self.fact,)

    def reason(self, facts: Facts) -> Reason:
        """What was asked, what was answered, whether that is enough."""
        truth = self.truth(facts)
        value = facts.get(self.fact)
        if self.fact == "age_gap" and facts.gap is not None:
            answer = same(f"{facts.gap[0]:.0f}-{facts.gap[1]:.0f}")
        elif value is None:
            answer = phrase("not_known")
        else:
            answer = code_label(self.fact, str(value))
        return Reason(
            phrase("asked", question=question(self.fact), answer=answer, needs=self.needs()),
            truth,
        )

    def needs(self) -> dict[str, str]:
        """The answer that the term needs, in the four languages."""
        if self.comparison in _NUMERIC:
            mark = {">=": "≥", "<=": "≤", "<": "<"}[self.comparison]
            return dict(same(f"{mark} {self.number}"))
        labels = [code_label(self.fact, value) for value in self.values]
        joined = {lang: " / ".join(label[lang] for label in labels) for lang in labels[0]}
        return joined if self.comparison == "=" else {k: f"≠ {v}" for k, v in joined.items()}


#: All terms must hold.
Condition = tuple[Term, ...]


def parse(text: str) -> Condition:
    """Read a condition; raises ValueError naming the term that cannot be read."""
    terms = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        match = _TERM.fullmatch(part)
        if match is None:
            message = f"{part!r} is not a condition"
            raise ValueError(message)
        term = Term(match.group(1), match.group(2), tuple(match.group(3).split("|")))
        _check(term, part)
        terms.append(term)
    return tuple(terms)


def _check(term: Term, part: str) -> None:
    facts = read_words("facts")
    if term.fact not in facts:
        message = f"{part!r}: {term.fact} is not a fact"
        raise ValueError(message)
    kind = facts[term.fact]["type"]
    if (kind == "whole") != (term.comparison in _NUMERIC):
        message = f"{part!r}: {term.fact} cannot be compared by {term.comparison}"
        raise ValueError(message)
    allowed = ("yes", "no") if kind == "yes_no" else read_words("codes").get(term.fact)
    if kind == "whole":
        int(term.values[0])
    elif allowed is not None and not set(term.values) <= set(allowed):
        message = f"{part!r}: values of {term.fact} are {', '.join(allowed)}"
        raise ValueError(message)


def truth_of(condition: Condition, facts: Facts) -> Truth:
    """Whether all terms hold."""
    return all_of(term.truth(facts) for term in condition)


def missing_of(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """What to ask for; nothing if some term already fails."""
    if truth_of(condition, facts) is not Truth.UNKNOWN:
        return ()
    return tuple(dict.fromkeys(f for term in condition for f in term.missing(facts)))
