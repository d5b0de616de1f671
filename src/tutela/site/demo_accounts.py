"""Accounts to try a site out, one for each role: invented people, passwords made for this demo.

    python -m tutela.site.demo_accounts FOLDER

Makes them once in the site named by TUTELA_ROLE and TUTELA_SITE_DATA, writes FOLDER/accounts.json
(mode 0600), and does nothing where that file is. All of them share one secret for an
authenticator app, so that the demo can tell the code of now.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from pathlib import Path

from tutela.site.demo_cases import make as make_cases
from tutela.site.demo_keys import give_keys
from tutela.site.demo_reports import make as make_reports
from tutela.site.start import start

#: organisation → (name, level, people: role → name). Invented; the bodies are examples.
AGENCY = {
    "hotline": (
        "Example hotline (synthetic)",
        "ngo",
        {
            "administrator": "Ada Demo",
            "supervisor": "Sam Demo",
            "operator": "Olga Demo",
            "oversight": "Vera Demo",
        },
    ),
    "police": ("Example police unit (synthetic)", "federal", {"liaison": "Leo Demo"}),
    "care": (
        "Example care centre (synthetic)",
        "community",
        {"supervisor": "Tea Demo", "case_worker": "Cas Demo", "guardian": "Gia Demo"},
    ),
}
CENTRE = {
    "centre": (
        "Example national centre (synthetic)",
        "federal",
        {
            "administrator": "Abe Demo",
            "analyst": "Ann Demo",
            "coordinator": "Cor Demo",
            "oversight": "Ove Demo",
        },
    ),
}


def make(folder: Path) -> list[dict[str, str]]:
    """The accounts, made or read again: role, name, email, password, secret."""
    kept = folder / "accounts.json"
    if kept.is_file():
        found: list[dict[str, str]] = json.loads(kept.read_text(encoding="utf-8"))
        return found
    from allauth.mfa.totp.internal.auth import TOTP
    from django.conf import settings
    from django.db import transaction

    from tutela.site.accounts import actions
    from tutela.site.accounts.models import Level
    from tutela.site.permissions.actor import Actor
    from tutela.site.permissions.roles import Role

    bodies = AGENCY if settings.DEPLOYMENT.has_identities else CENTRE
    actor, secret = Actor.system("accounts.create"), _totp_secret()
    made: list[dict[str, str]] = []
    with transaction.atomic():
        if settings.DEPLOYMENT.has_identities:
            _recovery_key(folder)
        for code, (name, level, people) in bodies.items():
            organisation = actions.create_organisation(
                actor=actor, code=code, name=name, level=Level(level)
            )
            for role, person in people.items():
                one = {
                    "role": role,
                    "name": person,
                    "email": f"{role}@{code}.example",
                    "password": secrets.token_urlsafe(12),
                    "secret": secret,
                }
                user = actions.create_account(
                    actor=actor, organisation=organisation, email=one["email"], name=person,
                    password=one["password"], roles=[Role(role)],
                )  # fmt: skip
                TOTP.activate(user, secret)
                made.append(one)
        if settings.DEPLOYMENT.has_identities:
            give_keys(made)
            make_reports()
            make_cases(next(one for one in made if one["role"] == "case_worker"))
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made, file, indent=1)
    return made


def _recovery_key(folder: Path) -> None:
    """The recovery key lies in a folder of its own; in earnest it would lie in a safe."""
    from tutela.site.permissions.actor import Actor
    from tutela.site.vault.actions import make_recovery_key

    make_recovery_key(
        actor=Actor.system("vault.make_recovery_key"),
        file=folder / "off-line" / "recovery.key",
        passphrase=secrets.token_urlsafe(16),
    )


def _totp_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


if __name__ == "__main__":
    start()
    make(Path(sys.argv[1]))
