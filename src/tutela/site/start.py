"""Bring the site up outside a web server: for its commands, and before it serves."""

from __future__ import annotations

import os
from pathlib import Path

from tutela.errors import InputRefused, Misuse


def start(role: str | None = None, data: Path | None = None) -> None:
    """Set the site's environment, check what the role may hold, and update its database.

    SafetyBlock when the centre or the public site can read a linkage secret; Misuse for settings
    that make no sense.
    """
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.umask(0o077)  # nobody else reads what a site writes
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.site.settings")
    if role is not None:
        os.environ["TUTELA_ROLE"] = role
    if data is not None:
        os.environ["TUTELA_SITE_DATA"] = str(data)
    try:
        from django.conf import settings

        Path(settings.DATA).mkdir(mode=0o700, parents=True, exist_ok=True)
        str(settings.SECRET_KEY)  # made now, so that a folder that cannot be written fails here
        _refuse_what_the_role_may_not_hold()
        django.setup()
    except ImproperlyConfigured as error:
        raise Misuse(str(error)) from None
    except OSError as error:
        raise InputRefused(
            f"{error.filename} cannot be used: {error.strerror}",
            remedy="TUTELA_SITE_DATA names a folder that this user may write to.",
        ) from None
    if settings.DEPLOYMENT.has_staff:
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)


def _refuse_what_the_role_may_not_hold() -> None:
    """Look for a linkage secret where the role could come upon one: all folders it is given."""
    from django.conf import settings

    from tutela.site.deployment import refuse_what_the_role_may_not_hold

    folders = [Path(settings.DATA), Path(settings.KEYS)]
    folders += [Path(named) for named in (settings.RELEASE, settings.STORE) if named]
    secret = os.environ.get("TUTELA_LINKAGE_SECRET")
    if secret and os.access(secret, os.R_OK):
        folders.append(Path(secret).parent)
    refuse_what_the_role_may_not_hold(settings.DEPLOYMENT, folders)
