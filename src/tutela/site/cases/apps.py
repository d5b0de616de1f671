"""The app of children's files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Files of children, in the agency role only."""

    name = "tutela.site.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A file can be opened in an emergency, held, and is erased as its class says."""
        from tutela.site.cases.access import find
        from tutela.site.cases.actions import RETENTION_CLASS, erase
        from tutela.site.permissions.records import RecordKind, declare
        from tutela.site.retention.erasable import Erasable, register

        declare(RecordKind("child_file", _("child's file"), "cases.read", find, "/cases/{id}/"))
        register(Erasable(RETENTION_CLASS, erase))
