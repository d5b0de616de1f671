"""What a form of questions is made of: a door, its questions, their answers.

One question stands on one page. "I do not know" and "rather not say" are answers of their own;
an unanswered question stays out of the answers. Nothing here knows of HTTP or of the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from tutela.vocabulary.territories import STATELESS, countries

#: A text in the reader's language, looked up when the page is made.
Text = str | Promise
#: Answers by question: the codes chosen, or the one text that was written.
Answers = dict[str, list[str]]

#: The longest text that one answer may hold, in characters.
LONGEST_TEXT = 8_000


class Kind(StrEnum):
    """How a question is answered."""

    ONE = "one"
    SEVERAL = "several"
    TEXT = "text"
    LINE = "line"
    COUNTRY = "country"
    ADDRESSES = "addresses"


@dataclass(frozen=True)
class Option:
    """One answer to choose: its code (kept) and its words (shown)."""

    code: str
    words: Text


@dataclass(frozen=True)
class Question:
    """One page. `when` names a question and the codes of which one must have been given; a question
    with `needed` cannot be passed without an answer."""

    name: str
    words: Text
    kind: Kind
    options: tuple[Option, ...] = ()
    hint: Text = ""
    when: tuple[str, tuple[str, ...]] | None = None
    needed: bool = False

    def asked(self, answers: Mapping[str, list[str]]) -> bool:
        """Whether the answers so far lead to this question."""
        if self.when is None:
            return True
        name, codes = self.when
        return bool(set(answers.get(name, [])) & set(codes))

    def label(self, code: str) -> Text:
        """The words of an option, or the text itself."""
        return next((option.words for option in self.options if option.code == code), code)


@dataclass(frozen=True)
class Door:
    """One way in: who comes through it and what is asked."""

    name: str
    title: Text
    who: Text
    questions: tuple[Question, ...]

    def question(self, name: str) -> Question | None:
        """The question of that name."""
        return next((q for q in self.questions if q.name == name), None)

    def path(self, answers: Mapping[str, list[str]]) -> tuple[Question, ...]:
        """The questions that these answers lead to, in order."""
        return tuple(q for q in self.questions if q.asked(answers))

    def after(self, name: str | None, answers: Mapping[str, list[str]]) -> Question | None:
        """The next question; the first after None; None after the last."""
        path = self.path(answers)
        if name is None:
            return path[0]
        names = [q.name for q in self.questions]
        place = names.index(name)
        return next((q for q in path if names.index(q.name) > place), None)

    def before(self, name: str | None, answers: Mapping[str, list[str]]) -> Question | None:
        """The question before; the last before None (the page that shows all answers)."""
        path = self.path(answers)
        if name is None:
            return path[-1]
        names = [q.name for q in self.questions]
        place = names.index(name)
        return next((q for q in reversed(path) if names.index(q.name) < place), None)


def country_options(language: str) -> list[Option]:
    """All countries, in the order of their names in `language`."""
    rows = [row for row in countries() if row["code"] != STATELESS]
    return [Option(row["code"], row[language]) for row in sorted(rows, key=lambda r: r[language])]


def country_name(code: str, language: str) -> str:
    """The name of a country in `language`; the code itself where it is none."""
    return next((row[language] for row in countries() if row["code"] == code), code)


def read_answer(question: Question, given: list[str]) -> tuple[list[str], bool]:
    """What was sent for a question as an answer, and whether it may stand.

    Unknown codes are dropped; texts lose control characters and are refused, not cut, when longer
    than LONGEST_TEXT. An empty answer is [] and may stand unless the question needs one.
    """
    if question.kind in (Kind.ONE, Kind.SEVERAL):
        codes = [option.code for option in question.options]
        chosen = [code for code in codes if code in given]
        if question.kind is Kind.ONE:
            chosen = chosen[:1]
        return chosen, bool(chosen) or not question.needed
    text = clean("\n".join(given))
    if question.kind is Kind.COUNTRY:
        known = text in {row["code"] for row in countries()}
        return ([text] if known else []), known or not (question.needed or text)
    if len(text) > LONGEST_TEXT:
        return [text], False
    return ([text] if text else []), bool(text) or not question.needed


def clean(text: str) -> str:
    """Text without control characters but line ends and tabs, and without spaces at the ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or c.isprintable()).strip()
