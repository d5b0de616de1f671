"""Kinds of records of persons, as apps declare them for what is common to all of them.

    declare(RecordKind("report", _("report"), "reports.read", find, "/desk/reports/{id}/"))

Emergency access (`emergency`) and legal hold (`retention`) find records through this list. An app
declares its kinds in the `ready` of its registration.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise

from tutela.site.permissions.actor import Actor


class ProtectedRecord(Protocol):
    """What a record of persons must say of itself; conditions of the table may ask for more.

    A record from which somebody was cut off names them in `barred_users`: no emergency lets them
    in.
    """

    @property
    def id(self) -> uuid.UUID:
        """The number under which readings of it are written down."""

    @property
    def envelope_id(self) -> uuid.UUID:
        """The number of its key in the vault."""

    @property
    def entitled_organisations(self) -> Collection[uuid.UUID]:
        """The organisations it is sealed to: `vault.envelopes.entitled(self.envelope_id)`."""


@dataclass(frozen=True)
class RecordKind:
    """One kind of record: how it is called, read, found, and where its page is (`{id}`)."""

    name: str
    words: Promise | str
    #: The action of the permission table that reads one; the one that an emergency stands in for.
    read_action: str
    #: The record with a number, whoever asks; None where there is none. For gateways only.
    find: Callable[[uuid.UUID], ProtectedRecord | None]
    #: Its page, behind `guarded(…, emergency=True)`; it takes the purpose as `?purpose=`.
    address: str


_KINDS: dict[str, RecordKind] = {}


def barred(actor: Actor, found: object) -> bool:
    """Whether the person was cut off from this record."""
    return actor.user_id in getattr(found, "barred_users", ())


def declare(kind: RecordKind) -> None:
    """Add a kind of record."""
    _KINDS[kind.name] = kind


def kinds() -> list[RecordKind]:
    """All kinds that this deployment has, by name."""
    return [_KINDS[name] for name in sorted(_KINDS)]


def kind_of(name: str) -> RecordKind | None:
    """A kind by its name, or None."""
    return _KINDS.get(name)


def find(kind: str, record_id: uuid.UUID) -> ProtectedRecord | None:
    """A record by kind and number, whoever asks; the caller decides who may know of it."""
    known = _KINDS.get(kind)
    return known.find(record_id) if known else None
