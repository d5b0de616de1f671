"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class EmergencyConfig(AppConfig):
    """Stands where there are records of persons."""

    name = "tutela.site.emergency"
    label = "emergency"
