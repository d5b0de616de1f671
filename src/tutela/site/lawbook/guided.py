"""A guided question: what the reader said so far, what to ask next, what the engine answers.

Nothing is kept: what was said travels in the form itself, by POST, so that neither the address
nor the browser's history tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import QueryDict

from tutela.law import (
    Facts,
    Reply,
    compensation,
    deadlines,
    jurisdiction,
    load_law,
    next_questions,
    protections,
    qualify,
    question_about,
    read_facts,
    status,
)
from tutela.law.asking import FIRST, Question
from tutela.law.words import read_words

#: The questions that a reader can ask, in the order in which they are offered.
ASKED: Mapping[str, Callable[..., Reply]] = {
    "qualify": qualify,
    "jurisdiction": jurisdiction,
    "protections": protections,
    "status": status,
    "deadlines": deadlines,
    "compensation": compensation,
}
#: Questions in which a reader may say that nothing else was the case.
CLOSABLE = frozenset({"qualify", "jurisdiction", "protections"})
#: How the form names what was said.
_SAID, _EVENT, NEW_CODE = "said-", "event", "new-code"
_MOST_EVENTS = 60


@dataclass(frozen=True)
class Conversation:
    """What a reader said: fact → value as text, or None for "I do not know"."""

    question: str
    said: Mapping[str, str | None]
    events: tuple[tuple[str, str], ...] = ()
    nothing_else: bool = False
    #: The day on which the new Code is taken to start, as a reader chose it.
    new_code: date | None = None

    def with_(self, fact: str, value: str | None) -> Conversation:
        """With one more fact."""
        return replace(self, said={**self.said, fact: value})

    def without(self, fact: str) -> Conversation:
        """Without a fact, to be asked again; without it nothing else may be ruled out."""
        kept = {name: value for name, value in self.said.items() if name != fact}
        return replace(self, said=kept, nothing_else=False)

    def with_event(self, event: str, day: str) -> Conversation:
        """With one more dated event; unchanged where the kind is unknown or no day was given."""
        return replace(self, events=(*self.events, *_events([f"{event}|{day}"])))

    def without_event(self, place: str) -> Conversation:
        """Without the event at a place of the list, counted from 0."""
        kept = [one for here, one in enumerate(self.events) if str(here) != place]
        return replace(self, events=tuple(kept))

    def closed(self) -> Conversation:
        """The reader says that nothing else was the case."""
        return replace(self, nothing_else=True)

    def under(self, text: str) -> Conversation:
        """Under another reading of when the new Code starts."""
        return replace(self, new_code=reading(text))

    def facts(self) -> Facts:
        """The facts for the engine. InputRefused for what cannot be."""
        known = read_words("facts")
        plain: dict[str, Any] = {
            name: _typed(known[name]["type"], value)
            for name, value in self.said.items()
            if value is not None
        }
        if self.events:
            plain["events"] = [{"event": event, "day": day} for event, day in self.events]
        if self.nothing_else:
            plain["nothing_else"] = True
        return read_facts(plain)

    def reply(self) -> Reply:
        """What the engine answers to what is known so far, under the reading that was chosen."""
        return ASKED[self.question](self.facts(), new_code_from=self.new_code)

    def fields(self) -> list[tuple[str, str]]:
        """The hidden fields that carry what was said."""
        carried = [(f"{_SAID}{name}", value or "") for name, value in self.said.items()]
        carried += [(_EVENT, f"{event}|{day}") for event, day in self.events]
        if self.new_code is not None:
            carried.append((NEW_CODE, self.new_code.isoformat()))
        return carried + ([("nothing_else", "yes")] if self.nothing_else else [])


def read(question: str, form: QueryDict) -> Conversation:
    """What a form carries; whatever is no fact of the engine is left out."""
    known = read_words("facts")
    said = {
        name[len(_SAID) :]: (form.get(name, "").strip()[:100] or None)
        for name in form
        if name.startswith(_SAID) and name[len(_SAID) :] in known
    }
    events = tuple(_events(form.getlist(_EVENT)))
    new_code = reading(form.get(NEW_CODE, ""))
    return Conversation(question, said, events, form.get("nothing_else") == "yes", new_code)


def reading(text: str) -> date | None:
    """The reading of when the new Code starts that a reader chose; None for the one followed."""
    starts = {one.starts.isoformat(): one.starts for one in load_law().commencements}
    return starts.get(text)


def open_question(conversation: Conversation, reply: Reply) -> Question | None:
    """What to ask next, or None when nothing is left to ask."""
    return next(iter(next_questions(reply, conversation.said)), None)


def wants_events(conversation: Conversation) -> bool:
    """Whether dated events are what is asked now."""
    return conversation.question == "deadlines" and is_ready(conversation)


def is_fact(name: str) -> bool:
    """Whether the engine knows a fact of this name."""
    return name in read_words("facts")


def is_ready(conversation: Conversation) -> bool:
    """Whether the first questions were asked, so that an answer can be shown at any time."""
    return set(FIRST[conversation.question]) <= set(conversation.said)


def first_question(question: str) -> Question:
    """The question that a conversation begins with."""
    return question_about(FIRST[question][0])


def events_asked() -> Mapping[str, Mapping[str, str]]:
    """The dated events from which the engine reckons, in four languages."""
    found: Mapping[str, Mapping[str, str]] = read_words("codes")["event"]
    return found


def _events(texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for text in list(texts)[:_MOST_EVENTS]:
        event, _, day = text.partition("|")
        if event in events_asked() and day:
            yield event, day[:10]


def _typed(kind: str, value: str) -> str | int:
    return int(value) if kind == "whole" and value.isdecimal() and len(value) < 9 else value
