"""Something that waits for a person: shown on their first page, told by e-mail without content."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One task of one person. It names what kind and where, never whom it is about."""

    user_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    #: A key of `accounts.notices.KINDS`.
    kind = models.CharField(max_length=40)
    #: What it is about, so that finishing it there closes it here.
    subject_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        """The open tasks of a person are asked for on every first page."""

        indexes: ClassVar = [models.Index(fields=["user", "done_at"], name="notice_open")]
