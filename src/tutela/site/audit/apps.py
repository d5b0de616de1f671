"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log stands in every deployment where people sign in."""

    name = "tutela.site.audit"
    label = "audit"
