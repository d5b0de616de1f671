"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the app under the label that AUTH_USER_MODEL names, and listens to sign-ins."""

    name = "tutela.site.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Connect what is noted when somebody signs in."""
        from tutela.site.accounts import sign_in  # noqa: F401
