"""The audit log's rows. They hold identifiers and codes, never content of a record."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    """What kind of thing happened."""

    READ = "read", _("read")
    WRITE = "write", _("changed")
    EXPORT = "export", _("exported")
    DENIAL = "denial", _("denied")
    SESSION = "session", _("signed in or out")


class Entry(models.Model):
    """One thing that happened; a page that lists forty records is one row with forty subjects."""

    subjects: Any  # the related rows; Django makes it

    time = models.DateTimeField()
    act = models.CharField(max_length=10, choices=Act)
    #: An action of the permission table.
    action = models.CharField(max_length=60)
    purpose = models.CharField(max_length=20, blank=True)
    #: The person, by number; or the command.
    user_id = models.UUIDField(null=True)
    command = models.CharField(max_length=60, blank=True)
    #: In which role and for which organisation.
    role = models.CharField(max_length=20, blank=True)
    organisation_id = models.UUIDField(null=True)
    #: What kind of records were touched; their numbers stand in Subject.
    kind = models.CharField(max_length=60, blank=True)
    #: Codes, counts, names of changed fields.
    details = models.JSONField(default=dict)
    break_glass_id = models.UUIDField(null=True)
    #: Set by the sealer, in the order in which rows were seen.
    position = models.BigIntegerField(null=True, unique=True)
    mac = models.BinaryField(null=True, max_length=32)

    class Meta:
        """The viewer asks by time, by person, by organisation."""

        indexes: ClassVar = [
            models.Index(fields=["time"], name="audit_time"),
            models.Index(fields=["user_id", "time"], name="audit_user"),
            models.Index(fields=["organisation_id", "time"], name="audit_organisation"),
        ]


class Subject(models.Model):
    """One record that an entry is about: answers "who read this file"."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="subjects")
    subject_id = models.UUIDField()

    class Meta:
        """A record is named once by an entry."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject_id", "entry"], name="subject_once")
        ]


class SealState(models.Model):
    """How far the sealer has come: one row, which it locks while it works."""

    position = models.BigIntegerField()
    mac = models.BinaryField(max_length=32)


class DayRoot(models.Model):
    """The Merkle root over all rows sealed on one day, signed with a key outside the database."""

    day = models.DateField(unique=True)
    first_position = models.BigIntegerField()
    last_position = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    signed_at = models.DateTimeField(auto_now_add=True)
