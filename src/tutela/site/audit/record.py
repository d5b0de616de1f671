"""Write one row of the audit log, inside the transaction of what it records."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django.utils import timezone

from tutela.site.audit.models import Act, Entry, Subject
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision
from tutela.site.permissions.roles import Purpose

#: What a detail may be: a code, a count, a flag, or a list of codes; never a sentence.
Detail = str | int | bool | None | list[str]


def record(
    decision: Decision,
    *,
    actor: Actor,
    act: Act,
    purpose: Purpose | None = None,
    kind: str = "",
    subjects: Iterable[uuid.UUID] = (),
    details: Mapping[str, Detail] | None = None,
    break_glass_id: uuid.UUID | None = None,
) -> Entry:
    """Append what happened. `subjects` are all records shown or changed, `kind` what they are.

    `details` holds codes and counts; content of a record, a name or an address never goes there.
    The purpose is the decision's: what was allowed for one purpose is not written down as another
    (ValueError), and nothing is done for none.
    """
    decided = decision.purpose or purpose
    if decided is None or purpose not in {None, decided}:
        raise ValueError(f"{decision.action} was decided for {decided}, not for {purpose}")
    standing = decision.standing
    said: dict[str, Detail] = dict(details or {})
    if standing is not None and standing.lent_by:
        said["deputy"] = True
    entry = Entry.objects.create(
        time=timezone.now(),
        act=act,
        action=decision.action,
        purpose=decided,
        user_id=actor.user_id,
        command=actor.command,
        role=standing.role if standing else "",
        organisation_id=standing.organisation_id if standing else None,
        kind=kind,
        details=said,
        break_glass_id=break_glass_id,
    )
    Subject.objects.bulk_create(
        Subject(entry=entry, subject_id=one) for one in dict.fromkeys(subjects)
    )
    return entry


def record_denial(
    decision: Decision, *, actor: Actor, purpose: Purpose | None = None, path_name: str = ""
) -> None:
    """Append that somebody signed in was refused; the address by its name, without its numbers."""
    Entry.objects.create(
        time=timezone.now(),
        act=Act.DENIAL,
        action=decision.action,
        purpose=purpose or decision.purpose or "",
        user_id=actor.user_id,
        command=actor.command,
        details={"missing": decision.reason, "page": path_name},
    )


def record_session(what: str, *, user_id: uuid.UUID) -> None:
    """Append that a person signed in, was signed out, failed or changed a means of signing in."""
    Entry.objects.create(
        time=timezone.now(),
        act=Act.SESSION,
        action=f"session.{what}",
        user_id=user_id,
    )
