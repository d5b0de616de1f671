"""The file that holds the recovery key, under a passphrase: printed or on a stick, in a safe."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from binascii import Error
from pathlib import Path

from tutela.errors import InputRefused
from tutela.site.vault.crypto import CannotOpen, unwrap, wrap

HEADER = "tutela-recovery-key-1"


def write_recovery_file(file: Path, private: bytes, passphrase: str) -> None:
    """Write the key, readable by its owner only; InputRefused when the file is there already."""
    text = b64encode(wrap(private, passphrase)).decode("ascii")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputRefused(
            f"{file} is there already", remedy="Name a new file; a key is never overwritten."
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(f"{HEADER}\n{text}\n")


def read_recovery_file(file: Path, passphrase: str) -> bytes:
    """The private key in `file`; InputRefused for another file or a wrong passphrase."""
    try:
        header, text = file.read_text(encoding="ascii").split()
        if header != HEADER:
            raise ValueError
        return unwrap(b64decode(text, validate=True), passphrase)
    except (OSError, ValueError, Error):
        raise InputRefused(f"{file} is no recovery key") from None
    except CannotOpen:
        raise InputRefused(f"the passphrase does not open {file}") from None
