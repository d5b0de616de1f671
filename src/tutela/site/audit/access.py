"""Reading the log: by oversight, and by whoever may open a record, for that record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models import Membership, Organisation, User
from tutela.site.audit.models import Act, Entry
from tutela.site.audit.record import record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import require
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.permissions.table import ACTIONS

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One row of the log in words."""

    time: datetime
    who: str
    role: str
    organisation: str
    act: str
    action: str
    purpose: str
    kind: str
    subjects: int
    deputy: bool
    broke_glass: bool


@dataclass(frozen=True)
class Filter:
    """What a viewer looks for; None for everything."""

    act: str | None = None
    user_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None
    day: date | None = None


def entries(*, actor: Actor, wanted: Filter, page: int = 1) -> tuple[list[Line], bool]:
    """A page of the log of the actor's organisations, newest first; whether there is more.

    Only organisations in which the actor has the oversight role; looking is written down too.
    """
    mine = [one.organisation_id for one in actor.standings if one.role == Role.OVERSIGHT]
    decision = require(actor, "audit.read", None, Purpose.OVERSIGHT)
    people = Membership.objects.filter(organisation__in=mine).values("user")
    found = Entry.objects.filter(Q(organisation_id__in=mine) | Q(user_id__in=people))
    if wanted.act:
        found = found.filter(act=wanted.act)
    if wanted.user_id:
        found = found.filter(user_id=wanted.user_id)
    if wanted.subject_id:
        found = found.filter(subjects__subject_id=wanted.subject_id)
    if wanted.day:
        found = found.filter(time__date=wanted.day)
    rows = list(_with_subjects(found)[(page - 1) * PAGE : page * PAGE + 1])
    record(
        decision, actor=actor, act=Act.READ, purpose=Purpose.OVERSIGHT, kind="audit",
        subjects=[wanted.subject_id] if wanted.subject_id else [],
        details={"page": page, "rows": len(rows[:PAGE])},
    )  # fmt: skip
    return _lines(rows[:PAGE]), len(rows) > PAGE


def who_read(subject_id: uuid.UUID) -> list[Line]:
    """Who opened, changed or exported a record, newest first: for the page of that record.

    The page's own access has decided who may see the record, and with it this list.
    """
    found = Entry.objects.filter(subjects__subject_id=subject_id)
    return _lines(list(_with_subjects(found)[:PAGE]))


def under_break_glass(break_glass_id: uuid.UUID) -> list[Line]:
    """Everything that was read or changed under one emergency access, for whoever judges it."""
    return _lines(list(_with_subjects(Entry.objects.filter(break_glass_id=break_glass_id))))


#: What the log says of sessions, in words.
SESSION_WORDS: dict[str, Promise | str] = {
    "signed_in": _("signed in"),
    "signed_out": _("signed out"),
    "ended_idle": _("session ended: not used"),
    "ended_by_length": _("session ended: twelve hours"),
    "without_secret": _("session refused: from another browser"),
    "locked_out": _("account closed for a quarter of an hour: wrong passwords"),
    "factor_wrong": _("password right, second factor wrong"),
    "password": _("password chosen"),
    "added_totp": _("authenticator app added"),
    "added_webauthn": _("security key added"),
    "added_recovery_codes": _("recovery codes made"),
    "removed_totp": _("authenticator app removed"),
    "removed_webauthn": _("security key removed"),
    "removed_recovery_codes": _("recovery codes removed"),
}


def session_events(user_id: uuid.UUID) -> list[tuple[datetime, str]]:
    """What happened about a person's own signing in, newest first: time and code."""
    rows = Entry.objects.filter(user_id=user_id, act=Act.SESSION).order_by("-time", "-pk")
    return [(one.time, one.action.removeprefix("session.")) for one in rows[:PAGE]]


def _with_subjects(found: QuerySet[Entry]) -> QuerySet[Entry]:
    return found.distinct().order_by("-time", "-pk").prefetch_related("subjects")


def _lines(rows: list[Entry]) -> list[Line]:
    people = {one.id: str(one) for one in User.objects.filter(id__in={row.user_id for row in rows})}
    bodies = {
        one.id: one.name
        for one in Organisation.objects.filter(id__in={row.organisation_id for row in rows})
    }
    return [
        Line(
            time=row.time,
            who=people.get(row.user_id) or row.command,
            role=str(Role(row.role).label) if row.role else "",
            organisation=bodies.get(row.organisation_id, ""),
            act=str(Act(row.act).label),
            action=str(ACTIONS.get(row.action, row.action)),
            purpose=str(Purpose(row.purpose).label) if row.purpose else "",
            kind=row.kind,
            subjects=len(row.subjects.all()),
            deputy=bool(row.details.get("deputy")),
            # Opening and judging an emergency access are about it, not by it.
            broke_glass=row.break_glass_id is not None and row.kind != "emergency",
        )
        for row in rows
    ]
