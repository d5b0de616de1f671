"""Claimed reports at the end of a shift: what somebody holds, and how another takes it over."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from tutela.site.permissions.actor import Actor
from tutela.site.shifts.holdings import Held, Holdings


def _held_by(user_id: uuid.UUID, organisation_id: uuid.UUID) -> list[Held]:
    from tutela.site.reports.actions import held_by

    return [
        Held(number, f"/desk/reports/{number}/", since)
        for number, since in held_by(user_id, organisation_id)
    ]


def _hand_on(actor: Actor, ids: list[uuid.UUID], before: uuid.UUID) -> None:
    from tutela.site.reports.actions import take_over

    for number in ids:
        take_over(actor=actor, report_id=number, before=before)


HOLDINGS = Holdings("report", _("report"), held_by=_held_by, hand_on=_hand_on)
