"""Keyed filters and tokens: what a value becomes before it leaves an agency.

A filter is a Bloom filter of 512 bits over the value's letter pairs with random hashing (Schnell
and Borgs 2016): the bits of a letter pair are drawn from HMAC-SHA512 under a key that the centre
never holds. Values that share letter pairs share bits, so filters can be compared by Dice.
"""

from __future__ import annotations

import hashlib
import hmac

BITS = 512
BYTES = BITS // 8
#: Bits set for each letter pair.
HASHES = 12


class FilterMaker:
    """Turns folded name parts into filters under one key; letter pairs are hashed once."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._masks: dict[str, int] = {}

    def mask(self, part: str) -> int:
        """The bits of one folded name part, as a number; a name's filter is the union."""
        bits = 0
        masks = self._masks
        padded = f"_{part}_"
        for start in range(len(padded) - 1):
            pair = padded[start : start + 2]
            mask = masks.get(pair)
            if mask is None:
                mask = masks[pair] = self._mask(pair)
            bits |= mask
        return bits

    def _mask(self, pair: str) -> int:
        """The bits of one letter pair, as a number of 512 bits."""
        stream = hmac.new(self._key, pair.encode(), hashlib.sha512).digest()
        mask = 0
        for start in range(0, 2 * HASHES, 2):
            mask |= 1 << (int.from_bytes(stream[start : start + 2], "little") % BITS)
        return mask


class ClearFilterMaker(FilterMaker):
    """One bit for each letter pair and no key: Dice of such filters is that of the clear text.

    Folded names know 22 letters and no doubled ones, so with the padding there are 506 pairs.
    """

    _LETTERS = "_abcdefghijklmnoprstuvz"

    def __init__(self) -> None:
        super().__init__(b"")

    def _mask(self, pair: str) -> int:
        first, second = (self._LETTERS.find(letter) for letter in pair)
        return 1 << ((first * (len(self._LETTERS) - 1) + second - (second > first)) % BITS)


class TokenMaker:
    """Turns values into keyed 64-bit tokens that are equal or are not (keyed BLAKE2b, RFC 7693)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, value: str) -> int:
        """The token of a value."""
        digest = hashlib.blake2b(value.encode(), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest, "little")
