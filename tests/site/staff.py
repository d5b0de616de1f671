"""People for tests of pages behind the gate: accounts with roles, and ways to sign them in."""

from __future__ import annotations

import time
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client

from tutela.site.accounts import actions
from tutela.site.accounts.models import Level, Organisation, User
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.roles import Role
from tutela.site.vault import actions as vault

PASSWORD = "a heron stands in shallow water"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
RECOVERY_PASSPHRASE = "kept in another safe"
MAKER = Actor.system("accounts.create")


def make_organisation(code: str = "hotline", level: Level = Level.NGO) -> Organisation:
    return actions.create_organisation(
        actor=MAKER, code=code, name=f"Body {code} (synthetic)", level=level
    )


def make_recovery_key(folder: Path) -> dict[str, object]:
    """The site's recovery key, as an administrator makes it first; where it lies, what opens it."""
    kept = {"file": folder / "recovery.key", "passphrase": RECOVERY_PASSPHRASE}
    vault.make_recovery_key(actor=Actor.system("vault.make_recovery_key"), **kept)
    return kept


def make_person(organisation: Organisation, *roles: Role, name: str = "") -> User:
    name = name or "-".join(roles)
    return actions.create_account(
        actor=MAKER,
        organisation=organisation,
        email=f"{name.lower().replace(' ', '.')}@{organisation.code}.example",
        name=name,
        password=PASSWORD,
        roles=roles,
    )


def code_now() -> str:
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))


def sign_in(person: User, *, factor: bool = True, password: str = PASSWORD) -> Client:
    """A browser in which the person has signed in, through the pages."""
    if factor:
        TOTP.activate(person, TOTP_SECRET)
    client = Client(HTTP_HOST="localhost")
    answer = client.post("/account/sign-in/", {"login": person.email, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    if factor:
        assert answer.headers["Location"] == "/account/second-factor/show/"
        answer = client.post("/account/second-factor/show/", {"code": code_now()})
        assert answer.status_code == 302, answer.content.decode()
    return client
