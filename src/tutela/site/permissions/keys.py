"""Where a deployment with a vault puts the keys of whoever is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


def keys_of(request: HttpRequest) -> Any:
    """The keys that this session can open, or None where the deployment has no vault."""
    if not settings.SESSION_KEYS:
        return None
    return import_string(settings.SESSION_KEYS)(request)
