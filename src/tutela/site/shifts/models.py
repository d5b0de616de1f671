"""One handover of a shift."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tutela.site.accounts.models import Organisation
from tutela.site.vault.envelopes import entitled


class State(StrEnum):
    """Where a handover stands."""

    WAITS = "waits"
    LATE = "late"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


class Handover(models.Model):
    """The note is closed in the vault; `held` has kinds and numbers only."""

    user_id: uuid.UUID
    organisation_id: uuid.UUID
    to_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    #: Who hands over, and who is to take over.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: [kind, number] of everything held open.
    held = models.JSONField(default=list)
    envelope_id = models.UUIDField()
    note = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        """Asked for on the page of a shift, and by the clock."""

        indexes: ClassVar = [
            models.Index(fields=["to", "taken_at"], name="handover_to"),
            models.Index(fields=["user", "taken_at"], name="handover_from"),
        ]

    @property
    def entitled_organisations(self) -> frozenset[uuid.UUID]:
        """The organisation whose key opens the note."""
        return entitled(self.envelope_id)

    @property
    def assigned_users(self) -> frozenset[uuid.UUID]:
        """The two between whom it passes."""
        return frozenset({self.user_id, self.to_id})

    def state(self, now: datetime | None = None) -> State:
        """Where it stands at a moment."""
        if self.withdrawn_at is not None:
            return State.WITHDRAWN
        if self.taken_at is not None:
            return State.TAKEN
        return State.LATE if (now or timezone.now()) >= self.due_at else State.WAITS
