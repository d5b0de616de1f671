"""The tracks of a child's file as state machines, folded over what happened.

Nothing is stored but dated happenings: the state of each track follows from them, so that a
corrected date or a withdrawn entry corrects the state too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from tutela.site.cases.happenings import happenings

NOT_BEGUN = ""


@dataclass(frozen=True)
class Step:
    """Recording `event` is allowed in the states `allowed_in` and leads to `to`."""

    event: str
    allowed_in: frozenset[str]
    to: str


@dataclass(frozen=True)
class Track:
    """One state machine; `person` is the child's situation for the law, or "" beside it."""

    id: str
    label: Mapping[str, str]
    person: str
    states: Mapping[str, Mapping[str, str]]
    steps: tuple[Step, ...]
    alarms: frozenset[str]

    def next_state(self, state: str, event: str) -> str | None:
        """The state after `event`, or None where it is not allowed in `state`."""
        for step in self.steps:
            if step.event == event and state in step.allowed_in:
                return step.to
        return None

    def events(self) -> frozenset[str]:
        """The events that move this track."""
        return frozenset(step.event for step in self.steps)


@dataclass(frozen=True)
class Happened:
    """One dated fact of a file, as tracks and duties see it."""

    event: str
    on: date


@dataclass(frozen=True)
class State:
    """Where a track stands, since when, and what may be recorded next."""

    track: Track
    state: str
    since: date | None
    next_events: tuple[str, ...]

    @property
    def label(self) -> Mapping[str, str]:
        """The state in words."""
        return self.track.states[self.state]

    @property
    def alarm(self) -> bool:
        """Whether the state must be seen at once by whoever opens the file."""
        return self.state in self.track.alarms


class NotAllowed(ValueError):  # noqa: N818 - reads as what is the case
    """A happening that no state of the file allows; nothing was recorded."""

    def __init__(self, event: str, state: State | None) -> None:
        super().__init__(event)
        self.event = event
        self.state = state


@cache
def tracks(country: str = "be") -> Mapping[str, Track]:
    """The pack's tracks by their id. ValueError names what is wrong in the file."""
    text = (files(f"tutela.countries.{country}") / "protection" / "tracks.toml").read_text("utf-8")
    known = happenings(country)
    found = {}
    for name, row in tomllib.loads(text)["tracks"].items():
        steps = tuple(Step(one["event"], frozenset(one["from"]), one["to"]) for one in row["steps"])
        track = Track(
            name, row["label"], row.get("person", ""), row["states"], steps,
            frozenset(row.get("alarms", ())),
        )  # fmt: skip
        named = {state for step in steps for state in (*step.allowed_in, step.to)} | track.alarms
        if wordless := named - set(track.states):
            raise ValueError(f"tracks.toml, {name}: no words for the states {sorted(wordless)}")
        if unknown := track.events() - set(known):
            raise ValueError(f"tracks.toml, {name}: unknown events {sorted(unknown)}")
        found[name] = track
    return found


def situations(country: str = "be") -> list[Track]:
    """The tracks of which a file follows one: the child's situation for the law."""
    return [track for track in tracks(country).values() if track.person]


def followed(situation: str, country: str = "be") -> list[Track]:
    """The tracks of a file in this situation: its own first, then those beside it."""
    every = tracks(country)
    own = [every[situation]] if situation else []
    return [*own, *(track for track in every.values() if not track.person)]


def states(happened: Sequence[Happened], situation: str, country: str = "be") -> list[State]:
    """Where each track of a file stands after `happened` (in the order of their dates).

    A step that its track did not allow at its place is passed over: it is in the timeline, and
    `misplaced` names it.
    """
    return [_fold(track, happened)[0] for track in followed(situation, country)]


def misplaced(happened: Sequence[Happened], situation: str, country: str = "be") -> list[Happened]:
    """Facts that no track of the file allowed where they stand, though one knows them."""
    wrong = [one for track in followed(situation, country) for one in _fold(track, happened)[1]]
    accepted = [
        one
        for track in followed(situation, country)
        for one in happened
        if one.event in track.events() and one not in _fold(track, happened)[1]
    ]
    return [one for one in wrong if one not in accepted]


def require_allowed(
    event: str, on: date, happened: Sequence[Happened], situation: str, country: str = "be"
) -> None:
    """NotAllowed when `event` on this day fits no track that knows it, given what happened.

    The whole file is read again with the new fact in its place, so that a fact recorded late is
    judged by its own day, and must not make a later one impossible.
    """
    knowing = [track for track in followed(situation, country) if event in track.events()]
    if not knowing:
        return
    fresh = Happened(event, on)
    before = [one for one in happened if one.on <= on]
    after = [one for one in happened if one.on > on]
    for track in knowing:
        was_wrong = _fold(track, [*before, *after])[1]
        if _fold(track, [*before, fresh, *after])[1] == was_wrong:
            return
    raise NotAllowed(event, _fold(knowing[0], before)[0])


def _fold(track: Track, happened: Iterable[Happened]) -> tuple[State, list[Happened]]:
    state, since, wrong = NOT_BEGUN, None, []
    for one in happened:
        if one.event not in track.events():
            continue
        following = track.next_state(state, one.event)
        if following is None:
            wrong.append(one)
        else:
            state, since = following, one.on
    possible = tuple(step.event for step in track.steps if state in step.allowed_in)
    return State(track, state, since, possible), wrong
