"""Every change of keys that a person or a command decides on."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from tutela.errors import InputRefused
from tutela.site.accounts.models import Organisation, User
from tutela.site.accounts.notices import finish
from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import Decision, require
from tutela.site.permissions.roles import Purpose
from tutela.site.vault import crypto
from tutela.site.vault.envelopes import current_key
from tutela.site.vault.keyring import Keyring
from tutela.site.vault.membership_keys import (
    entitled_organisations,
    give,
    make_organisation_key,
    member_key,
    recovery_key,
)
from tutela.site.vault.models import EnvelopeKey, HolderKind, KeyHolder, KeyShare
from tutela.site.vault.recovery_file import read_recovery_file, write_recovery_file

#: Records sealed anew in one go; the rest is done by asking again.
BATCH = 5_000


@transaction.atomic
def make_recovery_key(*, actor: Actor, file: Path, passphrase: str) -> KeyHolder:
    """Make the site's recovery key; its private part is written to `file` and kept nowhere else.

    InputRefused when there is one already, or `file` exists.
    """
    decision = require(actor, "vault.make_recovery_key", None, Purpose.ADMINISTRATION)
    if KeyHolder.objects.filter(kind=HolderKind.RECOVERY, retired_at=None).exists():
        raise InputRefused("this site has a recovery key already")
    pair = crypto.new_pair()
    made = KeyHolder.objects.create(kind=HolderKind.RECOVERY, public_key=pair.public)
    write_recovery_file(file, pair.private, passphrase)
    _written(decision, actor, made)
    return made


@transaction.atomic
def grant_key(*, actor: Actor, organisation: Organisation, user: User) -> None:
    """Give a member who is entitled to it the organisation's key, out of one's own session."""
    decision = require(actor, "vault.grant_key", organisation, Purpose.ADMINISTRATION)
    holder, current = member_key(user.id), current_key(organisation.id)
    if holder is None or organisation not in entitled_organisations(user):
        raise InputRefused("this person is not entitled to the key, or has not signed in yet")
    keys: Keyring = actor.keys
    give(current, keys.private(current.id), holder)
    if not without_key(organisation):
        finish("grant_key", organisation.id)
    _written(decision, actor, current, member=str(user.id))


def rotate_key(*, actor: Actor, organisation: Organisation) -> int:
    """Replace the organisation's key, and seal its records to the new one; how many are left.

    At most BATCH records are sealed anew; call again while something is left. Until then both
    keys open; afterwards the old one is destroyed. Nobody has to stop working.
    """
    decision = require(actor, "vault.rotate_key", organisation, Purpose.ADMINISTRATION)
    keys: Keyring = actor.keys
    generations = list(
        KeyHolder.objects.filter(
            kind=HolderKind.ORGANISATION, organisation=organisation, retired_at=None
        ).order_by("generation")
    )
    with transaction.atomic():
        if len(generations) == 1:
            members = [one for user in _entitled(organisation) if (one := member_key(user.id))]
            made, _ = make_organisation_key(organisation, members, generations[0].generation + 1)
            generations.append(made)
            _written(decision, actor, made, rotated=True)
            # The fresh key's share is in the database; this session opens it from there.
            keys.forget_shares()
        old, new = generations[0], generations[-1]
        left = _seal_anew(keys.private(old.id), old, new)
        if not left:
            KeyShare.objects.filter(holder=old).delete()
            old.retired_at = timezone.now()
            old.save(update_fields=["retired_at"])
            finish("rotate_key", organisation.id)
    return left


def _seal_anew(private: bytes, old: KeyHolder, new: KeyHolder) -> int:
    rows = list(EnvelopeKey.objects.filter(to=old)[:BATCH])
    for row in rows:
        row.to = new
        row.sealed = crypto.seal(bytes(new.public_key), crypto.unseal(private, row.sealed))
    EnvelopeKey.objects.bulk_update(rows, ["to", "sealed"], batch_size=500)
    return EnvelopeKey.objects.filter(to=old).count()


@transaction.atomic
def recover(
    *, actor: Actor, organisation: Organisation, user: User, file: Path, passphrase: str
) -> None:
    """Give a member the organisation's key by the off-line recovery key.

    InputRefused when the file or its passphrase is not the site's recovery key, or the person is
    not entitled to the key.
    """
    decision = require(actor, "vault.recover", None, Purpose.ADMINISTRATION)
    recovery, holder = recovery_key(), member_key(user.id)
    private = read_recovery_file(file, passphrase)
    if crypto.public_of(private) != bytes(recovery.public_key):
        raise InputRefused(f"{file} is not the recovery key of this site")
    if holder is None or organisation not in entitled_organisations(user):
        raise InputRefused("this person is not entitled to the key, or has not signed in yet")
    for share in KeyShare.objects.filter(
        holder__organisation=organisation, holder__retired_at=None, to=recovery
    ):
        give(share.holder, crypto.unseal(private, share.sealed), holder)
        _written(decision, actor, share.holder, member=str(user.id))


def without_key(organisation: Organisation) -> list[User]:
    """The members who are entitled to the organisation's key and have no share of it yet."""
    having = set(
        KeyShare.objects.filter(
            holder__organisation=organisation, holder__retired_at=None
        ).values_list("to__user", flat=True)
    )
    return [one for one in _entitled(organisation) if one.id not in having]


def _entitled(organisation: Organisation) -> list[User]:
    people = User.objects.filter(
        is_active=True, memberships__organisation=organisation, memberships__until=None
    )
    return [one for one in people.distinct() if organisation in entitled_organisations(one)]


def _written(decision: Decision, actor: Actor, holder: KeyHolder, **details: str | bool) -> None:
    record(
        decision,
        actor=actor,
        act=Act.WRITE,
        purpose=Purpose.ADMINISTRATION,
        kind="key",
        subjects=[holder.id],
        details={"generation": holder.generation, **details},
    )
