"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class ExplorerConfig(AppConfig):
    """The explorer has no models: what it shows is on disk, in the release."""

    name = "tutela.site.explorer"
    label = "explorer"
