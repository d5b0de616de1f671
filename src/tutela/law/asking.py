"""What to ask next: the questions behind the facts that a reply misses, for guided pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutela.law.answers import Reply
from tutela.law.words import Words, code_label, question, read_words

#: Without these nothing can be said; they are asked first, in this order.
FIRST = {
    "qualify": ("facts_on", "conduct", "victim_age"),
    "jurisdiction": ("facts_on", "place", "conduct", "victim_age"),
    "protections": ("facts_on", "conduct", "victim_age", "judged_on"),
    "status": ("person", "judged_on"),
    "deadlines": ("judged_on",),
    "compensation": ("judged_on", "place"),
    "gaps": ("judged_on",),
    "compare": ("conduct", "victim_age"),
}


@dataclass(frozen=True)
class Question:
    """One question: the fact it fills, its words, its type, and its choices if it has any.

    `kind` is yes_no, code, whole, date, country or text; `choices` maps values to their names.
    """

    fact: str
    words: Words
    kind: str
    choices: Mapping[str, Words]


def question_about(fact: str) -> Question:
    """The question that fills a fact."""
    kind = str(read_words("facts")[fact]["type"])
    values: tuple[str, ...] = ("yes", "no") if kind == "yes_no" else ()
    if kind == "code":
        values = tuple(read_words("codes")[fact])
    return Question(fact, question(fact), kind, {v: code_label(fact, v) for v in values})


def next_questions(reply: Reply, known: Mapping[str, object]) -> tuple[Question, ...]:
    """What to ask after a reply, one at a time: first what nothing can be said without.

    `known` are the facts given so far; a reader may leave a question unanswered, and then the
    fact stays unknown: hand its name in with the value None so that it is not asked again.
    """
    first = [fact for fact in FIRST.get(reply.question, ()) if fact not in known]
    more = [f for f in reply.missing if f in read_words("facts") and f not in known]
    return tuple(question_about(fact) for fact in dict.fromkeys((*first, *more)))
