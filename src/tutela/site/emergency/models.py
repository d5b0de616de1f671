"""One emergency access: who, to which record, why, how long, and what was said of it after."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models import Organisation
from tutela.site.permissions.roles import Purpose, Role
from tutela.site.vault.envelopes import entitled


class Verdict(models.TextChoices):
    """What the review found."""

    JUSTIFIED = "justified", _("justified")
    NOT_JUSTIFIED = "not_justified", _("not justified")


class State(StrEnum):
    """Where an emergency access stands."""

    ASKED = "asked"
    OPEN = "open"
    TO_REVIEW = "to_review"
    OVERDUE = "overdue"
    REVIEWED = "reviewed"
    REFUSED = "refused"


class BreakGlass(models.Model):
    """Reason and note of the review are closed in the vault; no word of them stands in clear."""

    user_id: uuid.UUID
    organisation_id: uuid.UUID
    reviewed_by_id: uuid.UUID | None
    get_purpose_display: Callable[[], str]
    get_verdict_display: Callable[[], str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: A kind of `permissions.records`, and the record's number.
    kind = models.CharField(max_length=40)
    record_id = models.UUIDField(db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    purpose = models.CharField(max_length=20, choices=Purpose)
    envelope_id = models.UUIDField()
    reason = models.BinaryField()
    asked_at = models.DateTimeField(auto_now_add=True)
    #: Set at once, or when somebody entitled lets the person in.
    opened_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    #: The record's key was sealed to the person alone, and is taken back at the end.
    lent_key = models.BooleanField(default=False)
    refused_at = models.DateTimeField(null=True)
    review_due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    note = models.BinaryField(null=True)

    class Meta:
        """Every reading under an emergency asks for the open ones of a person."""

        indexes: ClassVar = [
            models.Index(fields=["user", "record_id", "expires_at"], name="glass_of_user"),
            models.Index(fields=["reviewed_at", "review_due_at"], name="glass_to_review"),
        ]

    @property
    def entitled_organisations(self) -> frozenset[uuid.UUID]:
        """Whose overseers may read the reason and judge."""
        return entitled(self.envelope_id)

    def state(self, now: datetime | None = None) -> State:
        """Where it stands at a moment."""
        now = now or timezone.now()
        if self.refused_at is not None:
            return State.REFUSED
        if self.opened_at is None or self.expires_at is None or self.review_due_at is None:
            return State.ASKED
        if self.reviewed_at is not None:
            return State.REVIEWED
        if now >= self.review_due_at:
            return State.OVERDUE
        return State.OPEN if now < self.expires_at else State.TO_REVIEW
