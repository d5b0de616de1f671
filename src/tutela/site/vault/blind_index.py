"""Find records by whole words without storing a word: keyed hashes of normalised tokens.

The key stands in a file outside the database. A thief of the database alone learns which records
share a word, not which word. Whoever has database and key can test words they guess; so only
fields that must be found are indexed.
"""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Iterable

from anyascii import anyascii

from tutela.site.key_files import key
from tutela.site.vault.models import IndexToken

_TOKEN_BYTES = 16
_WORD = re.compile(r"[a-z0-9]+")


def words(text: str) -> list[str]:
    """The whole words of a text in lower-case Latin letters and digits, each once, sorted."""
    return sorted(set(_WORD.findall(anyascii(text).casefold())))


def index(envelope_id: uuid.UUID, field: str, texts: Iterable[str]) -> None:
    """Make a record findable by the words of `texts` in `field`, instead of by earlier ones."""
    IndexToken.objects.filter(envelope=envelope_id, field=field).delete()
    wanted = {word for text in texts for word in words(text)}
    IndexToken.objects.bulk_create(
        IndexToken(envelope_id=envelope_id, field=field, token=_token(field, word))
        for word in sorted(wanted)
    )


def find(field: str, text: str) -> frozenset[uuid.UUID]:
    """The records that hold every word of `text` in `field`; none for a text without words."""
    found: frozenset[uuid.UUID] | None = None
    for word in words(text):
        having = frozenset(
            IndexToken.objects.filter(field=field, token=_token(field, word)).values_list(
                "envelope_id", flat=True
            )
        )
        found = having if found is None else found & having
    return found or frozenset()


def _token(field: str, word: str) -> bytes:
    message = f"{field}\x1f{word}".encode()
    return hmac.digest(key("blind-index"), message, "sha256")[:_TOKEN_BYTES]
