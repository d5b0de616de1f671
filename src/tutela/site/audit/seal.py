"""Chain the rows of the log by HMAC, and sign a Merkle root over each day's rows.

Both keys stand outside the database. Whoever changes, removes or inserts a sealed row breaks the
chain; whoever rewrites the whole chain with the chain's key breaks the signed roots, which are
written off the system as well (Merkle trees as in RFC 6962, section 2.1).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from nacl.signing import SigningKey

from tutela.site.audit.models import DayRoot, Entry, SealState
from tutela.site.key_files import key

BATCH = 2_000
START = b"\x00" * 32


def content(entry: Entry) -> bytes:
    """What the seal of a row covers: all that it says, and all its subjects, in one order."""
    return json.dumps(
        [
            entry.pk,
            entry.time.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.act,
            entry.action,
            entry.purpose,
            str(entry.user_id or ""),
            entry.command,
            entry.role,
            str(entry.organisation_id or ""),
            entry.kind,
            entry.details,
            str(entry.break_glass_id or ""),
            sorted(str(one.subject_id) for one in entry.subjects.all()),
        ],
        sort_keys=True,
        separators=(",", ":"),
    ).encode("utf-8")


def link(before: bytes, entry: Entry, chain_key: bytes) -> bytes:
    """The seal of a row that follows a row with the seal `before`."""
    return hmac.digest(chain_key, before + content(entry), "sha256")


def seal() -> int:
    """Seal all rows that are not yet, in batches; how many. One sealer works at a time."""
    done = 0
    while sealed := _seal_batch():
        done += sealed
    return done


@transaction.atomic
def _seal_batch() -> int:
    state, _ = SealState.objects.select_for_update().get_or_create(
        pk=1, defaults={"position": 0, "mac": START}
    )
    position, mac, chain_key = state.position, bytes(state.mac), key("audit-chain")
    rows = list(
        Entry.objects.filter(position=None).order_by("pk").prefetch_related("subjects")[:BATCH]
    )
    for row in rows:
        position += 1
        mac = link(mac, row, chain_key)
        row.position, row.mac = position, mac
    Entry.objects.bulk_update(rows, ["position", "mac"], batch_size=200)
    state.position, state.mac = position, mac
    state.save()
    return len(rows)


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The root over the seals of a day: SHA-256, leaves and nodes told apart by a first byte."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest()
            for i in range(0, len(level) - 1, 2)
        ]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def signing_key() -> SigningKey:
    """The Ed25519 key that signs roots."""
    return SigningKey(key("audit-signing"))


def root_message(day: date, first: int, last: int, root: bytes) -> bytes:
    """What is signed: day, positions, root."""
    return f"tutela-audit-root-1\n{day.isoformat()}\n{first}\n{last}\n{root.hex()}\n".encode()


@transaction.atomic
def sign_day() -> DayRoot | None:
    """Sign the rows sealed since the last root, once a day; None where there is nothing new.

    The root is also written to AUDIT_ROOTS, a folder that should lie on another system.
    """
    day = timezone.localdate()
    last_root = DayRoot.objects.order_by("-last_position").first()
    first = (last_root.last_position if last_root else 0) + 1
    macs = list(
        Entry.objects.filter(position__gte=first).order_by("position").values_list("mac", flat=True)
    )
    if not macs or (last_root is not None and last_root.day == day):
        return None
    root, last = merkle_root(bytes(mac) for mac in macs), first + len(macs) - 1
    signature = signing_key().sign(root_message(day, first, last, root)).signature
    made = DayRoot.objects.create(
        day=day, first_position=first, last_position=last, root=root, signature=signature
    )
    _write_away(made)
    return made


def _write_away(root: DayRoot) -> None:
    folder = Path(settings.AUDIT_ROOTS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = {
        "day": root.day.isoformat(),
        "first": root.first_position,
        "last": root.last_position,
        "root": bytes(root.root).hex(),
        "signature": bytes(root.signature).hex(),
        "verify_key": bytes(signing_key().verify_key).hex(),
    }
    path = folder / f"{root.day.isoformat()}.json"
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(told, indent=1) + "\n", encoding="ascii")
    beside.replace(path)
