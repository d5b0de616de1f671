"""An invitation: a link that makes one account, once, within a week."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models.organisation import Organisation

LIFETIME = timedelta(days=7)


def _in_a_week() -> datetime:
    return timezone.now() + LIFETIME


class Invitation(models.Model):
    """Only the hash of the link's secret is kept; whoever reads the database cannot use it."""

    organisation_id: uuid.UUID

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField(_("work email address"))
    roles = models.JSONField(_("roles"))
    secret_hash = models.BinaryField(unique=True, max_length=32)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The account that starts anew, for somebody who lost password or second factor.
    resets = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=_in_a_week)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return (
            self.accepted_at is None
            and self.withdrawn_at is None
            and timezone.now() < self.expires_at
        )
