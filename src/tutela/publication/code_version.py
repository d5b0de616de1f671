"""Which code made a release: the package's version and the hash of its engines and data."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import tutela

#: Rooms that a release does not depend on: what shows it, and what calls it.
_ASIDE = ("site", "cli")
_KINDS = (".py", ".toml", ".csv", ".yaml", ".json")


@cache
def code_version() -> str:
    """`<version>+<12 hex>`, the SHA-256 over all engine sources and country data by path."""
    root = Path(tutela.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*"), key=lambda path: path.relative_to(root).as_posix()):
        relative = path.relative_to(root)
        if path.suffix in _KINDS and relative.parts[0] not in _ASIDE:
            content = path.read_bytes()
            digest.update(f"{relative.as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return f"{tutela.__version__}+{digest.hexdigest()[:12]}"
