"""Breaking the glass, letting in, closing early, judging afterwards; and its clocks."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.site.accounts.notices import finish, holders, notify
from tutela.site.audit.models import Act
from tutela.site.audit.record import Detail, record
from tutela.site.emergency.models import BreakGlass, State, Verdict
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, Denied, decide, require
from tutela.site.permissions.records import ProtectedRecord, barred, find
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.vault import envelopes
from tutela.site.vault.membership_keys import member_key

#: How long the record stays open, and within which time somebody must have judged it.
LIFETIME = timedelta(hours=3)
REVIEW_WITHIN = timedelta(days=2)


@transaction.atomic
def break_glass(
    *, actor: Actor, found: ProtectedRecord, kind: str, purpose: Purpose, reason: str
) -> BreakGlass:
    """Open a record for three hours, for a reason in words; overseers are told at once.

    Where no organisation of the actor's has a key, it waits until a supervisor of one that has
    lets the person in. ValidationError without a reason, or where such an access is open already.
    """
    decision = decide(actor, "emergency.open", found, purpose)
    waits = not decision.allowed
    if waits:
        decision = require(actor, "emergency.ask", found, purpose)
    if barred(actor, found):
        raise Denied(Decision(False, decision.action, "barred", purpose=purpose))
    if len(reason.split()) < 3:
        raise ValidationError({"reason": _("Say in a sentence why you must open it now.")})
    if _unfinished(actor, found.id, purpose):
        raise ValidationError(_("You have such an access already."))
    standing, now = decision.standing, timezone.now()
    assert standing is not None and actor.user_id is not None  # noqa: S101 - not a command
    readers = {standing.organisation_id} | (set(found.entitled_organisations) if waits else set())
    envelope = envelopes.create("emergency", organisations=sorted(readers))
    made = BreakGlass(
        kind=kind, record_id=found.id, user_id=actor.user_id,
        organisation_id=standing.organisation_id, role=standing.role, purpose=purpose,
        envelope_id=envelope.id, reason=envelope.close("reason", reason.strip()),
    )  # fmt: skip
    if not waits:
        _start(made, now)
    made.save()
    notify(_overseers(made), "emergency_asked" if waits else "emergency_opened", made.id)
    _written(decision, actor, made, opened=not waits)
    return made


@transaction.atomic
def let_in(*, actor: Actor, glass: BreakGlass, found: ProtectedRecord) -> None:
    """Seal the record's key to the person who asked, out of one's own session, for three hours."""
    decision = require(actor, "emergency.let_in", glass, Purpose.OVERSIGHT)
    if glass.state() is not State.ASKED or glass.record_id != found.id:
        raise ValidationError(_("This is settled already."))
    holder = member_key(glass.user_id)
    if holder is None:
        raise ValidationError(_("This person has no key yet: they must sign in first."))
    envelopes.open_envelope(found.envelope_id, keys=actor.keys).seal_to(holder)
    glass.lent_key = True
    _start(glass, timezone.now())
    glass.save()
    finish("emergency_asked", glass.id)
    notify([glass.user_id], "emergency_granted", glass.id)
    notify(_overseers(glass), "emergency_opened", glass.id)
    _written(decision, actor, glass, opened=True)


@transaction.atomic
def refuse(*, actor: Actor, glass: BreakGlass) -> None:
    """Do not let the person in."""
    decision = require(actor, "emergency.let_in", glass, Purpose.OVERSIGHT)
    if glass.state() is not State.ASKED:
        raise ValidationError(_("This is settled already."))
    glass.refused_at = timezone.now()
    glass.save(update_fields=["refused_at"])
    envelopes.retain_from(glass.envelope_id, timezone.localdate())
    finish("emergency_asked", glass.id)
    notify([glass.user_id], "emergency_settled", glass.id)
    _written(decision, actor, glass, refused=True)


@transaction.atomic
def close_early(*, actor: Actor, glass: BreakGlass) -> None:
    """Give the access back before its time; the review stays due."""
    decision = require(actor, "emergency.close", glass, Purpose.OVERSIGHT)
    if glass.state() is State.OPEN:
        glass.expires_at = timezone.now()
        _take_back(glass)
        glass.save()
        _written(decision, actor, glass, closed=True)


@transaction.atomic
def review(*, actor: Actor, glass: BreakGlass, verdict: Verdict, note: str) -> None:
    """Judge an emergency access that somebody else had; a verdict of not justified says why.

    Judging ends it where it is still open, and tells the person and oversight.
    """
    decision = require(actor, "emergency.review", glass, Purpose.OVERSIGHT)
    if glass.state() not in {State.OPEN, State.TO_REVIEW, State.OVERDUE}:
        raise ValidationError(_("This is settled already."))
    if verdict is Verdict.NOT_JUSTIFIED and not note.strip():
        raise ValidationError({"note": _("Say why it was not justified.")})
    now = timezone.now()
    opened = envelopes.open_envelope(glass.envelope_id, keys=actor.keys)
    glass.note = opened.close("note", note.strip()) if note.strip() else None
    glass.verdict, glass.reviewed_by_id, glass.reviewed_at = verdict, actor.user_id, now
    if glass.expires_at is not None and glass.expires_at > now:
        glass.expires_at = now
    _take_back(glass)
    glass.save()
    envelopes.retain_from(glass.envelope_id, timezone.localdate())
    for kind in ("emergency_opened", "emergency_overdue"):
        finish(kind, glass.id)
    notify([glass.user_id], "emergency_settled", glass.id)
    if verdict is Verdict.NOT_JUSTIFIED:
        watchers = holders(Role.OVERSIGHT, glass.organisation_id)
        notify([one for one in watchers if one != actor.user_id], "emergency_settled", glass.id)
    _written(decision, actor, glass, verdict=verdict)


def erase(envelope_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Delete the emergency accesses closed by these envelopes, for the run of `retention`."""
    found = BreakGlass.objects.filter(envelope_id__in=envelope_ids)
    numbers = list(found.values_list("id", flat=True))
    found.delete()
    return numbers


