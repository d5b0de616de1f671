"""A batch of questions for one agency: sealed to its enrolled key, readable by nobody else.

A batch names the agency's own records and nothing more: which of them are in doubt, why, and what
the linkage thinks of them is not in it. It is sealed to the X25519 key that belongs to the Ed25519
key with which the agency signs (libsodium's sealed box), so that no further key needs custody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tutela.durable import json_bytes, write_whole
from tutela.errors import InputRefused, Misuse
from tutela.submissions.keys import AgencyKeys, CentreKeys
from tutela.submissions.package import refusal
from tutela.submissions.review.sample import Round

_FORMAT = "tutela review batch 1"


@dataclass(frozen=True)
class Batch:
    """The questions of one round for one agency: record labels by profile, under one key."""

    round: str
    agency: str
    key_epoch: int
    key_check: int
    records: dict[str, list[str]]

    @property
    def id(self) -> str:
        """What an answer names: the hash of the questions."""
        return sha256(json_bytes(self.as_dict())).hexdigest()

    def labels(self) -> list[str]:
        """All records asked about, in order."""
        return sorted(label for labels in self.records.values() for label in labels)

    def as_dict(self) -> dict[str, Any]:
        """The batch as plain data."""
        return {"format": _FORMAT, **vars(self)}


def batches(round_: Round) -> list[Batch]:
    """The batches of a round, one an agency and key, by agency."""
    found = []
    for (agency, epoch, check), part in sorted(
        round_.questions.group_by("agency", "key_epoch", "key_check"), key=lambda part: str(part[0])
    ):
        records = part.sort("profile", "record_id").group_by("profile", maintain_order=True)
        labels = {str(key[0]): mine["record_id"].to_list() for key, mine in records}
        found.append(Batch(round_.name, str(agency), int(str(epoch)), int(str(check)), labels))
    return found


def write_batches(round_: Round, centre: CentreKeys, out: Path) -> list[Path]:
    """Seal every batch of a round to its agency, as `<round>-<agency>.review` in folder `out`.

    Raises InputRefused where an agency is not enrolled, Misuse where there is no such folder.
    """
    from nacl.public import SealedBox

    if not out.is_dir():
        raise Misuse(f"There is no folder {out} to write the batches in.")
    paths = []
    for batch in batches(round_):
        signer = centre.signer(batch.agency)
        if signer is None:
            raise InputRefused(
                f"{batch.agency} is not enrolled at this centre; nothing can be sealed to it.",
                remedy="Put its agency.verify into signers/.",
            )
        box = SealedBox(signer.key().to_curve25519_public_key())
        name = f"{batch.round}-{batch.agency}"
        path = out / f"{name}-epoch{batch.key_epoch}.review"
        write_whole(path, box.encrypt(json_bytes(batch.as_dict())), 0o600)
        paths.append(path)
    return paths


def open_batch(path: Path, agency: AgencyKeys) -> Batch:
    """At the agency: open a batch. Raises InputRefused for what is altered or another's."""
    from nacl.exceptions import CryptoError
    from nacl.public import SealedBox

    try:
        plain = SealedBox(agency.signing_key.to_curve25519_private_key()).decrypt(path.read_bytes())
        data = json.loads(plain)
    except FileNotFoundError as error:
        raise InputRefused(f"There is no batch {path}.") from error
    except (CryptoError, ValueError) as error:
        raise refusal(
            "unreadable",
            f"{path.name} cannot be opened: it is altered, no batch, or sealed for another agency.",
            "Ask the centre to send it again.",
        ) from error
    if not isinstance(data, dict) or data.pop("format", None) != _FORMAT:
        raise refusal("malformed", f"{path.name} is no batch of this format.", "Ask again.")
    batch = Batch(**data)
    if batch.agency != agency.agency:
        raise refusal("not-yours", f"{path.name} is for {batch.agency}.", "Send it there.")
    if (batch.key_epoch, batch.key_check) != (agency.secret.epoch, agency.secret.check()):
        raise refusal(
            "wrong-epoch",
            f"The questions are about records of key epoch {batch.key_epoch}, which is not that of"
            " the agency's linkage secret.",
            "Use the key folder of that epoch, or ask the centre for a new round.",
        )
    return batch
