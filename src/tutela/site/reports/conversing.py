"""The reporter's side of a conversation: found by words, opened by a secret, kept by nobody.

The page carries what opens it, sealed by the site and good for half an hour; there is no cookie.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from tutela.site.accounts.notices import holders, notify
from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import require
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.reports import receipts
from tutela.site.reports.models import Message, Report, Stage, WayBack
from tutela.site.vault.envelopes import OpenEnvelope, open_envelope
from tutela.site.vault.keyring import Keyring

LIFETIME = 30 * 60
LONGEST = 8_000
_ACTOR = Actor.system("reports.converse")


class ConversationClosedError(Exception):
    """The page is older than LIFETIME, or was not made by this site."""


@dataclass(frozen=True)
class Opening:
    """What opens a conversation: the report and the private key that the secret made."""

    report_id: uuid.UUID
    private: bytes

    def sealed(self) -> str:
        """As text for a hidden field."""
        plain = json.dumps([str(self.report_id), self.private.hex(), int(time.time())])
        return base64.urlsafe_b64encode(bytes(_box().encrypt(plain.encode()))).decode()


@dataclass(frozen=True)
class Said:
    """One message as the reporter sees it."""

    own: bool
    at: datetime
    text: str


@dataclass(frozen=True)
class Conversation:
    """What the reporter sees: how far it came, and what was said. Nothing of the desk's own."""

    stage: str
    safe: str
    #: "" not said, "yes", or "no": whether something may be passed on.
    wish: str
    by_child: bool
    messages: Sequence[Said]


def unseal(text: str) -> Opening:
    """The opening that a page carried; ConversationClosedError where it is not one of ours."""
    try:
        plain = _box().decrypt(base64.urlsafe_b64decode(text.encode("ascii")))
        report, private, made = json.loads(plain)
    except (ValueError, CryptoError) as error:
        raise ConversationClosedError from error
    if not 0 <= time.time() - made <= LIFETIME:
        raise ConversationClosedError
    return Opening(uuid.UUID(report), bytes.fromhex(private))


def come_back(lookup: str, secret: str) -> Opening | None:
    """What opens the conversation of these words; None, after the same work, where none does."""
    found = (
        WayBack.objects.filter(lookup=receipts.lookup_digest(lookup))
        .select_related("holder")
        .first()
    )
    lock = receipts.Lock(bytes(found.salt), bytes(found.holder.public_key)) if found else None
    private = receipts.open_lock(lock, secret)
    if found is None or private is None:
        return None
    return Opening(found.report_id, bytes(private))


def conversation(opening: Opening) -> Conversation:
    """The conversation, in clear, for whoever has what opens it."""
    decision = require(_ACTOR, "reports.converse", None, Purpose.TRIAGE)
    report, envelope = _open(opening)
    record(decision, actor=_ACTOR, act=Act.READ, kind="report", subjects=[report.id])
    seen = (
        Stage.PASSED_ON
        if report.passed_on_at
        else (Stage.READ if report.read_at else Stage.RECEIVED)
    )
    return Conversation(
        str(seen), report.safe_to_write, next(iter(report.wish), ""), report.by_child,
        [
            Said(one.from_reporter, one.at, envelope.open(f"message/{one.id}", one.words))
            for one in report.messages.all()
        ],
    )  # fmt: skip


@transaction.atomic
def write(opening: Opening, text: str, safe: str = "", wish: str = "") -> None:
    """Add a message; say whether it is safe to write now, and whether it may be passed on.

    Empty text adds no message. The wish is the reporter's alone: nobody at the desk can set it.
    """
    decision = require(_ACTOR, "reports.converse", None, Purpose.TRIAGE)
    report, envelope = _open(opening)
    if safe in ("yes", "no"):
        report.safe_to_write = safe
    if wish in ("yes", "no"):
        report.wish = [wish]
    if text:
        add_message(report, envelope, text, from_reporter=True)
        report.unread = True
        who = [report.claimed_by_id] if report.claimed_by_id else []
        notify(who or holders(Role.OPERATOR, report.organisation_id), "report_message", report.id)
    report.save(update_fields=["safe_to_write", "wish", "unread"])
    record(
        decision, actor=_ACTOR, act=Act.WRITE, kind="report", subjects=[report.id],
        details={"message": bool(text)},
    )  # fmt: skip


def add_message(
    report: Report, envelope: OpenEnvelope, text: str, *, from_reporter: bool,
    by: uuid.UUID | None = None,
) -> Message:  # fmt: skip
    """Close a message with the report's key and keep it."""
    made = Message(report=report, from_reporter=from_reporter, at=timezone.now(), by_id=by)
    made.words = envelope.close(f"message/{made.id}", text)
    made.save()
    return made


def _open(opening: Opening) -> tuple[Report, OpenEnvelope]:
    report = Report.objects.select_related("way_back").get(id=opening.report_id)
    keys = Keyring(report.way_back.holder_id, opening.private)
    return report, open_envelope(report.envelope_id, keys=keys)


def _box() -> SecretBox:
    made = hashlib.blake2b(
        str(settings.SECRET_KEY).encode(), digest_size=SecretBox.KEY_SIZE, person=b"report-talk"
    )
    return SecretBox(made.digest())
