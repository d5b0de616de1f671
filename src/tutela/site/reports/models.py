"""Reports, what was written about them, and the way back. Every sentence is closed by the vault."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models import Organisation
from tutela.site.vault.models import KeyHolder


class Stage(models.TextChoices):
    """How far a report has come; reporters see the first three only."""

    RECEIVED = "received", _("received")
    READ = "read", _("read")
    PASSED_ON = "passed_on", _("passed on")
    CLOSED = "closed", _("closed")


class Channel(models.TextChoices):
    """How it came."""

    WEB = "web", _("web")
    PHONE = "phone", _("telephone")


class HeldBack(models.TextChoices):
    """Why a report waits aside; each is read by a person within 24 hours all the same."""

    QUICK = "quick", _("sent faster than a person writes")
    BUDGET = "budget", _("more reports at once than usual")
    SPAM = "spam", _("looks like spam")


class Outcome(models.TextChoices):
    """What came of it; the codes are those of the list `outcomes`."""

    FORWARDED = "forwarded", _("passed on")
    ANSWERED = "answered", _("answered, nothing more wanted")
    KNOWN = "known", _("known already")
    UNFOUNDED = "unfounded", _("unfounded")


class Report(models.Model):
    """One report: codes and times in clear, `answers` closed with the report's own key."""

    organisation_id: uuid.UUID
    claimed_by_id: uuid.UUID | None
    closing_asked_by_id: uuid.UUID | None
    folded_into_id: uuid.UUID | None
    way_back: Any
    get_stage_display: Callable[[], str]
    get_channel_display: Callable[[], str]
    get_held_back_display: Callable[[], str]
    get_outcome_display: Callable[[], str]
    # The related rows; Django makes them.
    messages: Any
    notes: Any
    addresses: Any
    handovers: Any
    folded: Any
    #: How often the same words came again; set for the rows of a page.
    copies: int

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: Two made-up words, for people to speak of it.
    name = models.CharField(max_length=24, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    envelope_id = models.UUIDField(unique=True)
    answers = models.BinaryField()
    door = models.CharField(max_length=20)
    language = models.CharField(max_length=5)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    forms = models.JSONField(default=list)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    #: 0 at once … 4 in turn, and the rules that say so (`declared_rules`).
    level = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    by_child = models.BooleanField(default=False)
    danger = models.BooleanField(default=False)
    held_back = models.CharField(max_length=10, choices=HeldBack, blank=True)
    folded_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="folded"
    )
    #: Keyed hash of the words, to recognise the same report sent twice.
    digest = models.BinaryField(max_length=32)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.RECEIVED)
    read_at = models.DateTimeField(null=True)
    passed_on_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    #: Proposed as unfounded: a second person must agree.
    closing_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True)
    #: The child said that something may be passed on, and to whom; nobody else can set it.
    wish = models.JSONField(default=list)
    #: "" nobody asked, "yes", or "no": do not write now.
    safe_to_write = models.CharField(max_length=3, blank=True)
    #: A message of the reporter that no operator has opened.
    unread = models.BooleanField(default=True)

    class Meta:
        """The queue is asked for by organisation and urgency, what is open first."""

        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "level", "due_at", "id"],
                name="report_queue",
                condition=Q(closed_at=None, folded_into=None),
            ),
            models.Index(
                fields=["organisation", "level", "due_at", "id"],
                name="report_closed",
                condition=Q(closed_at__isnull=False, folded_into=None),
            ),
            models.Index(
                fields=["organisation", "level", "due_at", "id"],
                name="report_aside",
                condition=~Q(held_back="") & Q(closed_at=None, folded_into=None),
            ),
            models.Index(fields=["organisation", "received_at"], name="report_received"),
            models.Index(fields=["digest", "received_at"], name="report_digest"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class WayBack(models.Model):
    """By what the reporter finds the answer: nothing here opens it (see `receipts`)."""

    report_id: uuid.UUID
    holder_id: uuid.UUID

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="way_back")
    lookup = models.BinaryField(max_length=32, unique=True)
    salt = models.BinaryField(max_length=16)
    holder = models.OneToOneField(KeyHolder, on_delete=models.PROTECT, related_name="+")


class Message(models.Model):
    """One message of a conversation, closed with the report's key."""

    report_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="messages")
    from_reporter = models.BooleanField()
    at = models.DateTimeField()
    words = models.BinaryField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """In the order in which they were written."""

        ordering: ClassVar = ["at", "id"]


class NoteKind(models.TextChoices):
    """What a line of the contact log is."""

    CONTACT = "contact", _("contact")
    DANGER_CALL = "danger_call", _("101 telephoned")
    GROUND = "ground", _("ground for passing on without the wish")
    CLOSING = "closing", _("closing")
    NOTE = "note", _("note")


class Note(models.Model):
    """A line of the contact log: who, when, what kind; the words are closed."""

    report_id: uuid.UUID
    by_id: uuid.UUID
    approved_by_id: uuid.UUID | None
    get_kind_display: Callable[[], str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=NoteKind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.BinaryField()
    #: A ground counts once a supervisor approved it.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """In the order in which they were written."""

        ordering: ClassVar = ["at", "id"]


class Address(models.Model):
    """An address of material: found again by a keyed hash, shown as words, never as a link."""

    report_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="addresses")
    digest = models.BinaryField(max_length=32)
    words = models.BinaryField()
    noticed_at = models.DateTimeField()
    taken_down_at = models.DateTimeField(null=True)

    class Meta:
        """Looked for by its hash."""

        indexes: ClassVar = [models.Index(fields=["digest"], name="address_digest")]


class HandoverState(models.TextChoices):
    """Where a handover stands."""

    SENT = "sent", _("sent, not acknowledged")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")


class ReportHandover(models.Model):
    """A report passed to a receiver: an extract with a key of its own, sealed to both sides."""

    report_id: uuid.UUID
    to_organisation_id: uuid.UUID | None
    sent_by_id: uuid.UUID
    get_state_display: Callable[[], str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="handovers")
    envelope_id = models.UUIDField(unique=True)
    #: Code of the list of agencies, and the organisation where it works with this site.
    to = models.CharField(max_length=40)
    to_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    extract = models.BinaryField()
    #: The route that fired, or "" where an operator chose another, with the reason closed.
    route = models.CharField(max_length=40, blank=True)
    state = models.CharField(
        max_length=14, choices=HandoverState, default=HandoverState.SENT, db_index=True
    )
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    #: Hash of the code that a receiver outside reads back; emptied when it was used.
    code_hash = models.BinaryField(max_length=32, null=True)
    #: Who acknowledged and what they said, closed.
    answer = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        """Receivers ask by organisation, the desk by report."""

        indexes: ClassVar = [
            models.Index(fields=["to_organisation", "state", "sent_at"], name="handover_received")
        ]
