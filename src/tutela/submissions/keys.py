"""Key folders: the centre's, the agencies', and the secret that agencies share.

The centre holds `centre.identity` (private) and `signers/` (who may hand in what). An agency holds
`agency.signing` (private), `linkage.secret` (shared among agencies) and `centre.recipient`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutela.durable import json_bytes, sync_folder, write_new
from tutela.errors import InputRefused, Misuse, SafetyBlock
from tutela.linkage.secret import LinkageSecret
from tutela.submissions.custody import (
    CENTRE_IDENTITY,
    LINKAGE_SECRET,
    holds_centre_identity,
    holds_linkage_secret,
    refuse_linkage_secret,
    refuse_store_beside_secret,
)
from tutela.submissions.profiles import profile_names

if TYPE_CHECKING:
    from nacl.signing import SigningKey, VerifyKey

CENTRE_RECIPIENT = "centre.recipient"
AGENCY_SIGNING = "agency.signing"
AGENCY_VERIFY = "agency.verify"
SIGNERS = "signers"

_AGENCY_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")


@dataclass(frozen=True)
class Signer:
    """An agency as the centre knows it: its name, what it may hand in, its public key."""

    agency: str
    profiles: tuple[str, ...]
    verify_key: bytes

    def key(self) -> VerifyKey:
        """The Ed25519 public key."""
        from nacl.signing import VerifyKey

        return VerifyKey(self.verify_key)


@dataclass(frozen=True)
class AgencyKeys:
    """What an agency needs to seal a package."""

    agency: str
    profiles: tuple[str, ...]
    signing_key: SigningKey
    recipient: str
    secret: LinkageSecret

    @classmethod
    def load(cls, folder: Path) -> AgencyKeys:
        """Read an agency's key folder; refuses one that also holds the centre's private key."""
        _refuse_both(folder)
        refuse_store_beside_secret(folder)
        from nacl.signing import SigningKey

        data = _read_json(folder / AGENCY_SIGNING, "tutela keys agency DIR --name AGENCY")
        recipient = _read(
            folder / CENTRE_RECIPIENT, "Ask the centre for its centre.recipient and put it there."
        )
        return cls(
            agency=str(data["agency"]),
            profiles=tuple(data["profiles"]),
            signing_key=SigningKey(_decoded(data["signing_key"], folder / AGENCY_SIGNING)),
            recipient=recipient.strip(),
            secret=LinkageSecret.load(folder / LINKAGE_SECRET),
        )


@dataclass(frozen=True)
class CentreKeys:
    """What the centre needs to open packages; `identity` is age's private key."""

    folder: Path
    identity: str

    @classmethod
    def load(cls, folder: Path) -> CentreKeys:
        """Read the centre's key folder; refuses one from which a linkage secret can be read."""
        refuse_linkage_secret([folder])
        identity = _read(folder / CENTRE_IDENTITY, "Make one with `tutela keys centre DIR`.")
        return cls(folder, identity.strip())

    def signer(self, agency: str) -> Signer | None:
        """The enrolled agency of that name, or None."""
        if not _AGENCY_NAME.fullmatch(agency):
            return None
        path = self.folder / SIGNERS / f"{agency}.json"
        return read_signer(path) if path.is_file() else None

    def signers(self) -> list[Signer]:
        """All enrolled agencies, by name."""
        return [read_signer(path) for path in sorted((self.folder / SIGNERS).glob("*.json"))]


def create_centre(folder: Path) -> list[Path]:
    """Make the centre's key pair in `folder`; returns the files made."""
    from pyrage import x25519

    _refuse_existing(folder, (CENTRE_IDENTITY, CENTRE_RECIPIENT))
    found = holds_linkage_secret(folder)
    if found is not None:
        raise SafetyBlock(
            f"{found} is a linkage secret; the centre's private key may never lie beside it.",
            remedy="Choose another folder, on another machine.",
        )
    identity = x25519.Identity.generate()
    _private_folder(folder)
    _private_folder(folder / SIGNERS)
    write_new(folder / CENTRE_IDENTITY, f"{identity}\n".encode())
    write_new(folder / CENTRE_RECIPIENT, f"{identity.to_public()}\n".encode(), 0o644)
    return [folder / CENTRE_IDENTITY, folder / CENTRE_RECIPIENT]


def create_linkage(folder: Path, epoch: int = 1) -> list[Path]:
    """Make the secret that agencies share; never where the centre's private key lies."""
    _refuse_existing(folder, (LINKAGE_SECRET,))
    _refuse_centre_beside_secret(folder)
    refuse_store_beside_secret(folder)
    _private_folder(folder)
    LinkageSecret.create(epoch).save(folder / LINKAGE_SECRET)
    sync_folder(folder)
    return [folder / LINKAGE_SECRET]


