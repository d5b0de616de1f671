"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Only deployments that hold identities have a vault."""

    name = "tutela.site.vault"
    label = "vault"

    def ready(self) -> None:
        """Listen to the moments at which a password is known."""
        from tutela.site.vault import receivers  # noqa: F401
