"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class DataProtectionConfig(AppConfig):
    """Stands wherever staff works."""

    name = "tutela.site.data_protection"
    label = "data_protection"
