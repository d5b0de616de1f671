"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    """Stands where there are records of persons."""

    name = "tutela.site.emergency"
    label = "emergency"

    def ready(self) -> None:
        """Emergency accesses are erased as their class says."""
        from tutela.site.emergency.actions import erase
        from tutela.site.retention.erasable import Erasable, register

        register(Erasable("emergency", erase))
