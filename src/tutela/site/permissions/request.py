"""A request behind the gate: somebody is signed in, and is known as an actor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

from tutela.site.permissions.roles import Purpose

if TYPE_CHECKING:
    from tutela.site.accounts.models import User
    from tutela.site.permissions.actor import Actor


def purpose_of(request: HttpRequest, usual: Purpose) -> Purpose:
    """The purpose named in the address (`?purpose=…`), or the one usual on the page."""
    named = request.GET.get("purpose")
    return Purpose(named) if named in Purpose.values else usual


class StaffRequest(HttpRequest):
    """What views behind the gate receive; for type checking only."""

    user: User
    actor: Actor