@transaction.atomic
def run_clocks(*, actor: Actor, now: datetime | None = None) -> int:
    """Take lent keys back at their end, and escalate reviews that are overdue; how many of these.

    For the command that runs the site's clocks: `Actor.system("emergency.run_clocks")`.
    """
    decision = require(actor, "emergency.run_clocks", None, Purpose.OVERSIGHT)
    now = now or timezone.now()
    for one in BreakGlass.objects.filter(lent_key=True, expires_at__lte=now):
        _take_back(one)
        one.save(update_fields=["lent_key"])
    overdue = BreakGlass.objects.filter(reviewed_at=None, escalated_at=None, review_due_at__lte=now)
    escalated = list(overdue)
    for one in escalated:
        administrators = holders(Role.ADMINISTRATOR, one.organisation_id)
        notify([*_overseers(one), *administrators], "emergency_overdue", one.id)
        one.escalated_at = now
        one.save(update_fields=["escalated_at"])
        _written(decision, actor, one, escalated=True)
    return len(escalated)


def _start(glass: BreakGlass, now: datetime) -> None:
    glass.opened_at, glass.expires_at = now, now + LIFETIME
    glass.review_due_at = now + REVIEW_WITHIN


def _take_back(glass: BreakGlass) -> None:
    if glass.lent_key:
        found, holder = find(glass.kind, glass.record_id), member_key(glass.user_id)
        if found is not None and holder is not None:
            envelopes.withdraw_from(found.envelope_id, holder)
        glass.lent_key = False


def _unfinished(actor: Actor, record_id: uuid.UUID, purpose: Purpose) -> bool:
    rows = BreakGlass.objects.filter(
        user=actor.user_id, record_id=record_id, purpose=purpose, reviewed_at=None
    )
    return any(one.state() in {State.ASKED, State.OPEN} for one in rows)


def _overseers(glass: BreakGlass) -> list[uuid.UUID]:
    """Supervisors and oversight of the organisations concerned, without the person.

    Where there is nobody else, the organisation's administrators: they must find somebody.
    """
    found = [
        user
        for organisation_id in sorted(glass.entitled_organisations)
        for role in (Role.SUPERVISOR, Role.OVERSIGHT)
        for user in holders(role, organisation_id)
        if user != glass.user_id
    ]
    return found or holders(Role.ADMINISTRATOR, glass.organisation_id)


def _written(decision: Decision, actor: Actor, glass: BreakGlass, **details: Detail) -> None:
    record(
        decision, actor=actor, act=Act.WRITE, kind="emergency",
        subjects=[glass.id, glass.record_id], details=details, break_glass_id=glass.id,
    )  # fmt: skip
