"""Where the site keeps what is its own: its database, its secret key, its collected assets."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tutela.site.key_files import kept_secret

#: Length of a generated key in bytes; Django asks for at least 50 characters.
KEY_BYTES = 64


def data_folder() -> Path:
    """The folder named by TUTELA_SITE_DATA, or `var/site` under the current folder."""
    return Path(os.environ.get("TUTELA_SITE_DATA") or "var/site").resolve()


def secret_key(folder: Path) -> str:
    """The site's secret key: TUTELA_SECRET_KEY, or one kept in `folder` (made once, mode 0600)."""
    from_environment = os.environ.get("TUTELA_SECRET_KEY")
    if from_environment:
        return from_environment
    return kept_secret(folder / "secret.key", lambda: secrets.token_urlsafe(KEY_BYTES))
