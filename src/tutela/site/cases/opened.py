"""A file as it reads once it is open: what the pages show, and what duties follow from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tutela.site.cases.age import AgeDecision, Assessment, LegalAge, legal_age
from tutela.site.cases.duties import Duty, duties, pending
from tutela.site.cases.models import ChildFile
from tutela.site.cases.tracks import Happened, State, misplaced, states


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    id: uuid.UUID
    event: str
    on: date
    words: Mapping[str, Any]
    recorded_at: datetime
    recorded_by: str
    withdrawn: bool = False
    #: It does not fit where it stands: an earlier entry was withdrawn, or came from an import.
    misplaced: bool = False


@dataclass(frozen=True)
class PersonAround:
    """Somebody around the child."""

    id: uuid.UUID
    part: str
    part_label: str
    who: Mapping[str, str]
    since: date
    until: date | None
    cut_off: bool
    represents: bool


@dataclass(frozen=True)
class OpenTask:
    """Something to do."""

    id: uuid.UUID
    text: str
    due: date
    owner: str
    done: bool


@dataclass(frozen=True)
class OpenFile:
    """Everything that somebody who may open the file sees."""

    file: ChildFile
    identity: Mapping[str, Any]
    timeline: Sequence[Entry]
    people: Sequence[PersonAround]
    tasks: Sequence[OpenTask]
    workers: Sequence[tuple[uuid.UUID, str]]
    today: date
    #: Until when it is open, where it is read by emergency access.
    until: datetime | None = None

    @property
    def id(self) -> uuid.UUID:
        """The file's number."""
        return uuid.UUID(str(self.file.id))

    @property
    def happened(self) -> list[Happened]:
        """The dated facts that count, in their order."""
        return [Happened(one.event, one.on) for one in self.timeline if not one.withdrawn]

    @property
    def states(self) -> list[State]:
        """Where each track stands."""
        return states(self.happened, self.file.situation)

    @property
    def age(self) -> LegalAge:
        """How old the child counts today."""
        return age_of(self.identity, self.timeline, self.today)

    @property
    def duties(self) -> list[Duty]:
        """What is due and was done, from law, practice and the plan, by day."""
        planned = [
            Duty(str(one.id), one.due, one.due, one.text, "task",
                 state="done" if one.done else ("overdue" if self.today > one.due else "open"))
            for one in self.tasks
        ]  # fmt: skip
        found = duties(self.happened, born=self.age.born, today=self.today)
        return sorted([*found, *planned], key=lambda duty: (duty.day, duty.id))

    @property
    def pending(self) -> list[Duty]:
        """What is due, the first due first."""
        return pending(self.duties)

    @property
    def alarms(self) -> list[State]:
        """The tracks in a state that must be seen at once."""
        return [state for state in self.states if state.alarm]


def age_of(identity: Mapping[str, Any], timeline: Sequence[Entry], on: date) -> LegalAge:
    """The age that counts, from the claim and from what was assessed and decided since."""
    assessments, decision = [], None
    for one in timeline:
        if one.withdrawn:
            continue
        if one.event == "age_test" and "lowest" in one.words:
            assessments.append(
                Assessment(
                    one.on, str(one.words.get("method", "")),
                    float(one.words["lowest"]), float(one.words["highest"]),
                )
            )  # fmt: skip
        elif one.event in {"age_decision", "age_appeal_decided"} and "adult" in one.words:
            decision = AgeDecision(one.on, bool(one.words["adult"]), _day(one.words.get("born")))
        elif one.event == "age_appeal" and decision is not None:
            decision = AgeDecision(decision.on, decision.adult, decision.birth_date, appealed=True)
        elif one.event == "age_doubted":
            decision = None
    return legal_age(
        claimed_birth=_day(identity.get("birth_date")),
        assessments=assessments,
        decision=decision,
        on=on,
    )


def mark_misplaced(timeline: Sequence[Entry], situation: str) -> list[Entry]:
    """The timeline with those entries marked that no track allows where they stand."""
    counted = [Happened(one.event, one.on) for one in timeline if not one.withdrawn]
    wrong = misplaced(counted, situation)
    return [
        replace(one, misplaced=not one.withdrawn and Happened(one.event, one.on) in wrong)
        for one in timeline
    ]


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
