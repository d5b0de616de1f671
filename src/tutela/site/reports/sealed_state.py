"""What was answered so far, sealed and carried by the form: nothing is kept until it is sent.

The seal (XSalsa20-Poly1305 of NaCl) keeps answers from the eyes of whoever reads a page's source
and from being changed; its key follows from the site's secret key. A seal is good for one day.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
import zlib
from dataclasses import dataclass, field

from django.conf import settings
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from tutela.site.reports.questions import Answers

#: Seconds for which a form stays open.
LIFETIME = 24 * 3600
#: The largest sealed form in characters; more than all texts at their longest.
LARGEST = 200_000


class StateRefusedError(Exception):
    """The form is not one that this site made, or is older than LIFETIME."""


@dataclass(frozen=True)
class State:
    """A form under way: the door, when its first page was made (seconds), the answers."""

    door: str
    began: int
    answers: Answers = field(default_factory=dict)

    @classmethod
    def new(cls, door: str) -> State:
        """A form that begins now."""
        return cls(door, int(time.time()))

    def with_answer(self, name: str, answer: list[str]) -> State:
        """The form with one question answered, or not any more."""
        kept = {key: value for key, value in self.answers.items() if key != name}
        return State(self.door, self.began, {**kept, name: answer} if answer else kept)


def _box() -> SecretBox:
    key = hashlib.blake2b(
        str(settings.SECRET_KEY).encode(), digest_size=SecretBox.KEY_SIZE, person=b"report-form"
    )
    return SecretBox(key.digest())


def seal(state: State) -> str:
    """The form as text for a hidden field."""
    plain = json.dumps([state.door, state.began, state.answers], separators=(",", ":"))
    # Compression before encryption is safe here: nobody but the writer chooses what is in it.
    return base64.urlsafe_b64encode(bytes(_box().encrypt(zlib.compress(plain.encode())))).decode()


def unseal(sealed: str) -> State:
    """The form that `seal` wrote; raises StateRefusedError where it did not, or too long ago."""
    if len(sealed) > LARGEST:
        raise StateRefusedError("larger than a form can be")
    try:
        raw = base64.urlsafe_b64decode(sealed.encode("ascii"))
        plain = zlib.decompress(_box().decrypt(raw))
    except (ValueError, CryptoError, zlib.error) as error:
        raise StateRefusedError("not sealed by this site") from error
    door, began, answers = json.loads(plain)
    if not 0 <= time.time() - began <= LIFETIME:
        raise StateRefusedError("too old")
    return State(door, began, answers)
