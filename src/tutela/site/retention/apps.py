"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Stands where there are records of persons."""

    name = "tutela.site.retention"
    label = "retention"

    def ready(self) -> None:
        """Holds are kept under a class of their own."""
        from tutela.site.retention.erasable import Erasable, register
        from tutela.site.retention.holds import erase_holds

        register(Erasable("legal_hold", erase_holds))
