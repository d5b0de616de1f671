"""The app of reports, in the agency role: the front door and what comes through it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Declares the kind of record that emergencies and retention find."""

    name = "tutela.site.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell what is common to all records of persons."""
        from tutela.site.permissions.records import RecordKind, declare
        from tutela.site.reports.access import find
        from tutela.site.reports.erasure import due, erase, handovers_due
        from tutela.site.reports.holdings import HOLDINGS
        from tutela.site.retention.erasable import Erasable
        from tutela.site.retention.erasable import register as register_erasable
        from tutela.site.shifts.holdings import register

        register_erasable(Erasable("report", erase, due))
        register_erasable(Erasable("handover", erase, handovers_due))
        declare(RecordKind("report", _("report"), "reports.read", find, "/desk/reports/{id}/"))
        register(HOLDINGS)
