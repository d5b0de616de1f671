"""A request behind the gate: somebody is signed in, and is known as an actor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from tutela.site.accounts.models import User
    from tutela.site.permissions.actor import Actor


class StaffRequest(HttpRequest):
    """What views behind the gate receive; for type checking only."""

    user: User
    actor: Actor
