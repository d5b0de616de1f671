"""The questions that the public can ask, in words, and hints to facts that need one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class PublicQuestion:
    """A question as the landing page offers it."""

    title: Promise | str
    about: Promise | str


QUESTIONS: Mapping[str, PublicQuestion] = {
    "qualify": PublicQuestion(
        _("Is this an offence?"),
        _("What was done, when, and how old the child was: which articles, which punishment."),
    ),
    "jurisdiction": PublicQuestion(
        _("Can Belgium act?"),
        _("Facts abroad, a Belgian or a child from here: on which ground, and until when."),
    ),
    "protections": PublicQuestion(
        _("What protects a child who is heard?"),
        _("Who goes with the child, recording, confrontation, identity, witness protection."),
    ),
    "status": PublicQuestion(
        _("What may a child from abroad ask for?"),
        _("Documents, durations, conditions, and who asks for them; age and guardian."),
    ),
    "deadlines": PublicQuestion(
        _("By when?"),
        _("From what happened on which day: what is due, what is overdue, what comes next."),
    ),
    "compensation": PublicQuestion(
        _("Who pays for the harm?"),
        _("Claims against the offender, aid by the State, conditions, amounts, time limits."),
    ),
}
_HINTS: Mapping[str, Promise | str] = {
    "facts_on": _("Give one day. If it went on for long, give the last day that you know of."),
    "judged_on": _("Leave today's date if you are not sure."),
    "victim_age": _("A whole number of years. An estimate is better than nothing."),
    "place": _("The country, also for what happened online: where the child was."),
}


def hint(fact: str) -> Promise | str:
    """A word of help beside a question, or ""."""
    return _HINTS.get(fact, "")
