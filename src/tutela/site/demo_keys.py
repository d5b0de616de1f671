"""The people of the demonstration with their keys open, to work through the real actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tutela.site.permissions.actor import Actor


def actor_of(account: dict[str, str]) -> Actor:
    """One person of `accounts.json`, with the keys that their password opens."""
    from tutela.site.accounts.standings import actor_with
    from tutela.site.vault import crypto
    from tutela.site.vault.keyring import Keyring
    from tutela.site.vault.membership_keys import member_key

    known = actor_with(account["email"])
    assert known.user_id is not None  # noqa: S101 - a person has a number
    holder = member_key(known.user_id)
    if holder is None:
        raise KeyError(account["email"])
    private = crypto.unwrap(holder.wrapped, account["password"])
    return replace(known, keys=Keyring(holder.id, private))


def give_keys(accounts: Iterable[dict[str, str]]) -> None:
    """Let each supervisor give the organisation's key to the colleagues who wait for it."""
    from tutela.site.accounts.access import organisations
    from tutela.site.vault.actions import grant_key, without_key

    for account in accounts:
        if account["role"] != "supervisor":
            continue
        supervisor = actor_of(account)
        for organisation in organisations(actor=supervisor, action="vault.grant_key"):
            for user in without_key(organisation):
                grant_key(actor=supervisor, organisation=organisation, user=user)
