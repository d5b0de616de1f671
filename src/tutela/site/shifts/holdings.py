"""What people hold open at the end of a shift, as the apps know it.

    register(Holdings("report", _("report"), held_by=…, hand_on=…))

in the `ready` of an app's registration. `held_by` and `hand_on` are called with actors whose
rights the app checks itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from tutela.site.permissions.actor import Actor


@dataclass(frozen=True)
class Held:
    """One thing held open: its number, its page, since when. Nothing of what it is about."""

    id: uuid.UUID
    address: str
    since: datetime


@dataclass(frozen=True)
class Holdings:
    """One kind of thing that somebody can hold open."""

    kind: str
    words: Promise | str
    #: What a person holds in an organisation, oldest first.
    held_by: Callable[[uuid.UUID, uuid.UUID], list[Held]]
    #: Give these to the actor, who takes them over from the person named; in one transaction.
    hand_on: Callable[[Actor, list[uuid.UUID], uuid.UUID], None]


_KINDS: dict[str, Holdings] = {}


def register(holdings: Holdings) -> None:
    """Add a kind of thing that somebody can hold open."""
    _KINDS[holdings.kind] = holdings


def held_by(user_id: uuid.UUID, organisation_id: uuid.UUID) -> list[tuple[Holdings, Held]]:
    """Everything that a person holds open in an organisation, by kind."""
    return [
        (kind, one)
        for _, kind in sorted(_KINDS.items())
        for one in kind.held_by(user_id, organisation_id)
    ]


def holdings_of(kind: str) -> Holdings | None:
    """A kind by its name, or None where this deployment no longer has it."""
    return _KINDS.get(kind)
