"""Keys of the site that stand outside its database, each in a file of its own (mode 0600).

They lie in TUTELA_KEYS, by default `keys` in the site's own folder; in production on another
volume than the database and its backups.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

BYTES = 32


def key(name: str) -> bytes:
    """The 32 bytes of the key `name`, made once where there is none."""
    return _read(Path(settings.KEYS) / f"{name}.key")


@lru_cache(maxsize=32)
def _read(path: Path) -> bytes:
    return bytes.fromhex(kept_secret(path, lambda: secrets.token_bytes(BYTES).hex()))


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """The text in `path`; made once, readable by its owner only, never overwritten."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Exclusive creation with the mode at birth: never readable by others.
        beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make())
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return path.read_text(encoding="ascii")
