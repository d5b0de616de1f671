"""Recording a breach, deciding whom to tell, and the clock of 72 hours."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.site.accounts.models import Organisation
from tutela.site.accounts.notices import finish, holders, notify
from tutela.site.audit.models import Act
from tutela.site.audit.record import Detail, record
from tutela.site.data_protection.models import NOTIFY_WITHIN, Breach, Risk
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, require
from tutela.site.permissions.roles import Purpose, Role

#: This long before the end of the 72 hours everybody concerned is told once more.
WARN_BEFORE = timedelta(hours=24)


@transaction.atomic
def record_breach(*, actor: Actor, organisation: Organisation, **said: Any) -> Breach:
    """Write a breach down; oversight and administrators are told at once.

    `said` are fields of Breach. ValidationError for a time in the future, or for an awareness
    before the event.
    """
    decision = require(actor, "data_protection.record_breach", organisation, Purpose.OVERSIGHT)
    now, happened = timezone.now(), said.get("happened_at")
    if said["aware_at"] > now or (happened is not None and happened > now):
        raise ValidationError(_("A time lies in the future."))
    if happened is not None and happened > said["aware_at"]:
        raise ValidationError({"aware_at": _("Nobody can know before it happened.")})
    made = Breach(organisation=organisation, user_id=actor.user_id, **said)
    made.full_clean()
    made.save()
    notify(_responsible(made), "breach", made.id)
    _written(decision, actor, made)
    return made


@transaction.atomic
def decide_breach(
    *,
    actor: Actor,
    breach: Breach,
    risk: Risk,
    notified_at: datetime | None,
    reference: str = "",
    reason: str = "",
    people_told_at: datetime | None = None,
    people_reason: str = "",
) -> None:
    """Write down whether the authority and the people concerned were told; or why not.

    ValidationError where the GDPR asks for more: a risk must be notified (33(1)), a late or a
    missing notification needs its reason (33(1), (5)), a high risk is told to the people (34).
    """
    decision = require(actor, "data_protection.decide_breach", breach, Purpose.OVERSIGHT)
    now = timezone.now()
    for name, moment in (("notified_at", notified_at), ("people_told_at", people_told_at)):
        if moment is not None and not breach.aware_at <= moment <= now:
            raise ValidationError({name: _("This lies before it was known, or in the future.")})
    if notified_at is None:
        if risk is not Risk.UNLIKELY:
            raise ValidationError(
                {"notified_at": _("A breach that is likely to be a risk must be notified.")}
            )
        if not reason.strip():
            raise ValidationError({"reason": _("Say why the authority is not told.")})
    elif notified_at > breach.aware_at + NOTIFY_WITHIN and not reason.strip():
        raise ValidationError({"reason": _("Say why it took longer than 72 hours.")})
    if risk is Risk.HIGH and people_told_at is None and not people_reason.strip():
        raise ValidationError(
            {"people_reason": _("At a high risk the people concerned are told; if not, say why.")}
        )
    breach.risk, breach.notified_at, breach.reference = risk, notified_at, reference.strip()
    breach.reason, breach.people_told_at = reason.strip(), people_told_at
    breach.people_reason = people_reason.strip()
    breach.decided_at, breach.decided_by_id = now, actor.user_id
    breach.save()
    for kind in ("breach", "breach_late"):
        finish(kind, breach.id)
    _written(decision, actor, breach, risk=risk, notified=notified_at is not None)


@transaction.atomic
def run_clocks(*, actor: Actor, now: datetime | None = None) -> int:
    """Tell again a day before the 72 hours are over, and when they are; how many were told.

    For the command that runs the site's clocks: `Actor.system("data_protection.run_clocks")`.
    """
    decision = require(actor, "data_protection.run_clocks", None, Purpose.OVERSIGHT)
    now, told = now or timezone.now(), 0
    for one in Breach.objects.filter(
        decided_at=None, escalated_at=None, aware_at__lte=now - NOTIFY_WITHIN + WARN_BEFORE
    ):
        over = now >= one.due_at
        if not over and one.warned_at is not None:
            continue
        finish("breach" if not over else "breach_late", one.id)
        notify(_responsible(one), "breach_late", one.id)
        one.warned_at = one.warned_at or now
        one.escalated_at = now if over else None
        one.save(update_fields=["warned_at", "escalated_at"])
        _written(decision, actor, one, over=over)
        told += 1
    return told


def _responsible(breach: Breach) -> list[uuid.UUID]:
    return [
        user
        for role in (Role.OVERSIGHT, Role.ADMINISTRATOR)
        for user in holders(role, breach.organisation_id)
    ]


def _written(decision: Decision, actor: Actor, breach: Breach, **details: Detail) -> None:
    record(
        decision, actor=actor, act=Act.WRITE, kind="breach", subjects=[breach.id], details=details
    )
