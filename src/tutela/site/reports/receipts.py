"""The way back: words by which somebody without an account finds the answer to a report.

A receipt has a look-up part, which names the report, and a secret part, which opens it. The secret
is made into a key pair by Argon2id (RFC 9106; 64 MiB, 3 passes); only the salt and the public key
are kept, so that a stolen database opens nothing and a guess costs a third of a second. Made-up
words are proquints (Wilkerson 2009): five letters for 16 bits, speakable in all four languages.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass

from django.conf import settings
from nacl import pwhash
from nacl.public import PrivateKey

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
#: Words of the look-up part (32 bits, made unique) and of a generated secret (80 bits).
LOOKUP_WORDS, SECRET_WORDS = 2, 5
SALT_BYTES = pwhash.argon2id.SALTBYTES
_SPACES = re.compile(r"[\s\-–—.,;]+")


@dataclass(frozen=True)
class Lock:
    """What is kept of a secret: the salt and the public key that it opens."""

    salt: bytes
    public_key: bytes


def word(bits: int) -> str:
    """Sixteen bits as one word."""
    return (
        _CONSONANTS[bits >> 12 & 15]
        + _VOWELS[bits >> 10 & 3]
        + _CONSONANTS[bits >> 6 & 15]
        + _VOWELS[bits >> 4 & 3]
        + _CONSONANTS[bits & 15]
    )


def make_words(number: int) -> str:
    """Random words, 16 bits each, separated by spaces."""
    return " ".join(word(secrets.randbits(16)) for _ in range(number))


def tidy(words: str) -> str:
    """Words as they are compared: lower case, one space between them."""
    return _SPACES.sub(" ", words).strip().casefold()


def lookup_digest(words: str) -> bytes:
    """The keyed hash under which a look-up part is kept (HMAC-SHA256)."""
    key = hashlib.blake2b(str(settings.SECRET_KEY).encode(), person=b"report-lookup").digest()
    return hmac.new(key, tidy(words).encode(), hashlib.sha256).digest()


def private_key(secret: str, salt: bytes) -> PrivateKey:
    """The key that a secret opens; takes a third of a second at the live cost."""
    operations, memory = settings.REPORT_ARGON2
    seed = pwhash.argon2id.kdf(
        PrivateKey.SIZE, tidy(secret).encode(), salt, opslimit=operations, memlimit=memory
    )
    return PrivateKey(seed)


def new_lock(secret: str) -> Lock:
    """A lock that this secret opens."""
    salt = os.urandom(SALT_BYTES)
    return Lock(salt, bytes(private_key(secret, salt).public_key))


def open_lock(lock: Lock | None, secret: str) -> PrivateKey | None:
    """The private key if the secret fits; None otherwise, after the same work for no lock."""
    salt = lock.salt if lock else b"\0" * SALT_BYTES
    key = private_key(secret, salt)
    kept = lock.public_key if lock else b"\0" * PrivateKey.SIZE
    return key if hmac.compare_digest(bytes(key.public_key), kept) else None
