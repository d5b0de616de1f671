"""The sealed package: three tables and a manifest, signed by the agency, encrypted to the centre.

Inside the age encryption stand, in this order: a magic line, the length of the manifest (4 bytes,
big endian), the manifest (JSON), the Ed25519 signature of all before it (64 bytes), and the tables.
The manifest tells each table's length and hash, so the signature covers everything.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tutela.durable import sync_file, sync_folder
from tutela.errors import InputRefused
from tutela.submissions.content import TABLES

if TYPE_CHECKING:
    from nacl.signing import SigningKey, VerifyKey

FORMAT = 1
MAGIC = b"tutela package 1\n"
_SIGNATURE_BYTES = 64
_LONGEST_MANIFEST = 1 << 20
_BLOCK = 1 << 20


@dataclass(frozen=True)
class TableEntry:
    """One table as the manifest describes it: rows, bytes of its Parquet file, both hashes."""

    name: str
    rows: int
    bytes: int
    sha256: str
    content: str

    def as_dict(self) -> dict[str, Any]:
        """The entry as it stands in the manifest."""
        return dict(vars(self))


def refusal(reason: str, message: str, remedy: str) -> InputRefused:
    """The refusal of a package; `reason` is a fixed word for machines."""
    return InputRefused(message, remedy=remedy, details={"reason": reason})


def describe_table(name: str, path: Path, rows: int, content: str) -> TableEntry:
    """The manifest's entry for a Parquet file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return TableEntry(name, rows, path.stat().st_size, digest, content)


def write_package(
    manifest: Mapping[str, Any],
    folder: Path,
    signing_key: SigningKey,
    recipient: str,
    out: Path,
    tables: Sequence[str] = TABLES,
) -> None:
    """Sign and encrypt the tables in `folder` (`<name>.parquet`); `out` appears whole or not."""
    import pyrage

    described = json.dumps(manifest, sort_keys=True, ensure_ascii=False).encode()
    head = MAGIC + len(described).to_bytes(4, "big") + described
    plain = folder / "payload"
    with plain.open("wb") as file:
        file.write(head)
        file.write(signing_key.sign(head).signature)
        for name in tables:
            with (folder / f"{name}.parquet").open("rb") as table:
                shutil.copyfileobj(table, file, _BLOCK)
    sealed = out.with_name(f".{out.name}.new")
    try:
        key = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise InputRefused(
            "centre.recipient is not an age public key.", remedy="Ask the centre for it again."
        ) from error
    try:
        pyrage.encrypt_file(str(plain), str(sealed), [key])
        sync_file(sealed)
        sealed.replace(out)
    finally:
        sealed.unlink(missing_ok=True)
    sync_folder(out.parent)


def decrypt_package(path: Path, identity: str, plain: Path) -> None:
    """Decrypt a package into `plain`; refuses what is truncated, altered or meant for another."""
    import pyrage

    if not path.is_file():
        raise InputRefused(f"There is no package {path}.")
    try:
        key = pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError as error:
        raise InputRefused("centre.identity is not an age private key.") from error
    try:
        pyrage.decrypt_file(str(path), str(plain), [key])
    except (pyrage.DecryptError, OSError) as error:
        raise refusal(
            "unreadable",
            f"{path.name} cannot be opened: it is truncated, altered, no package,"
            " or sealed for another centre.",
            "Have the agency send it again, sealed to this centre's centre.recipient.",
        ) from error


def read_head(file: IO[bytes], name: str) -> tuple[dict[str, Any], bytes, bytes]:
    """The manifest, the signed bytes and the signature; nothing is trusted yet."""
    wrong = refusal("malformed", f"{name} is no package of this format.", "Seal the file again.")
    magic = file.read(len(MAGIC))
    length = int.from_bytes(file.read(4), "big")
    if magic != MAGIC or length > _LONGEST_MANIFEST:
        raise wrong
    described = file.read(length)
    signature = file.read(_SIGNATURE_BYTES)
    try:
        manifest = json.loads(described)
    except ValueError as error:
        raise wrong from error
    if not isinstance(manifest, dict) or len(signature) != _SIGNATURE_BYTES:
        raise wrong
    return manifest, MAGIC + length.to_bytes(4, "big") + described, signature


def verify_signature(key: VerifyKey, signed: bytes, signature: bytes, agency: str) -> None:
    """Refuse a manifest that the agency's enrolled key has not signed."""
    from nacl.exceptions import BadSignatureError

    try:
        key.verify(signed, signature)
    except BadSignatureError as error:
        raise refusal(
            "bad-signature",
            f"The signature is not that of {agency}.",
            "Ask the agency whether it sent this package, and check its enrolled key.",
        ) from error


def unpack_tables(file: IO[bytes], entries: list[TableEntry], folder: Path) -> None:
    """Copy the tables out, refusing any whose bytes are not those that were signed."""
    for entry in entries:
        digest = hashlib.sha256()
        left = entry.bytes
        with (folder / f"{entry.name}.parquet").open("wb") as out:
            while left and (block := file.read(min(left, _BLOCK))):
                digest.update(block)
                out.write(block)
                left -= len(block)
        if left or digest.hexdigest() != entry.sha256:
            raise refusal(
                "tampered",
                f"The table {entry.name} is not the one that was signed.",
                "Have the agency send the package again.",
            )
    if file.read(1):
        raise refusal("tampered", "The package holds more than was signed.", "Refuse it.")
