"""What the desk changes besides reports: channels, outbox, own notes, stubs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.errors import InputRefused
from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.hotline.models import (
    CaseStub,
    Channel,
    Outgoing,
    OutsideReceiver,
    OwnKind,
    OwnNote,
)
from tutela.site.hotline.outbox import check_recipient, deliver_due
from tutela.site.permissions.actor import Actor, Standing
from tutela.site.permissions.decide import require
from tutela.site.permissions.roles import Purpose
from tutela.site.reports.access import report_for
from tutela.site.reports.receivers import receiver
from tutela.site.vault.envelopes import create, retain_from, shred
from tutela.site.vault.membership_keys import member_key

LONGEST = 8_000
_TRIAGE = Purpose.TRIAGE


@transaction.atomic
def declare_receiver(
    *, actor: Actor, standing: Standing, to: str, channel: Channel, mail: str, recipient: str
) -> OutsideReceiver:
    """A body outside declares how it receives; an earlier channel of it ends.

    ValidationError for an unknown body, a key that is none, and mail without an address.
    """
    decision = require(actor, "hotline.declare", standing, _TRIAGE)
    if receiver(to) is None:
        raise ValidationError(_("There is no such receiver."))
    try:
        check_recipient(recipient.strip())
    except InputRefused:
        raise ValidationError(_("This is not an age public key. It begins with age1.")) from None
    if channel is Channel.MAIL and not mail:
        raise ValidationError(_("Write the e-mail address to which the sealed file goes."))
    OutsideReceiver.objects.filter(
        organisation=standing.organisation_id, to=to, ended_at=None
    ).update(ended_at=timezone.now())
    made = OutsideReceiver(
        organisation_id=standing.organisation_id, to=to, channel=channel, mail=mail,
        recipient=recipient.strip(),
    )  # fmt: skip
    made.full_clean(validate_constraints=False)
    made.save()
    record(
        decision, actor=actor, act=Act.WRITE, kind="outside_receiver", subjects=[made.id],
        details={"to": to, "channel": str(channel)},
    )  # fmt: skip
    return made


@transaction.atomic
def send_again(*, actor: Actor, outgoing_id: uuid.UUID) -> None:
    """Try a delivery now, without waiting for its turn."""
    found = Outgoing.objects.filter(id=outgoing_id, delivered_at=None).first()
    decision = require(actor, "hotline.send_again", found, _TRIAGE)
    assert found is not None  # noqa: S101 - nothing belongs to no organisation
    Outgoing.objects.filter(id=found.id).update(next_try=timezone.now())
    record(decision, actor=actor, act=Act.WRITE, kind="outgoing", subjects=[found.id])


def run_clocks(*, actor: Actor, now: datetime | None = None) -> int:
    """Deliver what waits for receivers outside; how many deliveries failed and are tried again.

    No transaction spans it: a slow mail server must not keep the database locked.
    """
    decision = require(actor, "hotline.run_clocks", None, _TRIAGE)
    failed = deliver_due(now or timezone.now())
    if failed:
        record(decision, actor=actor, act=Act.EXPORT, kind="outgoing", subjects=failed)
    return len(failed)


@transaction.atomic
def keep(*, actor: Actor, kind: OwnKind, content: Any) -> OwnNote:
    """Keep a debrief note or a draft that its author alone can open.

    ValidationError without words, and where the person has no key yet.
    """
    decision = require(actor, "hotline.keep", None, _TRIAGE)
    holder = member_key(actor.user_id) if actor.user_id else None
    if holder is None:
        raise ValidationError(_("Sign in again first: you have no key yet."))
    if not content or len(str(content)) > 2 * LONGEST:
        raise ValidationError(_("Write between 1 and %d characters.") % LONGEST)
    envelope = create(str(kind), organisations=[], holders=[holder])
    retain_from(envelope.id, timezone.localdate())
    made = OwnNote.objects.create(
        user_id=actor.user_id, kind=kind, envelope_id=envelope.id,
        content=envelope.close(str(kind), content), at=timezone.now(),
    )  # fmt: skip
    record(decision, actor=actor, act=Act.WRITE, kind="own_note", subjects=[made.id])
    return made


@transaction.atomic
def discard(*, actor: Actor, note_id: uuid.UUID) -> None:
    """Destroy something of one's own, and its key with it."""
    found = OwnNote.objects.filter(id=note_id).first()
    decision = require(actor, "hotline.reopen", found, _TRIAGE)
    assert found is not None  # noqa: S101 - nobody made nothing
    shred(found.envelope_id)
    record(decision, actor=actor, act=Act.WRITE, kind="own_note", subjects=[found.id])
    found.delete()


@transaction.atomic
def make_stub(*, actor: Actor, report_id: uuid.UUID, content: Mapping[str, str]) -> CaseStub:
    """Note a child whom a report is about; a report may have several. Nothing leaves the desk."""
    report, decision = report_for(report_id, actor=actor, action="reports.work")
    kept = {name: content.get(name, "").strip() for name in ("child", "place", "why")}
    if not kept["child"] or len(str(kept)) > LONGEST:
        raise ValidationError(_("Say which child is meant, in at most %d characters.") % LONGEST)
    envelope = create("case_stub", organisations=[report.organisation_id])
    retain_from(envelope.id, timezone.localdate())
    made = CaseStub.objects.create(
        report_id=report_id, organisation_id=report.organisation_id, envelope_id=envelope.id,
        content=envelope.close("content", kept), made_by_id=actor.user_id, made_at=timezone.now(),
    )  # fmt: skip
    record(decision, actor=actor, act=Act.WRITE, kind="case_stub", subjects=[made.id, report_id])
    return made


def erase_own(envelope_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Delete own notes and drafts whose time is over, for the run of `retention`."""
    found = OwnNote.objects.filter(envelope_id__in=envelope_ids)
    numbers = list(found.values_list("id", flat=True))
    found.delete()
    return numbers


def erase_stubs(envelope_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Delete stubs whose time is over, for the run of `retention`."""
    found = CaseStub.objects.filter(envelope_id__in=envelope_ids)
    numbers = list(found.values_list("id", flat=True))
    found.delete()
    return numbers
