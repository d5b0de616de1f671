"""A legal hold: one record that is kept although its time is over."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from tutela.site.accounts.models import Organisation


class Hold(models.Model):
    """Who holds which record, until when; why is closed in the vault."""

    user_id: uuid.UUID
    organisation_id: uuid.UUID
    lifted_by_id: uuid.UUID | None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    record_id = models.UUIDField()
    #: The record's key, which the hold keeps from being destroyed.
    held_envelope_id = models.UUIDField(db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    envelope_id = models.UUIDField(unique=True)
    reason = models.BinaryField()
    #: The last day of the hold.
    until = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """Listed by organisation."""

        indexes: ClassVar = [models.Index(fields=["organisation", "until"], name="hold_of")]

    @property
    def holds(self) -> bool:
        """Whether it still blocks."""
        return self.lifted_at is None and timezone.localdate() <= self.until
