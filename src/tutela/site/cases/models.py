"""Files of children. Who the child is, and every sentence, is closed by the vault."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models import Organisation


class OpenedFrom(models.TextChoices):
    """How a file began."""

    DIRECT = "direct", _("directly")
    REPORT = "report", _("from a report")
    REFERRAL = "referral", _("by a partner's referral")
    IMPORT = "import", _("by import of open cases")


class ChildFile(models.Model):
    """One child's file: codes and days in clear, `identity` closed with the file's own key.

    Lists show `code_name` and the next duty, and so open nothing.
    """

    organisation_id: uuid.UUID
    get_opened_from_display: Callable[[], str]
    # The related rows; Django makes them.
    happenings: Any
    assignments: Any
    people: Any
    tasks: Any

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_name = models.CharField(max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    envelope_id = models.UUIDField(unique=True)
    #: Files of one matter share it: siblings, several children of one offender.
    matter = models.UUIDField(default=uuid.uuid4, db_index=True)
    #: A track of `tracks.situations`, or "" where it is not known yet.
    situation = models.CharField(max_length=40, blank=True)
    identity = models.BinaryField()
    opened_from = models.CharField(max_length=10, choices=OpenedFrom, default=OpenedFrom.DIRECT)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    #: The next thing due, kept with every change so that a list needs no key.
    next_due = models.DateField(null=True)
    missed_after = models.DateField(null=True)
    next_duty = models.CharField(max_length=40, blank=True)
    #: The track in a state that must be seen at once, if any.
    alarm = models.CharField(max_length=40, blank=True)

    class Meta:
        """Lists are asked for by organisation, open files first due first."""

        indexes: ClassVar = [
            models.Index(fields=["organisation", "closed_at", "next_due"], name="file_next_due")
        ]

    def __str__(self) -> str:
        return str(self.code_name)


class Happening(models.Model):
    """A dated fact of a file. Its kind and day are codes; the words about it are closed."""

    file_id: uuid.UUID
    recorded_by_id: uuid.UUID | None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(ChildFile, on_delete=models.PROTECT, related_name="happenings")
    event = models.CharField(max_length=40)
    on = models.DateField()
    #: JSON: `text`, `source`, and what the kind of fact asks for (margins of a test).
    words = models.BinaryField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """Read as a timeline."""

        ordering: ClassVar = ["on", "recorded_at", "id"]
        indexes: ClassVar = [models.Index(fields=["file", "on"], name="happening_of_file")]


class Assignment(models.Model):
    """Who of the staff works on a file; only they (and their supervisors) open it."""

    file_id: uuid.UUID
    user_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(ChildFile, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assigned_files"
    )
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True)

    class Meta:
        """A person is assigned to a file once at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["file", "user"], condition=Q(until=None), name="assigned_once_at_a_time"
            )
        ]


class Part(models.TextChoices):
    """What somebody is to the child."""

    PARENT = "parent", _("parent or holder of parental authority")
    GUARDIAN = "guardian", _("guardian")
    AD_HOC = "ad_hoc", _("ad hoc guardian")
    LAWYER = "lawyer", _("lawyer")
    INTERPRETER = "interpreter", _("interpreter or intercultural mediator")
    TRUST = "trust", _("person of trust")
    CENTRE = "centre", _("centre")
    YOUTH_CARE = "youth_care", _("youth care")
    POLICE = "police", _("police contact")
    SIBLING = "sibling", _("sibling")


#: Those who decide for the child: when suspected or in conflict they are cut off at once.
REPRESENTATIVES = frozenset({Part.PARENT, Part.GUARDIAN, Part.AD_HOC, Part.LAWYER})


class Person(models.Model):
    """Somebody around the child; name and address are closed. `user` is set for staff."""

    file_id: uuid.UUID
    user_id: uuid.UUID | None
    get_part_display: Callable[[], str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(ChildFile, on_delete=models.PROTECT, related_name="people")
    part = models.CharField(max_length=20, choices=Part)
    who = models.BinaryField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    since = models.DateField()
    until = models.DateField(null=True)
    #: Suspected or in conflict of interest: no consent, access, notice or export from then on.
    cut_off_at = models.DateTimeField(null=True)

    class Meta:
        """In the order in which they came."""

        ordering: ClassVar = ["since", "id"]


class Task(models.Model):
    """Something to do that somebody decided; what it is, is closed."""

    file_id: uuid.UUID
    owner_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(ChildFile, on_delete=models.PROTECT, related_name="tasks")
    words = models.BinaryField()
    due = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="file_tasks"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        """First due first."""

        ordering: ClassVar = ["due", "made_at"]
