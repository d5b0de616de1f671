"""Where the site keeps what is its own: its database, its secret key, its collected assets."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

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
    path = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True)
    # Exclusive creation with the mode at birth: never readable by others, never overwritten.
    beside = folder / f"secret.{secrets.token_hex(8)}.new"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(KEY_BYTES))
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    return path.read_text(encoding="ascii")
