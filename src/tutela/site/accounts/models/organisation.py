"""Organisations, who is what in them, and who stands in for somebody absent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tutela.site.permissions.roles import Role


class Level(models.TextChoices):
    """On whose behalf an organisation acts."""

    FEDERAL = "federal", _("federal")
    COMMUNITY = "community", _("community")
    REGION = "region", _("region")
    NGO = "ngo", _("non-governmental organisation")
    FOREIGN = "foreign", _("foreign authority")
    INTERNATIONAL = "international", _("international organisation")


class Organisation(models.Model):
    """A body whose staff works here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("short name"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    level = models.CharField(_("level of government"), max_length=20, choices=Level)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def organisation_id(self) -> uuid.UUID:
        """An organisation belongs to itself: what conditions of the permission table ask."""
        return uuid.UUID(str(self.id))


class Membership(models.Model):
    """One role of one person in one organisation, from `since` until it is ended."""

    user_id: uuid.UUID
    organisation_id: uuid.UUID
    get_role_display: Callable[[], str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A person holds a role once at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(until=None),
                name="membership_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"


class Deputy(models.Model):
    """Who stands in for somebody absent, in [first_day, back_on)."""

    organisation_id: uuid.UUID
    absent_id: uuid.UUID
    deputy_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    absent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stands_in"
    )
    first_day = models.DateField(_("first day of absence"))
    back_on = models.DateField(_("first day back"))

    class Meta:
        """Nobody stands in for themselves, and an absence has at least a day."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(absent=F("deputy")), name="deputy_is_somebody_else"
            ),
            models.CheckConstraint(
                condition=Q(back_on__gt=F("first_day")), name="absence_has_a_day"
            ),
        ]
