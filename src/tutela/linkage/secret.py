"""The secret that agencies share and the centre never holds."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from tutela.errors import InputRefused

FORMAT = "tutela-linkage-secret-1"


class LinkageSecret:
    """A 256-bit secret and its epoch; every key of the encoding derives from the two.

    Encodings under different secrets or epochs cannot be compared: that is what rotation is for.
    """

    __slots__ = ("_secret", "epoch")

    def __init__(self, secret: bytes, epoch: int) -> None:
        if len(secret) != 32 or epoch < 1:
            raise InputRefused("A linkage secret has 32 bytes and an epoch from 1.")
        self._secret = secret
        self.epoch = epoch

    @classmethod
    def create(cls, epoch: int = 1) -> LinkageSecret:
        """A new secret from the operating system's randomness."""
        return cls(secrets.token_bytes(32), epoch)

    def save(self, path: Path) -> None:
        """Write the secret to `path`, readable by its owner only; never over an existing file."""
        text = json.dumps(
            {
                "format": FORMAT,
                "epoch": self.epoch,
                "secret": base64.b64encode(self._secret).decode(),
            }
        )
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise InputRefused(
                f"{path} exists; a linkage secret is never overwritten.",
                remedy="Keep it, or choose another place for the new one.",
            ) from error
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def load(cls, path: Path) -> LinkageSecret:
        """Read a secret; raises InputRefused when the file is missing or is not one."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["format"] != FORMAT:
                raise ValueError(data["format"])
            return cls(base64.b64decode(data["secret"], validate=True), int(data["epoch"]))
        except FileNotFoundError as error:
            raise InputRefused(
                f"There is no linkage secret at {path}.",
                remedy="Make one with `tutela keys linkage DIR`.",
            ) from error
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise InputRefused(f"{path} is not a linkage secret.") from error

    def key(self, purpose: str) -> bytes:
        """The 64-byte key of this epoch for one purpose (HMAC-SHA512 of purpose and epoch)."""
        label = f"tutela-linkage-1|{self.epoch}|{purpose}".encode()
        return hmac.new(self._secret, label, hashlib.sha512).digest()

    def check(self) -> int:
        """A 32-bit mark of secret and epoch, which tells different keys apart and nothing more."""
        return int.from_bytes(self.key("check")[:4], "little")

    def __repr__(self) -> str:
        return f"LinkageSecret(epoch={self.epoch}, secret=<hidden>)"

    def __reduce__(self) -> str:
        raise TypeError("a linkage secret is not pickled")
