"""Tasks that wait for people: made here, closed here, told by an e-mail that says nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.jobs import mail_notice
from tutela.site.accounts.models import Membership, Notice, User
from tutela.site.permissions.roles import Role


@dataclass(frozen=True)
class Kind:
    """What a task is, and the address at which it is done; `{id}` stands for its subject."""

    words: Promise | str
    address: str


_EMERGENCY = "/emergency/{id}/"

#: Every kind of task; apps add theirs here.
KINDS: dict[str, Kind] = {
    "account_changed": Kind(
        _("Your means of signing in changed, or somebody guessed at them: was it you?"),
        "/account/events/",
    ),
    "deputy": Kind(_("You stand in for a colleague."), "/account/rights/"),
    "file_assigned": Kind(_("A child's file was assigned to you."), "/cases/{id}/"),
    "urgent_report": Kind(_("An urgent report waits."), "/desk/reports/{id}/"),
    "report_message": Kind(_("A reporter wrote again."), "/desk/reports/{id}/"),
    "report_ground": Kind(
        _("A ground for passing on a child's report waits for you."), "/desk/reports/{id}/"
    ),
    "report_unfounded": Kind(
        _("A report is to be closed as unfounded: look at it too."), "/desk/reports/{id}/"
    ),
    "danger_call": Kind(_("101 was telephoned. Look at the report."), "/desk/reports/{id}/"),
    "report_handed_over": Kind(_("A report was handed over to you."), "/desk/received/{id}/"),
    "report_refused": Kind(_("A receiver refused a report."), "/desk/reports/{id}/"),
    "report_unanswered": Kind(
        _("A receiver has not acknowledged a report in time."), "/desk/reports/{id}/"
    ),
    "outside_failing": Kind(_("A report does not reach a receiver outside."), "/desk/outside/"),
    "grant_key": Kind(_("A colleague needs the organisation's key."), "/organisations/{id}/keys/"),
    "emergency_opened": Kind(_("Somebody opened a record in an emergency: judge it."), _EMERGENCY),
    "emergency_asked": Kind(_("Somebody asks to be let in to a record: now."), _EMERGENCY),
    "emergency_granted": Kind(_("You are let in to the record that you asked for."), _EMERGENCY),
    "emergency_settled": Kind(_("An emergency access was judged."), _EMERGENCY),
    "emergency_overdue": Kind(_("Overdue: nobody has judged an emergency access yet."), _EMERGENCY),
    "breach": Kind(_("A breach was recorded: 72 hours."), "/data-protection/breaches/{id}/"),
    "breach_late": Kind(
        _("The 72 hours of a breach are nearly or quite over."), "/data-protection/breaches/{id}/"
    ),
    "handover": Kind(_("A colleague hands a shift over to you."), "/shift/{id}/"),
    "handover_late": Kind(_("Nobody has taken over a shift in time."), "/shift/"),
    "rotate_key": Kind(
        _("Somebody left: replace the organisation's key."), "/organisations/{id}/keys/"
    ),
}


def notify(user_ids: Iterable[uuid.UUID], kind: str, subject_id: uuid.UUID | None = None) -> None:
    """Give each person one open task of this kind about this subject, and tell them by e-mail."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of task")
    for user_id in dict.fromkeys(user_ids):
        notice, made = Notice.objects.get_or_create(
            user_id=user_id, kind=kind, subject_id=subject_id, done_at=None
        )
        if made:
            mail_notice.enqueue(str(notice.id))


def finish(kind: str, subject_id: uuid.UUID, *, user_id: uuid.UUID | None = None) -> None:
    """Close the tasks of this kind about this subject, of one person or of all."""
    found = Notice.objects.filter(kind=kind, subject_id=subject_id, done_at=None)
    if user_id is not None:
        found = found.filter(user_id=user_id)
    found.update(done_at=timezone.now())


def forget(subject_ids: Iterable[uuid.UUID]) -> None:
    """Delete all tasks, open and done, about these records: they are erased."""
    Notice.objects.filter(subject_id__in=list(subject_ids)).delete()


def open_tasks(user_id: uuid.UUID) -> list[tuple[Notice, Kind, str]]:
    """The tasks of a person, oldest first, each with its kind and its address."""
    found = Notice.objects.filter(user_id=user_id, done_at=None).order_by("created_at")
    return [
        (one, KINDS[one.kind], KINDS[one.kind].address.format(id=one.subject_id))
        for one in found
        if one.kind in KINDS
    ]


def holders(role: Role, organisation_id: uuid.UUID | None = None) -> list[uuid.UUID]:
    """Everybody who holds a role now, in one organisation or in any."""
    found = Membership.objects.filter(
        Q(until=None) | Q(until__gt=timezone.now()), role=role, user__is_active=True
    )
    if organisation_id is not None:
        found = found.filter(organisation=organisation_id)
    return list(found.values_list("user_id", flat=True).distinct())


def person(user_id: uuid.UUID | None) -> str:
    """A colleague's name, for pages of staff; empty where there is none."""
    found = User.objects.filter(id=user_id).first() if user_id else None
    return str(found) if found else ""
