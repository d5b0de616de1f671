"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShiftsConfig(AppConfig):
    """Stands where people work on records in shifts."""

    name = "tutela.site.shifts"
    label = "shifts"

    def ready(self) -> None:
        """A handover is a record of persons, as far as its note tells of them."""
        from tutela.site.permissions.records import RecordKind, declare
        from tutela.site.retention.erasable import Erasable, register
        from tutela.site.shifts.access import find
        from tutela.site.shifts.actions import erase

        register(Erasable("shift", erase))

        declare(
            RecordKind("handover", _("handover of a shift"), "shifts.read", find, "/shift/{id}/")
        )
