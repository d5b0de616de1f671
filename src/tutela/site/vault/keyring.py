"""The keys that a person's session can open; they live as long as the request."""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode
from collections.abc import Iterable

from django.http import HttpRequest
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from tutela.site.accounts import session_secret
from tutela.site.vault.crypto import CannotOpen, unseal
from tutela.site.vault.models import EnvelopeKey, KeyShare

_SESSION = "vault"


class Keyring:
    """A member's private key, and through it the keys of their organisations and of records."""

    def __init__(self, holder_id: uuid.UUID, private: bytes) -> None:
        self._privates = {holder_id: private}
        self._member = holder_id
        self._all_shares = False

    def __repr__(self) -> str:
        return "Keyring(…)"  # a key never stands in a traceback

    def private(self, holder_id: uuid.UUID) -> bytes:
        """The private key of a holder; CannotOpen where this person has no share of it."""
        if holder_id not in self._privates:
            self._open_shares()
        try:
            return self._privates[holder_id]
        except KeyError:
            raise CannotOpen from None

    def holders(self) -> frozenset[uuid.UUID]:
        """The holders whose private keys this person can open."""
        self._open_shares()
        return frozenset(self._privates)

    def record_keys(self, envelope_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, bytes]:
        """The keys of records, in one query; records that this person cannot open are left out."""
        found: dict[uuid.UUID, bytes] = {}
        wanted = EnvelopeKey.objects.filter(
            envelope__in=list(envelope_ids), to__in=self.holders()
        ).values_list("envelope_id", "to_id", "sealed")
        for envelope_id, to_id, sealed in wanted:
            if envelope_id not in found:
                found[envelope_id] = unseal(self._privates[to_id], sealed)
        return found

    def forget_shares(self) -> None:
        """Look again which shares there are: one was just made."""
        self._all_shares = False

    def _open_shares(self) -> None:
        if self._all_shares:
            return
        self._all_shares = True
        for share in KeyShare.objects.filter(to=self._member):
            self._privates[share.holder_id] = unseal(self._privates[self._member], share.sealed)


def put_in_session(
    request: HttpRequest, secret: bytes, holder_id: uuid.UUID, private: bytes
) -> None:
    """Keep a member's private key for this session, wrapped under what only the browser holds."""
    wrapped = SecretBox(secret).encrypt(private)
    request.session[_SESSION] = [str(holder_id), b64encode(wrapped).decode("ascii")]


def of_session(request: HttpRequest) -> Keyring | None:
    """The keyring of whoever is signed in; None without a key, or without the browser's secret."""
    kept = request.session.get(_SESSION)
    secret = session_secret.of(request)
    if not kept or secret is None:
        return None
    try:
        private = SecretBox(secret).decrypt(b64decode(kept[1]))
    except CryptoError:
        return None
    return Keyring(uuid.UUID(kept[0]), private)
