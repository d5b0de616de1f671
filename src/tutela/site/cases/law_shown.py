"""What the law engine says on a file's pages: what may be asked for, what a hearing must heed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tutela.law import Facts, load_law, status
from tutela.law.words import outcome_label
from tutela.site.cases.tracks import Happened, tracks

#: Topics of procedure that whoever plans or holds a hearing must have before their eyes.
HEARING_TOPICS = ("accompaniment", "recording", "expert", "interruption", "confrontation")
HEARINGS = frozenset({"hearing_planned", "hearing_held", "recorded_hearing"})
CONFRONTATIONS = frozenset({"confrontation_planned"})


@dataclass(frozen=True)
class Rule:
    """One line of law in the reader's language."""

    label: str
    article: str
    duration: str
    who: str
    outcome: str


def entitlements(situation: str, on: date, language: str) -> list[Rule]:
    """What the law provides for the child's situation on a day; empty where it is not known.

    The outcome is the engine's: conditions that the file does not hold are unknown, never assumed.
    """
    if not situation:
        return []
    facts = Facts.of(person=tracks()[situation].person, judged_on=on.isoformat())
    return [
        Rule(
            label=answer.label[language],
            article=answer.article,
            duration=_duration(answer.more, language),
            who=_words(answer.more.get("who_may_request"), language),
            outcome=outcome_label(answer.outcome)[language],
        )
        for answer in status(facts).answers
    ]


@dataclass(frozen=True)
class HearingRule:
    """A rule of procedure; `not_read_since` where its text was read for an earlier period only."""

    label: str
    article: str
    not_read_since: date | None


def hearing_rules(event: str, on: date, language: str) -> list[HearingRule]:
    """The rules of procedure to heed at a hearing or confrontation on a day."""
    if event not in HEARINGS | CONFRONTATIONS:
        return []
    wanted = HEARING_TOPICS if event in HEARINGS else ("confrontation", "accompaniment")
    return [
        HearingRule(
            row.label[language],
            row.article,
            row.read_until if row.read_until is not None and on >= row.read_until else None,
        )
        for row in load_law().provisions["procedure"]
        if row.topic in wanted and row.in_force(on)
    ]


def is_repeat(event: str, happened: list[Happened]) -> bool:
    """Whether the child was heard before: a further hearing needs to be indispensable."""
    return event in HEARINGS | CONFRONTATIONS and any(
        one.event in {"recorded_hearing", "hearing_held"} for one in happened
    )


def _duration(more: Mapping[str, object], language: str) -> str:
    parts = [more.get("duration"), _words(more.get("unit"), language)]
    return " ".join(str(part) for part in parts if part not in (None, ""))


def _words(value: object, language: str) -> str:
    if isinstance(value, Mapping):
        return str(value[language])
    return str(value or "")
