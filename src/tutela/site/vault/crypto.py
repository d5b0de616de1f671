"""The four things done with keys: make, seal to somebody, encrypt with context, wrap by password.

Algorithms are libsodium's: X25519 sealed boxes, XChaCha20-Poly1305 with associated data, Argon2id.
Everything raises `CannotOpen` where a key does not fit; nothing says why.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from django.conf import settings
from nacl import bindings, pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.utils import random

KEY_BYTES = 32
_NONCE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_COST = struct.Struct(">II")
_SALT = pwhash.argon2id.SALTBYTES


class CannotOpen(Exception):  # noqa: N818 - reads as what happened
    """The key does not fit, or what it should open was changed."""


class Pair(NamedTuple):
    """A private key and its public key, 32 bytes each."""

    private: bytes
    public: bytes


def new_pair() -> Pair:
    """A fresh X25519 key pair."""
    private = PrivateKey.generate()
    return Pair(bytes(private), bytes(private.public_key))


def public_of(private: bytes) -> bytes:
    """The public key that belongs to a private key."""
    return bytes(PrivateKey(private).public_key)


def new_key() -> bytes:
    """A fresh key for one record."""
    return random(KEY_BYTES)


def seal(public: bytes, what: bytes) -> bytes:
    """Close `what` so that only the private key of `public` opens it; needs no key of one's own."""
    return SealedBox(PublicKey(public)).encrypt(what)


def unseal(private: bytes, sealed: bytes) -> bytes:
    """What was sealed to the public key of `private`."""
    try:
        return SealedBox(PrivateKey(private)).decrypt(bytes(sealed))
    except CryptoError as error:
        raise CannotOpen from error


def encrypt(key: bytes, plain: bytes, context: str) -> bytes:
    """Encrypt under a record's key; `context` says which field of which record it is.

    A ciphertext moved to another field or record does not open there.
    """
    nonce = random(_NONCE)
    aead = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt
    return nonce + aead(plain, context.encode(), nonce, key)


def decrypt(key: bytes, sealed: bytes, context: str) -> bytes:
    """What `encrypt` closed with the same key and context."""
    sealed = bytes(sealed)
    aead = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt
    try:
        return aead(sealed[_NONCE:], context.encode(), sealed[:_NONCE], key)
    except CryptoError as error:
        raise CannotOpen from error


def wrap(secret: bytes, password: str) -> bytes:
    """Close `secret` under a password: salt, cost, ciphertext. The cost is VAULT_KDF of today."""
    salt = random(_SALT)
    operations, memory = settings.VAULT_KDF
    key = _derived(password, salt, operations, memory)
    return salt + _COST.pack(operations, memory) + SecretBox(key).encrypt(secret)


def unwrap(wrapped: bytes, password: str) -> bytes:
    """What `wrap` closed under the same password, at the cost of then."""
    wrapped = bytes(wrapped)
    salt, rest = wrapped[:_SALT], wrapped[_SALT:]
    operations, memory = _COST.unpack(rest[: _COST.size])
    try:
        return SecretBox(_derived(password, salt, operations, memory)).decrypt(rest[_COST.size :])
    except CryptoError as error:
        raise CannotOpen from error


def _derived(password: str, salt: bytes, operations: int, memory: int) -> bytes:
    return pwhash.argon2id.kdf(
        SecretBox.KEY_SIZE, password.encode("utf-8"), salt, opslimit=operations, memlimit=memory
    )
