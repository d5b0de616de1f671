"""What happens when somebody presses "send": weighed, sealed to the hotline, and kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from tutela.site.accounts.models import Organisation
from tutela.site.accounts.notices import holders, notify
from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.key_files import key
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import require
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.reports import receipts
from tutela.site.reports.addresses import addresses, keyed_hash
from tutela.site.reports.declared_rules import TODAY, assess, facts
from tutela.site.reports.models import Address, Channel, HeldBack, Report, WayBack
from tutela.site.reports.questions import Answers
from tutela.site.vault.envelopes import NoKey, OpenEnvelope, create
from tutela.site.vault.models import HolderKind, KeyHolder

#: Hours within which a report of each level is read; all of them within a day.
HOURS = {0: 0.25, 1: 1, 2: 8, 3: 24, 4: 24}
#: A person who writes takes longer than this many seconds for a form.
QUICKEST = 8
#: Reports a minute of the not urgent kind, above which the rest waits aside.
BUDGET = 60
_FOLD = timedelta(hours=24)
_LINK = re.compile(r"https?://", re.IGNORECASE)
_MOST_LINKS = 4
_SHORTEST_PHRASE = 16
_FEWEST_WORDS = 4
_TRIES = 12


class Way(StrEnum):
    """How the reporter comes back."""

    WORDS = "words"
    PHRASE = "phrase"
    NONE = "none"


class WeakPhraseError(ValueError):
    """A sentence that somebody might guess; nothing was sent."""


@dataclass(frozen=True)
class Received:
    """What the reporter is shown, once: the words of the way back, if any."""

    report: Report
    lookup: str
    secret: str


def hotline() -> Organisation | None:
    """The organisation that reads what comes through the front door (TUTELA_HOTLINE)."""
    return Organisation.objects.filter(code=settings.HOTLINE).first()


def weak(phrase: str) -> bool:
    """Whether a sentence is too easily guessed: four different words, sixteen letters in all."""
    words = set(receipts.tidy(phrase).split())
    return len(words) < _FEWEST_WORDS or len(receipts.tidy(phrase)) < _SHORTEST_PHRASE


def receive_report(
    *,
    actor: Actor,
    door: str,
    language: str,
    answers: Answers,
    way: Way = Way.NONE,
    phrase: str = "",
    began: float | None = None,
    channel: Channel = Channel.WEB,
) -> Received:
    """Keep a report, sealed to the hotline (and to the reporter's own key if they come back).

    `actor` is the front door itself, or an operator who writes down a telephone call.

    A child, and whoever signals present danger, passes every sieve. Nothing else is refused
    either: what looks odd waits aside for a person. WeakPhraseError for a phrase that is too
    easy; NoKey while nobody of the hotline has a key: then nothing was kept.
    """
    if way is Way.PHRASE and weak(phrase):
        raise WeakPhraseError
    secret = receipts.make_words(receipts.SECRET_WORDS) if way is Way.WORDS else phrase
    # The slow part stands outside the transaction: it would keep other reporters waiting.
    lock = None if way is Way.NONE else receipts.new_lock(secret)
    with transaction.atomic():
        found = _keep(actor, door, language, answers, began, channel, lock)
    return Received(found[0], found[1], secret if way is Way.WORDS else "")


def _keep(
    actor: Actor, door: str, language: str, answers: Answers, began: float | None,
    channel: Channel, lock: receipts.Lock | None,
) -> tuple[Report, str]:  # fmt: skip
    organisation = hotline()
    if organisation is None:
        raise NoKey
    action = "reports.receive" if actor.command else "reports.take_call"
    decision = require(actor, action, organisation, Purpose.TRIAGE)
    given = facts(door, answers, settings.HOME_COUNTRY)
    risk, now = assess(given), timezone.now()
    urgent = door == "child" or answers.get("danger") == ["yes"]
    holder = _holder(lock) if lock else None
    envelope = create("report", organisations=[organisation.id], holders=[holder] if holder else [])
    digest = _digest(door, answers)
    report = _with_free_name(
        organisation=organisation, envelope_id=envelope.id,
        answers=envelope.close("answers", answers), door=door, language=language,
        channel=channel, forms=answers.get("forms", []), received_at=now,
        due_at=now + timedelta(hours=HOURS[risk.level]), level=risk.level,
        reasons=[rule.id for rule in risk.reasons], by_child=door == "child",
        danger=answers.get("danger") == ["yes"], digest=digest,
        held_back="" if urgent else _held_back(answers, began, channel),
        folded_into=None if urgent else _same(digest, organisation.id),
    )  # fmt: skip
    _addresses(report, envelope, answers)
    lookup = _way_back(report, holder, lock) if holder and lock else ""
    record(
        decision, actor=actor, act=Act.WRITE, kind="report", subjects=[report.id],
        details={"door": door, "channel": str(channel), "level": risk.level},
    )  # fmt: skip
    if risk.level <= TODAY and report.folded_into_id is None:
        notify(holders(Role.OPERATOR, organisation.id), "urgent_report", report.id)
    return report, lookup


def _holder(lock: receipts.Lock) -> KeyHolder:
    # Its private half is kept nowhere: the secret makes it again.
    return KeyHolder.objects.create(kind=HolderKind.REPORTER, public_key=lock.public_key)


def _way_back(report: Report, holder: KeyHolder, lock: receipts.Lock) -> str:
    for _attempt in range(_TRIES):
        words = receipts.make_words(receipts.LOOKUP_WORDS)
        try:
            with transaction.atomic():
                WayBack.objects.create(
                    report=report, lookup=receipts.lookup_digest(words), salt=lock.salt,
                    holder=holder,
                )  # fmt: skip
        except IntegrityError:
            continue
        return words
    raise RuntimeError("no free look-up words")


def _with_free_name(**fields: object) -> Report:
    for _attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return Report.objects.create(name=receipts.make_words(2), **fields)
        except IntegrityError:
            continue
    raise RuntimeError("no free name for a report")


def _addresses(report: Report, envelope: OpenEnvelope, answers: Answers) -> None:
    rows = []
    for text in addresses("\n".join(answers.get("addresses", []))):
        row = Address(report=report, digest=keyed_hash(text), noticed_at=report.received_at)
        row.words = envelope.close(f"address/{row.id}", text)
        rows.append(row)
    Address.objects.bulk_create(rows)


def _digest(door: str, answers: Answers) -> bytes:
    """A keyed hash of what was written, the same for the same words."""
    written = [
        f"{name}={' '.join(text.casefold().split())}"
        for name, texts in sorted(answers.items())
        for text in texts
    ]
    message = "\x1f".join([door, *written]).encode()
    return hmac.digest(key("blind-index"), hashlib.sha256(message).digest(), "sha256")


def _same(digest: bytes, organisation_id: uuid.UUID) -> Report | None:
    """An open report of the last day with the very same words."""
    return Report.objects.filter(
        digest=digest, organisation=organisation_id, folded_into=None, closed_at=None,
        received_at__gt=timezone.now() - _FOLD,
    ).first()  # fmt: skip


def _held_back(answers: Answers, began: float | None, channel: Channel) -> str:
    """Why the report waits aside, or ""."""
    if channel is Channel.PHONE:
        return ""
    if began is not None and time.time() - began < QUICKEST:
        return HeldBack.QUICK
    written = " ".join(answers.get("words", []))
    if len(_LINK.findall(written)) > _MOST_LINKS:
        return HeldBack.SPAM
    lately = Report.objects.filter(
        received_at__gt=timezone.now() - timedelta(minutes=1), by_child=False, danger=False
    ).count()
    return HeldBack.BUDGET if lately >= BUDGET else ""
