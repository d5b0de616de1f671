"""What apps do with records: make one, open it, share it, destroy it.

    made = create("report", organisations=[hotline.id])
    row.content = made.close("content", {"text": …})     # in the app's own column
    opened = open_envelope(row.envelope_id, keys=actor.keys)
    opened.open("content", row.content)

Whether somebody may open a record is decided by the app's access (permissions); the vault decides
whether they can. Writing needs no key of one's own: the public and background jobs can make
records that they cannot open afterwards.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from tutela.site.vault.crypto import CannotOpen, decrypt, encrypt, new_key, seal
from tutela.site.vault.keyring import Keyring
from tutela.site.vault.models import Envelope, EnvelopeKey, HolderKind, IndexToken, KeyHolder


class NoKey(Exception):  # noqa: N818 - reads as what is the case
    """An organisation has no key yet: nobody of it has signed in."""


@dataclass(frozen=True)
class OpenEnvelope:
    """A record's key, in memory. Close and open the fields of that one record with it."""

    id: uuid.UUID
    _key: bytes = field(repr=False)

    def close(self, name: str, content: Any) -> bytes:
        """Encrypt the JSON of `content` for the field `name`."""
        plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        return encrypt(self._key, plain, f"{self.id}/{name}")

    def open(self, name: str, closed: bytes) -> Any:
        """What `close` encrypted for the same field; CannotOpen if it was changed or moved."""
        return json.loads(decrypt(self._key, closed, f"{self.id}/{name}"))

    def seal_to(self, holder: KeyHolder) -> None:
        """Let another holder open this record too."""
        EnvelopeKey.objects.update_or_create(
            envelope_id=self.id,
            to=holder,
            defaults={"sealed": seal(bytes(holder.public_key), self._key)},
        )


@transaction.atomic
def create(
    retention_class: str,
    *,
    organisations: Iterable[uuid.UUID],
    holders: Iterable[KeyHolder] = (),
) -> OpenEnvelope:
    """A new record, sealed to organisations (and other holders); NoKey if one of them has none."""
    made = OpenEnvelope(Envelope.objects.create(retention_class=retention_class).id, new_key())
    for organisation_id in organisations:
        made.seal_to(current_key(organisation_id))
    for holder in holders:
        made.seal_to(holder)
    return made


def current_key(organisation_id: uuid.UUID) -> KeyHolder:
    """The public key to which records for an organisation are sealed now."""
    found = (
        KeyHolder.objects.filter(
            kind=HolderKind.ORGANISATION, organisation=organisation_id, retired_at=None
        )
        .order_by("-generation")
        .first()
    )
    if found is None:
        raise NoKey
    return found


def open_envelope(envelope_id: uuid.UUID, *, keys: Keyring | None) -> OpenEnvelope:
    """Open a record with the keys of whoever is signed in; CannotOpen if none fits."""
    return open_many([envelope_id], keys=keys)[envelope_id]


def open_many(
    envelope_ids: Iterable[uuid.UUID], *, keys: Keyring | None
) -> dict[uuid.UUID, OpenEnvelope]:
    """Open the records of a page in one query. CannotOpen if one of them does not open."""
    ids = list(envelope_ids)
    found = keys.record_keys(ids) if keys is not None and ids else {}
    if set(ids) - set(found):
        raise CannotOpen
    return {envelope_id: OpenEnvelope(envelope_id, found[envelope_id]) for envelope_id in ids}


def share(envelope_id: uuid.UUID, organisation_id: uuid.UUID, *, keys: Keyring | None) -> None:
    """Let another organisation open a record that one can open oneself (a handover)."""
    open_envelope(envelope_id, keys=keys).seal_to(current_key(organisation_id))


def entitled(envelope_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The organisations to which a record is sealed: what the permission table asks."""
    return frozenset(
        EnvelopeKey.objects.filter(
            envelope=envelope_id, to__kind=HolderKind.ORGANISATION
        ).values_list("to__organisation", flat=True)
    )


def sealed_to(retention_class: str, organisations: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """The records of a class that are sealed to one of these organisations."""
    return frozenset(
        EnvelopeKey.objects.filter(
            envelope__retention_class=retention_class,
            to__kind=HolderKind.ORGANISATION,
            to__organisation__in=list(organisations),
        ).values_list("envelope_id", flat=True)
    )


def withdraw_from(envelope_id: uuid.UUID, holder: KeyHolder) -> None:
    """Take a record's key back from a holder to whom it was sealed besides others."""
    EnvelopeKey.objects.filter(envelope=envelope_id, to=holder).delete()


def due(retention_class: str, day: date) -> list[uuid.UUID]:
    """The records of a class, not yet destroyed, whose event happened on `day` or earlier."""
    return list(
        Envelope.objects.filter(
            retention_class=retention_class, retain_from__lte=day, shredded_at=None
        ).values_list("id", flat=True)
    )


def kept_by_class() -> dict[str, int]:
    """How many records are kept under each class."""
    counted = Envelope.objects.filter(shredded_at=None).values("retention_class")
    return {
        row["retention_class"]: row["number"]
        for row in counted.annotate(number=Count("id")).order_by("retention_class")
    }


def lock(envelope_ids: Iterable[uuid.UUID]) -> None:
    """Keep these records as they are until the transaction ends."""
    list(Envelope.objects.select_for_update().filter(id__in=list(envelope_ids)))


def retain_from(envelope_id: uuid.UUID, day: date | None) -> None:
    """The event from which the period of the record's class counts happened on `day`; or not."""
    Envelope.objects.filter(id=envelope_id).update(retain_from=day)


def forget_holder(holder_id: uuid.UUID) -> None:
    """Delete the key of a reporter whose report is erased; keys of staff and bodies stay."""
    KeyHolder.objects.filter(id=holder_id, kind=HolderKind.REPORTER).delete()


@transaction.atomic
def shred(envelope_id: uuid.UUID) -> None:
    """Destroy a record's key: everything closed with it, copies and history too, stays closed.

    Backups that hold the key keep it until they are destroyed in their turn.
    """
    EnvelopeKey.objects.filter(envelope=envelope_id).delete()
    IndexToken.objects.filter(envelope=envelope_id).delete()
    Envelope.objects.filter(id=envelope_id).update(shredded_at=timezone.now())
