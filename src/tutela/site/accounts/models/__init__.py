"""The tables of accounts: people, organisations, who is what, who stands in for whom."""

from __future__ import annotations

from tutela.site.accounts.models.invitation import Invitation
from tutela.site.accounts.models.notice import Notice
from tutela.site.accounts.models.organisation import Deputy, Level, Membership, Organisation
from tutela.site.accounts.models.user import User

__all__ = [
    "Deputy",
    "Invitation",
    "Level",
    "Membership",
    "Notice",
    "Organisation",
    "User",
]
