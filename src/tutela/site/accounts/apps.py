"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers the app under the label that AUTH_USER_MODEL names."""

    name = "tutela.site.accounts"
    label = "accounts"
