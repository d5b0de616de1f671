"""A file in the reader's words: duties, states, timeline and what can be recorded next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tutela.law import load_law
from tutela.site.cases.duties import Duty, practice
from tutela.site.cases.happenings import BY_LAW, happenings
from tutela.site.cases.models import ChildFile
from tutela.site.cases.opened import Entry, OpenFile
from tutela.site.cases.tracks import State, followed, tracks

BASES: Mapping[str, Promise | str] = {
    "law": _("law"),
    "practice": _("practice declared for this country"),
    "task": _("plan"),
}


@dataclass(frozen=True)
class Due:
    """One line of a list of files: what is next, and whether its day has passed."""

    what: str
    overdue: bool
    alarm: str


def due_words(file: ChildFile, today: date) -> Due:
    """The next duty of a file in words, from what its row keeps in clear."""
    language = get_language() or "en"
    alarm = tracks()[file.alarm].label[language] if file.alarm else ""
    overdue = file.missed_after is not None and today > file.missed_after
    return Due(_duty_label(file.next_duty, language), overdue, alarm)


def _duty_label(duty: str, language: str) -> str:
    if duty == "task":
        return str(_("a task of the plan"))
    labels: dict[str, Any] = {one.id: one.label for one in load_law().time_limits}
    labels |= {one.id: one.label for one in practice()}
    return str(labels[duty][language]) if duty in labels else ""


@dataclass(frozen=True)
class ShownDuty:
    """A duty in words."""

    day: date
    what: str
    basis: str
    article: str
    overdue: bool
    why: tuple[str, ...]


def shown_duties(duties: Sequence[Duty], language: str) -> list[ShownDuty]:
    """Duties in the reader's language, each with its reasons."""
    return [
        ShownDuty(
            one.day,
            one.label if isinstance(one.label, str) else one.label[language],
            str(BASES[one.basis]),
            one.article,
            one.overdue,
            _reasons(one.explanation, language),
        )
        for one in duties
    ]


def _reasons(explanation: Any, language: str) -> tuple[str, ...]:
    return () if explanation is None else tuple(explanation.lines(language))


@dataclass(frozen=True)
class ShownState:
    """A track in words."""

    label: str
    state: str
    since: date | None
    alarm: bool
    own: bool


def shown_states(found: OpenFile, language: str) -> list[ShownState]:
    """The child's own track, and those beside it that have begun."""
    return [
        ShownState(
            one.track.label[language], one.label[language], one.since, one.alarm,
            bool(one.track.person),
        )
        for one in found.states
        if one.track.person or one.state or one.since
    ]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the timeline in words."""

    entry: Entry
    what: str
    more: tuple[tuple[str, str], ...]


#: Words that some kinds of facts carry, as they are called on the page.
_NAMES: Mapping[str, Promise | str] = {
    "method": _("Method"),
    "lowest": _("Lowest age"),
    "highest": _("Highest age"),
    "born": _("Birth date"),
    "protocol": _("Protocol"),
    "accompanied_by": _("Accompanied by"),
    "recording_reference": _("Recording"),
    "place": _("Place"),
    "ground": _("Ground"),
}


def timeline(found: OpenFile, language: str) -> list[Line]:
    """What happened, newest first."""
    every = happenings()
    return [
        Line(
            one,
            every[one.event].label[language] if one.event in every else one.event,
            tuple(
                (str(name), str(one.words[key])) for key, name in _NAMES.items() if key in one.words
            ),
        )
        for one in reversed(found.timeline)
    ]


def recordable(found: OpenFile, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be recorded now, by track: (the track in words, [(event, in words)])."""
    every = happenings()

    def named(events: Sequence[str]) -> list[tuple[str, str]]:
        return [(one, every[one].label[language]) for one in events]

    by_track = [
        (state.track.label[language], named(_next(state)))
        for state in found.states
        if state.next_events
    ]
    moved = {event for track in followed(found.file.situation) for event in track.events()}
    free = [one for one in every.values() if one.id not in moved and one.id != "file_opened"]
    other_tracks = {event for track in tracks().values() for event in track.events()}
    for part, words in _PARTS.items():
        events = [one.id for one in free if one.part == part and one.id not in other_tracks]
        if events:
            by_track.append((str(words), named(events)))
    return by_track


_PARTS: Mapping[str, Promise | str] = {
    "file": _("About the child"),
    "hearing": _("Hearings"),
    BY_LAW: _("Procedure, protection and compensation"),
}


def _next(state: State) -> tuple[str, ...]:
    return tuple(dict.fromkeys(state.next_events))
