"""What the engine answers: an outcome, what it cites, why, and what it still needs to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from tutela.law.truth import Truth
from tutela.law.words import LANGUAGES, Words, phrase


class Outcome(StrEnum):
    """The six answers. Only `Holds` lets a reader act on it without asking a person."""

    HOLDS = "Holds"
    FAILS = "Fails"
    #: The law has no provision on this.
    SILENT = "Silent"
    #: The law may have one; these tables do not.
    NOT_ENCODED = "NotEncoded"
    #: A fact is missing that decides.
    UNKNOWN = "Unknown"
    #: Two provisions, or a provision and what it refers to, contradict each other.
    CONFLICT = "Conflict"


#: The topic of an offence row that only changes the penalty of another.
MODIFIER = "modifier"


@dataclass(frozen=True)
class Reason:
    """One node of an explanation: words in four languages, what came of it, what it rests on."""

    words: Words
    truth: Truth | None = None
    because: tuple[Reason, ...] = ()

    def as_dict(self, lang: str) -> dict[str, Any]:
        """Plain data in one language."""
        plain: dict[str, Any] = {"text": self.words[lang]}
        if self.truth is not None:
            plain["holds"] = {0: False, 1: None, 2: True}[int(self.truth)]
        if self.because:
            plain["because"] = [reason.as_dict(lang) for reason in self.because]
        return plain

    def lines(self, lang: str, depth: int = 0) -> list[str]:
        """Indented text: + holds, - fails, ? not known."""
        mark = {None: "·", 0: "-", 1: "?", 2: "+"}[None if self.truth is None else int(self.truth)]
        nested = [line for reason in self.because for line in reason.lines(lang, depth + 1)]
        return [f"{'  ' * depth}{mark} {self.words[lang]}", *nested]


@dataclass(frozen=True)
class Citation:
    """A row of the tables that was in force on the day it is cited for."""

    table: str
    row: str
    article: str
    source: str
    status: str
    on: date | None
    valid_from: date | None
    valid_to: date | None

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "table": self.table,
            "row": self.row,
            "article": self.article,
            "source": self.source,
            "status": self.status,
            "on": _iso(self.on),
            "in_force_from": _iso(self.valid_from),
            "in_force_until": _iso(self.valid_to),
        }


@dataclass(frozen=True)
class Penalty:
    """A range: prison in months (a level has one too), fine in euro before any surcharge.

    None means that the tables give no figure, never zero.
    """

    prison_min: float | None = None
    prison_max: float | None = None
    level: int | None = None
    fine_min: float | None = None
    fine_max: float | None = None
    life: bool = False

    @property
    def severity(self) -> tuple[float, float, float, float]:
        """Orders ranges by their maximum, then their minimum, then their fine."""
        top = float("inf") if self.life else self.prison_max
        return (
            -1 if top is None else top,
            -1 if self.prison_min is None else self.prison_min,
            -1 if self.fine_max is None else self.fine_max,
            -1 if self.fine_min is None else self.fine_min,
        )


@dataclass(frozen=True)
class Answer:
    """The answer about one provision."""

    outcome: Outcome
    label: Words
    explanation: Reason
    citations: tuple[Citation, ...] = ()
    missing: tuple[str, ...] = ()
    #: What the answer is about: a provision's topic, a kind of time limit, a gap.
    topic: str = ""
    row: str = ""
    article: str = ""
    era: str = ""
    #: Of the tables: `verified`, `differs` or `report-only`; the last is not confirmed.
    status: str = "verified"
    offence_id: str | None = None
    penalty: Penalty | None = None
    #: What more there is: modality, value, unit, due dates, the report's figures.
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """Plain data in one language, as `schemas.reply_schema` describes it."""
        penalty = self.penalty or Penalty()
        return {
            "outcome": self.outcome.value,
            "label": self.label[lang],
            "topic": self.topic,
            "row": self.row,
            "offence_id": self.offence_id,
            "article": self.article,
            "era": self.era,
            "status": self.status,
            "prison_min_months": "life" if penalty.life else penalty.prison_min,
            "prison_max_months": "life" if penalty.life else penalty.prison_max,
            "level": penalty.level,
            "fine_min_eur": penalty.fine_min,
            "fine_max_eur": penalty.fine_max,
            "citations": [citation.as_dict() for citation in self.citations],
            "explanation": self.explanation.as_dict(lang),
            "missing": list(self.missing),
            "more": {key: _plain(value, lang) for key, value in self.more.items()},
        }


@dataclass(frozen=True)
class Reply:
    """The answer to a question: one outcome, the answers it rests on, what was assumed."""

    question: str
    outcome: Outcome
    explanation: Reason
    answers: tuple[Answer, ...] = ()
    missing: tuple[str, ...] = ()
    #: Open choices that the answer depends on, such as the commencement of a new code.
    assumptions: tuple[Reason, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def holding(self) -> tuple[Answer, ...]:
        """The answers that hold."""
        return tuple(a for a in self.answers if a.outcome is Outcome.HOLDS)

    @property
    def principal(self) -> Answer | None:
        """Of the answers that hold, the first: of offences, the one punished most."""
        return next((a for a in self.holding() if a.topic != MODIFIER), None)

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """Plain data in one language."""
        if lang not in LANGUAGES:
            lang = "en"
        return {
            "question": self.question,
            "outcome": self.outcome.value,
            "explanation": self.explanation.as_dict(lang),
            "answers": [answer.as_dict(lang) for answer in self.answers],
            "missing": list(self.missing),
            "assumptions": [a.as_dict(lang) for a in self.assumptions],
            "advice": phrase("advice")[lang],
            "more": {key: _plain(value, lang) for key, value in self.more.items()},
        }


def gathered(answers: Sequence[Answer]) -> tuple[str, ...]:
    """All that the answers miss, each once, in order."""
    return tuple(dict.fromkeys(fact for answer in answers for fact in answer.missing))


def _plain(value: Any, lang: str) -> Any:
    if isinstance(value, Reply | Answer | Reason):
        return value.as_dict(lang)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        if set(value) == set(LANGUAGES):
            return value[lang]
        return {key: _plain(each, lang) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, lang) for each in value]
    return value


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