def create_agency(
    folder: Path,
    agency: str,
    *,
    profiles: Iterable[str] = (),
    centre: Path | None = None,
    linkage: Path | None = None,
) -> list[Path]:
    """Make an agency's signing key; returns the files made.

    `profiles` are what the agency may hand in, by default the profile of its own name. With
    `centre` (a key folder) the centre's public key is copied in and the agency enrolled there;
    with `linkage` the shared secret is copied in.
    """
    from nacl.signing import SigningKey

    allowed = _allowed(agency, tuple(profiles))
    _refuse_existing(folder, (AGENCY_SIGNING, AGENCY_VERIFY))
    _refuse_centre_beside_secret(folder)
    refuse_store_beside_secret(folder)
    recipient = _read(centre / CENTRE_RECIPIENT, "That is no centre's folder.") if centre else None
    secret = LinkageSecret.load(linkage / LINKAGE_SECRET) if linkage else None
    if centre is not None and (centre / SIGNERS / f"{agency}.json").exists():
        raise InputRefused(
            f"{agency} is already enrolled at {centre}.",
            remedy="Remove its file there first if its key is to be replaced.",
        )
    key = SigningKey.generate()
    public = {
        "agency": agency,
        "profiles": list(allowed),
        "verify_key": base64.b64encode(bytes(key.verify_key)).decode(),
    }
    private = {**public, "signing_key": base64.b64encode(bytes(key)).decode()}
    made = [folder / AGENCY_SIGNING, folder / AGENCY_VERIFY]
    _private_folder(folder)
    write_new(folder / AGENCY_SIGNING, json_bytes(private))
    write_new(folder / AGENCY_VERIFY, json_bytes(public), 0o644)
    if recipient is not None:
        write_new(folder / CENTRE_RECIPIENT, recipient.encode(), 0o644)
        made.append(folder / CENTRE_RECIPIENT)
    if secret is not None:
        secret.save(folder / LINKAGE_SECRET)
        made.append(folder / LINKAGE_SECRET)
    if centre is not None:
        _private_folder(centre / SIGNERS)
        enrolled = centre / SIGNERS / f"{agency}.json"
        write_new(enrolled, json_bytes(public), 0o644)
        made.append(enrolled)
    return made


def read_signer(path: Path) -> Signer:
    """Read an agency's public key file, as the agency made it."""
    data = _read_json(path, "tutela keys agency DIR --name AGENCY")
    try:
        key = _decoded(data["verify_key"], path)
        return Signer(str(data["agency"]), tuple(data["profiles"]), key)
    except KeyError as error:
        raise InputRefused(f"{path} is not an agency's public key: {error} is missing.") from error


def _allowed(agency: str, profiles: tuple[str, ...]) -> tuple[str, ...]:
    if not _AGENCY_NAME.fullmatch(agency):
        raise Misuse(
            f"“{agency}” cannot be an agency's name.",
            remedy="Use small letters, digits and _; for example federal_police.",
        )
    known = profile_names()
    allowed = profiles or ((agency,) if agency in known else ())
    strange = [name for name in allowed if name not in known]
    if not allowed or strange:
        raise Misuse(
            f"Which profiles may {agency} hand in?"
            if not strange
            else f"There is no profile called “{strange[0]}”.",
            remedy="Name them with --profile: " + ", ".join(known) + ".",
        )
    return allowed


def _refuse_both(folder: Path) -> None:
    identity = holds_centre_identity(folder)
    if identity is not None:
        raise SafetyBlock(
            f"{identity} is the centre's private key; an agency may never hold it.",
            remedy="Keep the centre's keys and the agencies' apart, on different machines.",
        )


def _refuse_centre_beside_secret(folder: Path) -> None:
    found = holds_centre_identity(folder)
    if found is not None:
        raise SafetyBlock(
            f"{found} is the centre's private key; no linkage secret may ever lie beside it.",
            remedy="Choose another folder, on another machine.",
        )


def _refuse_existing(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        if (folder / name).exists():
            raise InputRefused(
                f"{folder / name} exists; keys are never overwritten.",
                remedy="Choose another folder, or move the old keys away yourself.",
            )


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _read(path: Path, remedy: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputRefused(f"There is no {path}.", remedy=remedy) from error


def _read_json(path: Path, made_by: str) -> dict[str, Any]:
    try:
        data = json.loads(_read(path, f"Make it with `{made_by}`."))
    except json.JSONDecodeError as error:
        raise InputRefused(f"{path} is not a key file.") from error
    if not isinstance(data, dict):
        raise InputRefused(f"{path} is not a key file.")
    return data


def _decoded(text: str, path: Path) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError) as error:
        raise InputRefused(f"{path} is not a key file.") from error
    if len(key) != 32:
        raise InputRefused(f"{path} is not a key file: its key has {len(key)} bytes, not 32.")
    return key
