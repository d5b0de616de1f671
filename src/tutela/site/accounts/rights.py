"""What a person may do and why, in words: the table of permissions, read for one person."""

from __future__ import annotations

from dataclasses import dataclass

from tutela.site.permissions.actor import Actor, Standing
from tutela.site.permissions.conditions import WORDS
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.permissions.table import ACTIONS, GRANTS


@dataclass(frozen=True)
class Right:
    """One thing that a person may do: under which condition, and for which purposes."""

    action: str
    words: str
    condition: str
    purposes: str


@dataclass(frozen=True)
class Held:
    """A standing, in words, with its rights."""

    role: str
    organisation: str
    lent_by: str
    rights: tuple[Right, ...]


@dataclass(frozen=True)
class NotHeld:
    """Something that the person may not do, and which roles could."""

    words: str
    roles: str


def rights_of(actor: Actor) -> list[Held]:
    """Each standing of the actor with the rows of the table that it fulfils."""
    return [
        Held(
            str(standing.role.label),
            standing.organisation,
            standing.lent_by,
            _rights(standing),
        )
        for standing in actor.standings
    ]


def not_held(actor: Actor) -> list[NotHeld]:
    """The actions that no standing of the actor is granted."""
    mine = {grant.action for grant in GRANTS if grant.role in actor.roles()}
    return [
        NotHeld(str(words), ", ".join(str(Role(g.role).label) for g in GRANTS if g.action == name))
        for name, words in ACTIONS.items()
        if name not in mine
    ]


def _rights(standing: Standing) -> tuple[Right, ...]:
    return tuple(
        Right(
            grant.action,
            str(ACTIONS[grant.action]),
            str(WORDS[grant.condition]),
            ", ".join(str(one.label) for one in Purpose if one in grant.purposes),
        )
        for grant in GRANTS
        if grant.role == standing.role
    )
