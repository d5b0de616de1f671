"""Files on their way to receivers outside: sealed at once, tried again until they are delivered.

The file is encrypted to the receiver's age key in the operator's own request, so that neither the
database nor the job that delivers it can open it. The code that acknowledges it stands inside:
whoever reads it back has opened the file. Delivery is at least once; a file that arrives twice
acknowledges nothing twice.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext, override

from tutela.errors import InputRefused
from tutela.site.accounts.notices import holders, notify
from tutela.site.hotline.declared import desk
from tutela.site.hotline.models import Channel, Outgoing, OutsideReceiver
from tutela.site.permissions.roles import Role


def check_recipient(recipient: str) -> None:
    """InputRefused unless this is an age public key."""
    import pyrage

    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise InputRefused("this is not an age public key") from None


def put_out(
    *, organisation_id: uuid.UUID, handover_id: uuid.UUID, report_id: uuid.UUID, to: str,
    extract: Mapping[str, Any], code: str,
) -> bool:  # fmt: skip
    """Seal a handover to its receiver and keep it until it is delivered; False without a channel.

    Called by the listener only; the transaction and the permission are those of `pass_on`. The
    database refuses (IntegrityError) a handover that was put out already.
    """
    import pyrage

    receiver = OutsideReceiver.objects.filter(
        organisation=organisation_id, to=to, ended_at=None
    ).first()
    if receiver is None:
        return False
    content = {"handover": str(handover_id), "code": code, "report": dict(extract)}
    plain = json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8")
    key = pyrage.x25519.Recipient.from_str(receiver.recipient)
    Outgoing.objects.create(
        organisation_id=organisation_id, handover_id=handover_id, report_id=report_id,
        receiver=receiver, sealed=pyrage.encrypt(plain, [key]), next_try=timezone.now(),
    )  # fmt: skip
    return True


def deliver_due(now: datetime) -> list[uuid.UUID]:
    """Try what is due; the numbers of those that failed."""
    due = Outgoing.objects.filter(delivered_at=None, next_try__lte=now).order_by("next_try")
    return [one.id for one in due.select_related("receiver")[:200] if not _try(one, now)]


def _try(one: Outgoing, now: datetime) -> bool:
    waits = desk()["outside"]["retries"]
    again = now + timedelta(minutes=waits[min(one.attempts, len(waits) - 1)])
    # Whoever raises the count first has the turn: two clocks at once do not send twice.
    turn = Outgoing.objects.filter(id=one.id, attempts=one.attempts, delivered_at=None)
    if not turn.update(attempts=F("attempts") + 1, next_try=again):
        return True
    mine = Outgoing.objects.filter(id=one.id)
    try:
        _send(one)
    except OSError as error:  # SMTPException is one
        mine.update(failure=type(error).__name__)
        if one.attempts + 1 >= desk()["outside"]["tell_after"]:
            notify(holders(Role.SUPERVISOR, one.organisation_id), "outside_failing")
        return False
    mine.update(delivered_at=timezone.now(), failure="")
    return True


def _send(one: Outgoing) -> None:
    name = f"{one.handover_id}.age"
    if one.receiver.channel == Channel.FOLDER:
        _write(Path(settings.DATA) / "outside" / one.receiver.to / name, bytes(one.sealed))
        return
    subjects, bodies = zip(*(_words(code) for code, _name in settings.LANGUAGES), strict=True)
    message = EmailMessage(
        " · ".join(subjects), "\n\n".join(bodies), settings.DEFAULT_FROM_EMAIL, [one.receiver.mail]
    )
    message.attach(name, bytes(one.sealed), "application/octet-stream")
    message.send()


def _words(language: str) -> tuple[str, str]:
    """Subject and body in one language: what to do, and no word of the report."""
    with override(language):
        return gettext("A sealed file from Tutela"), gettext(
            "The attached file is sealed to your key. Open it, and telephone the hotline to read"
            " the code in it back."
        )


def _write(path: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def forget_outgoing(report_ids: list[uuid.UUID]) -> None:
    """Delete everything that was sent, or waits to be sent, about these reports."""
    Outgoing.objects.filter(report_id__in=report_ids).delete()
