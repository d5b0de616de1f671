"""What the desk keeps besides reports; every sentence is closed by the vault, or by age."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models import Organisation


class Channel(models.TextChoices):
    """How a receiver that does not work here gets its file."""

    MAIL = "mail", _("sealed attachment to an e-mail")
    FOLDER = "folder", _("sealed file in a folder, for a portal or a courier")


class OutsideReceiver(models.Model):
    """A body outside that declared a channel and the key to which its files are sealed."""

    organisation_id: uuid.UUID
    get_channel_display: Callable[[], str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    #: Code of the list of agencies.
    to = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel)
    mail = models.EmailField(blank=True)
    #: Its age public key (X25519): only its private key, which is nowhere here, opens the files.
    recipient = models.CharField(max_length=80)
    declared_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One channel of a receiver at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "to"],
                condition=Q(ended_at=None),
                name="outside_receiver_once_at_a_time",
            )
        ]


class Outgoing(models.Model):
    """One handover on its way out: a file that only the receiver opens, until it is delivered."""

    organisation_id: uuid.UUID
    receiver_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: A handover leaves once: sent a second time it would be another one.
    handover_id = models.UUIDField(unique=True)
    report_id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    receiver = models.ForeignKey(OutsideReceiver, on_delete=models.PROTECT)
    sealed = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField()
    #: The kind of the last failure; never an address or a server's words.
    failure = models.CharField(max_length=60, blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        """Asked for by what is due."""

        indexes: ClassVar = [
            models.Index(fields=["next_try"], name="outgoing_due", condition=Q(delivered_at=None))
        ]


class Stretch(models.Model):
    """Work on reports without a break: when it began, when a report was last opened."""

    user_id: uuid.UUID

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        """The last one of a person is asked for on every page of the desk."""

        indexes: ClassVar = [models.Index(fields=["user", "last_at"], name="stretch_of_user")]


class OwnKind(models.TextChoices):
    """What somebody keeps for themselves."""

    DEBRIEF = "debrief", _("debrief note")
    DRAFT = "draft", _("draft of a telephone sheet")


class OwnNote(models.Model):
    """Something that its author alone can open: it is sealed to no organisation."""

    user_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=OwnKind)
    envelope_id = models.UUIDField(unique=True)
    content = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        """Asked for by author."""

        indexes: ClassVar = [models.Index(fields=["user", "kind", "at"], name="own_note")]


class CaseStub(models.Model):
    """A child whom a report is about, before there is a file: a report may have several."""

    organisation_id: uuid.UUID
    made_by_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report_id = models.UUIDField(db_index=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    envelope_id = models.UUIDField(unique=True)
    #: JSON: `child`, `place`, `why`.
    content = models.BinaryField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    #: The file that was opened from it.
    file_id = models.UUIDField(null=True)
