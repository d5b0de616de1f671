"""May this actor take this action on this target? The answer says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tutela.site.permissions.actor import Actor, Standing
from tutela.site.permissions.roles import Purpose
from tutela.site.permissions.table import COMMANDS, GRANTS, Grant


class Denied(Exception):  # noqa: N818 - reads as what happened
    """The actor may not do this; `decision` says what was missing. Never shown to the outside."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.action}: {decision.reason}")
        self.decision = decision


@dataclass(frozen=True)
class Decision:
    """The answer, and the row and standing it rests on, or what was missing.

    `purpose` is the one asked for: it travels with the decision into the audit log.
    """

    allowed: bool
    action: str
    reason: str
    grant: Grant | None = None
    standing: Standing | None = None
    purpose: Purpose | None = None


def decide(actor: Actor, action: str, target: Any, purpose: Purpose) -> Decision:
    """Whether `actor` may take `action` on `target` for `purpose`.

    Denied when the action is unknown, no role of the actor is granted it, the purpose is none of
    the row's, or the row's condition is not met. A command may take its own action only.
    """
    if actor.command:
        allowed = actor.command == action and action in COMMANDS
        reason = "command" if allowed else "another command"
        return Decision(allowed, action, reason, purpose=purpose)
    missing = "no role"
    for grant, standing in _matches(actor, action):
        if purpose not in grant.purposes:
            missing = "purpose"
        elif grant.condition(actor, standing, target):
            return Decision(True, action, "granted", grant, standing, purpose)
        else:
            missing = f"condition {grant.condition.__name__}"
    return Decision(False, action, missing, purpose=purpose)


def require(actor: Actor, action: str, target: Any, purpose: Purpose) -> Decision:
    """The decision, if it allows; raises Denied otherwise."""
    decision = decide(actor, action, target, purpose)
    if not decision.allowed:
        raise Denied(decision)
    return decision


def possible(actor: Actor, action: str) -> bool:
    """Whether there is any target on which the actor may take the action: opens the page only."""
    return any(True for _ in _matches(actor, action))


def _matches(actor: Actor, action: str) -> list[tuple[Grant, Standing]]:
    return [
        (grant, standing)
        for grant in GRANTS
        if grant.action == action
        for standing in actor.standings
        if standing.role == grant.role
    ]
