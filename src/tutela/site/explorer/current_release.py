"""The one release that the site shows: opened once, verified, then kept."""

from __future__ import annotations

import logging
from functools import lru_cache

from django.conf import settings

from tutela.errors import TutelaError
from tutela.publication.release import Release
from tutela.site.explorer.no_release import NoRelease

log = logging.getLogger(__name__)


def current_release() -> Release:
    """The release in the folder TUTELA_RELEASE.

    Raises NoRelease when none is named or when the folder does not verify: a release that was
    changed after publication is not shown, and the log says what differs.
    """
    if not settings.RELEASE:
        raise NoRelease
    try:
        return _open(str(settings.RELEASE))
    except TutelaError as error:
        log.error("release refused: %s", error.message)
        raise NoRelease from error


@lru_cache(maxsize=1)
def _open(path: str) -> Release:
    """A success is kept; a refusal is tried again at the next request."""
    return Release.open(path)
