"""An answer of the law engine in the reader's language, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela.law import Answer, Citation, Outcome, Reason, Reply, load_law
from tutela.law.range_words import range_words
from tutela.law.tables import DIFFERS, REPORT_ONLY
from tutela.law.truth import Truth
from tutela.law.words import LANGUAGES, outcome_label, phrase


@dataclass(frozen=True)
class Node:
    """One reason, whether it holds, and what it rests on."""

    words: str
    #: yes, no, unknown, or "" where it is only said.
    holds: str
    because: tuple[Node, ...]


@dataclass(frozen=True)
class Source:
    """What an answer cites."""

    article: str
    source: str
    from_day: date | None
    until: date | None


@dataclass(frozen=True)
class ReportSays:
    """Where the 2018 report gives another figure; the engine applies the law."""

    report: str
    law: str
    note: str


@dataclass(frozen=True)
class ShownAnswer:
    """One answer in words."""

    outcome: Outcome
    outcome_words: str
    label: str
    article: str
    range: str
    not_confirmed: bool
    differs: bool
    details: tuple[tuple[str, str], ...]
    accessories: tuple[str, ...]
    report: tuple[ReportSays, ...]
    sources: tuple[Source, ...]
    why: Node
    offence_id: str | None


@dataclass(frozen=True)
class ShownReply:
    """An answer page: what holds, what does not, what is open, and what it all rests on."""

    outcome: Outcome
    outcome_words: str
    why: Node
    holding: tuple[ShownAnswer, ...]
    open: tuple[ShownAnswer, ...]
    failing: tuple[ShownAnswer, ...]
    assumptions: tuple[Node, ...]
    other_readings: tuple[tuple[str, str], ...]
    advice: str

    @property
    def needs_a_person(self) -> bool:
        """Whether the reader is sent to a person: whenever the whole or a part of it is open."""
        return self.outcome is not Outcome.HOLDS or bool(self.open)


#: What `more` of an answer may hold besides, as it is called on the page.
_DETAILS: Mapping[str, Promise | str] = {
    "modality": _("Mandatory or optional"),
    "duration": _("Duration"),
    "value": _("Value"),
    "who_may_request": _("Who asks or decides"),
    "amount_min_eur": _("From (euro)"),
    "amount_max_eur": _("At most (euro)"),
    "time_limit": _("Time limit"),
    "dual_criminality": _("Must the facts be punishable there too?"),
    "due": _("Due on"),
    "due_if_next_working_day": _("Or, if it falls on a day off"),
    "state": _("State"),
    "until": _("Until"),
    "remark": _("Remark of the tables"),
}
_UNITS = {"duration": "unit", "value": "unit", "time_limit": "time_unit"}
STATES: Mapping[str, Promise | str] = {
    "done": _("done"),
    "overdue": _("overdue"),
    "open": _("to be done"),
    "not_yet": _("not possible yet"),
}
_HOLDS = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown"}


def shown_reply(reply: Reply, language: str) -> ShownReply:
    """A reply in one language, its answers sorted by what came of them."""
    answers = [shown_answer(answer, language) for answer in reply.answers]
    return ShownReply(
        outcome=reply.outcome,
        outcome_words=outcome_label(reply.outcome)[language],
        why=node(reply.explanation, language),
        holding=tuple(one for one in answers if one.outcome is Outcome.HOLDS),
        open=tuple(one for one in answers if one.outcome not in {Outcome.HOLDS, Outcome.FAILS}),
        failing=tuple(one for one in answers if one.outcome is Outcome.FAILS),
        assumptions=tuple(node(one, language) for one in reply.assumptions),
        other_readings=tuple(
            (start, _said_otherwise(other, language))
            for start, other in reply.more.get("under_other_reading", {}).items()
        ),
        advice=phrase("advice")[language],
    )


def shown_answer(answer: Answer, language: str) -> ShownAnswer:
    """One answer in one language."""
    law = load_law()
    return ShownAnswer(
        outcome=answer.outcome,
        outcome_words=outcome_label(answer.outcome)[language],
        label=answer.label[language],
        article=law.article(answer.article)[language] if answer.article else "",
        range=range_words(answer.penalty)[language] if answer.penalty else "",
        not_confirmed=answer.status == REPORT_ONLY,
        differs=answer.status == DIFFERS,
        details=tuple(_details(answer.more, language)),
        accessories=tuple(_accessory(one, language) for one in answer.more.get("accessories", ())),
        report=report_says(answer.more.get("report", ()), language),
        sources=tuple(_source(one, language) for one in answer.citations),
        why=node(answer.explanation, language),
        offence_id=answer.offence_id,
    )


def node(reason: Reason, language: str) -> Node:
    """An explanation as a tree of words."""
    return Node(
        reason.words[language],
        "" if reason.truth is None else _HOLDS[reason.truth],
        tuple(node(one, language) for one in reason.because),
    )


def report_says(rows: Iterable[Mapping[str, Any]], language: str) -> tuple[ReportSays, ...]:
    """The report's own figures where they differ from the law."""
    return tuple(
        ReportSays(str(row["report"]), str(row["law"]), in_words(row["note"], language))
        for row in rows
    )


def in_words(value: object, language: str) -> str:
    """A value in a language: words by language, days, codes, figures."""
    if isinstance(value, Mapping) and set(value) == set(LANGUAGES):
        return str(value[language])
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _details(more: Mapping[str, Any], language: str) -> Iterable[tuple[str, str]]:
    for key, name in _DETAILS.items():
        value = more.get(key)
        if value in (None, ""):
            continue
        text = in_words(value, language)
        if key == "state":
            text = str(STATES.get(text, text))
        if key == "dual_criminality":
            text = str(phrase(f"value_{text}")[language]) if text in ("yes", "no") else text
        if key == "due_if_next_working_day" and value == more.get("due"):
            continue
        if unit := more.get(_UNITS.get(key, "")):
            text = f"{text} {in_words(unit, language)}"
        yield str(name), text


def _accessory(one: Mapping[str, Any], language: str) -> str:
    low, high, unit = one["min"], one["max"], in_words(one["unit"], language)
    span = f"{low}-{high} {unit}" if low and high else f"{low or high} {unit}".strip()
    parts = [in_words(one["label"], language), span, in_words(one["modality"], language)]
    article = load_law().article(str(one["article"]))[language]
    return f"{', '.join(part for part in parts if part)} ({article})"


def accessories(rows: Sequence[Mapping[str, Any]], language: str) -> tuple[str, ...]:
    """Measures that go with an offence, one line each."""
    return tuple(_accessory(row, language) for row in rows)


def _source(citation: Citation, language: str) -> Source:
    return Source(
        load_law().article(citation.article)[language],
        citation.source,
        citation.valid_from,
        citation.valid_to,
    )


def _said_otherwise(reply: Reply, language: str) -> str:
    principal = reply.principal
    words = outcome_label(reply.outcome)[language]
    if principal is None:
        return words
    span = f", {range_words(principal.penalty)[language]}" if principal.penalty else ""
    return f"{words}: {load_law().article(principal.article)[language]}{span}"
