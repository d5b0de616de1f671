"""The register of breaches. It tells of the event, never of a person: its words are in clear."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models import Organisation

#: GDPR art. 33(1): not later than 72 hours after having become aware of it.
NOTIFY_WITHIN = timedelta(hours=72)


class Nature(models.TextChoices):
    """What was breached (EDPB Guidelines 9/2022, 17)."""

    CONFIDENTIALITY = "confidentiality", _("somebody saw what they may not see")
    INTEGRITY = "integrity", _("data were changed")
    AVAILABILITY = "availability", _("data were lost or out of reach")


class Risk(models.TextChoices):
    """The risk to the people concerned, which decides who is told (art. 33 and 34)."""

    UNLIKELY = "unlikely", _("unlikely")
    RISK = "risk", _("likely")
    HIGH = "high", _("likely and high")


class State(StrEnum):
    """Where the duty to tell the authority stands."""

    RUNNING = "running"
    LATE = "late"
    NOTIFIED = "notified"
    NOTIFIED_LATE = "notified_late"
    NOT_NOTIFIED = "not_notified"


class Breach(models.Model):
    """One breach, and what was decided about telling the authority and the people concerned."""

    user_id: uuid.UUID
    organisation_id: uuid.UUID
    decided_by_id: uuid.UUID | None
    get_risk_display: Callable[[], str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    #: When it happened, where that is known; when somebody here became aware: the clock starts.
    happened_at = models.DateTimeField(null=True, blank=True)
    aware_at = models.DateTimeField()
    nature = models.JSONField(default=list, blank=True)
    description = models.TextField()
    #: About how many people and records; None where it is not known yet.
    people = models.PositiveIntegerField(null=True, blank=True)
    records = models.PositiveIntegerField(null=True, blank=True)
    consequences = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    risk = models.CharField(max_length=10, choices=Risk, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: When the authority was told, under which reference; why late, or why not at all.
    notified_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    reason = models.TextField(blank=True)
    #: When the people concerned were told; or why not (art. 34(3)).
    people_told_at = models.DateTimeField(null=True, blank=True)
    people_reason = models.TextField(blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Listed by organisation; asked for by the clock."""

        indexes: ClassVar = [
            models.Index(fields=["organisation", "aware_at"], name="breach_of"),
            models.Index(fields=["decided_at", "aware_at"], name="breach_clock"),
        ]

    @property
    def due_at(self) -> datetime:
        """When the 72 hours are over."""
        due: datetime = self.aware_at + NOTIFY_WITHIN
        return due

    def hours_left(self, now: datetime | None = None) -> int:
        """Whole hours until then; 0 when they are over."""
        left = self.due_at - (now or timezone.now())
        return max(0, int(left.total_seconds() // 3600))

    def state(self, now: datetime | None = None) -> State:
        """Where it stands at a moment."""
        if self.notified_at is not None:
            return State.NOTIFIED if self.notified_at <= self.due_at else State.NOTIFIED_LATE
        if self.decided_at is not None:
            return State.NOT_NOTIFIED
        return State.LATE if (now or timezone.now()) >= self.due_at else State.RUNNING

    def natures(self) -> list[str]:
        """What was breached, in words."""
        return [str(Nature(one).label) for one in self.nature]
