"""Who holds which key, and which keys open which record. No private key stands here open."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from tutela.site.accounts.models import Organisation


class HolderKind(models.TextChoices):
    """What a key belongs to."""

    ORGANISATION = "organisation"
    MEMBER = "member"
    REPORTER = "reporter"
    RECOVERY = "recovery"


class KeyHolder(models.Model):
    """A public key and whose it is.

    `wrapped` is the private key under a password (members, reporters); an organisation's private
    key is in shares, the recovery key's is nowhere here.
    """

    organisation_id: uuid.UUID | None
    user_id: uuid.UUID | None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=HolderKind)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="key_holders"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="key_holders"
    )
    generation = models.PositiveIntegerField(default=1)
    public_key = models.BinaryField(max_length=32)
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    #: Somebody who had this key left: it should be replaced.
    rotation_due_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        """An organisation has one key per generation; a member one key at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "generation"],
                condition=Q(kind=HolderKind.ORGANISATION),
                name="organisation_key_generation",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind=HolderKind.MEMBER, retired_at=None),
                name="member_key_once_at_a_time",
            ),
        ]

    @property
    def fingerprint(self) -> str:
        """The public key's first bytes, to compare by eye."""
        text = bytes(self.public_key).hex()[:16]
        return " ".join(text[i : i + 4] for i in range(0, 16, 4))


class KeyShare(models.Model):
    """The private key of `holder`, sealed to the public key of `to`."""

    holder_id: uuid.UUID
    to_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    holder = models.ForeignKey(KeyHolder, on_delete=models.CASCADE, related_name="shares")
    to = models.ForeignKey(KeyHolder, on_delete=models.CASCADE, related_name="receives")
    sealed = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One share for each who receives it."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["holder", "to"], name="share_once")
        ]


class Envelope(models.Model):
    """One record's key, as it is sealed to those entitled; what it closes stands with the record.

    `retention_class` and `retain_from` say when it is destroyed (see `retention`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    retention_class = models.CharField(max_length=40, db_index=True)
    retain_from = models.DateField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    shredded_at = models.DateTimeField(null=True)


class EnvelopeKey(models.Model):
    """The record's key, sealed to one holder."""

    envelope_id: uuid.UUID
    to_id: uuid.UUID

    envelope = models.ForeignKey(Envelope, on_delete=models.CASCADE, related_name="keys")
    to = models.ForeignKey(KeyHolder, on_delete=models.PROTECT, related_name="envelope_keys")
    sealed = models.BinaryField()

    class Meta:
        """Sealed to a holder once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["envelope", "to"], name="envelope_sealed_once")
        ]


class IndexToken(models.Model):
    """A keyed hash of one word of a record: finds it, tells nothing without the key."""

    envelope = models.ForeignKey(Envelope, on_delete=models.CASCADE, related_name="tokens")
    field = models.CharField(max_length=40)
    token = models.BinaryField(max_length=16)

    class Meta:
        """Looked up by field and token."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["field", "token", "envelope"], name="token_once")
        ]
