"""Passwords that anybody would guess here: made of the names of this system and its bodies."""

from __future__ import annotations

import re
from typing import Any

from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tutela.site.accounts.models import Membership

#: Words that somebody guesses first (ASVS 6.1.2); names of a person's own organisations besides.
GUESSED_FIRST = (
    "tutela", "password", "motdepasse", "wachtwoord", "passwort", "hotline", "childfocus", "police",
    "politie", "polizei", "parquet", "parket", "guardian", "tuteur", "voogd", "vormund", "operator",
    "supervisor", "admin", "belgium", "belgique", "belgie", "brussels", "bruxelles", "brussel",
)  # fmt: skip
#: This much must be left of a password without such words, digits at its end and spaces.
LEFT_OVER = 8


class ContextValidator:
    """Refuses passwords that are little more than words of the place."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError where fewer than LEFT_OVER characters are the person's own."""
        rest = _plain(password)
        for word in sorted({*GUESSED_FIRST, *_own(user)}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest.strip("0123456789")) < LEFT_OVER:
            raise ValidationError(self.get_help_text(), code="password_of_the_place")

    def get_help_text(self) -> str:
        """What to choose instead."""
        return _("Do not build it from names of this system, of your organisation or of your role.")


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", anyascii(text).casefold())


def _own(user: Any) -> set[str]:
    """The words of the names of a person's organisations."""
    if user is None or user.pk is None:
        return set()
    rows = Membership.objects.filter(user=user.pk).select_related("organisation")
    names = [f"{one.organisation.code} {one.organisation.name}" for one in rows]
    return {_plain(word) for name in names for word in re.split(r"[\W_]+", name) if len(word) > 3}
