"""Keys of members: made with the first password, wrapped again with each new one, lost with none.

Called by the receivers only; the transaction and the permission are those of the account action.
"""

from __future__ import annotations

import uuid

from django.utils import timezone

from tutela.errors import InputRefused
from tutela.site.accounts.models import Organisation, User
from tutela.site.accounts.notices import holders, notify
from tutela.site.accounts.standings import standings
from tutela.site.permissions.roles import WORKS_ON_RECORDS, Role
from tutela.site.vault import crypto
from tutela.site.vault.models import HolderKind, KeyHolder, KeyShare


def member_key(user_id: uuid.UUID) -> KeyHolder | None:
    """The member's present key."""
    return KeyHolder.objects.filter(kind=HolderKind.MEMBER, user=user_id, retired_at=None).first()


def make_member_key(user: User, password: str) -> tuple[KeyHolder, bytes]:
    """A new key pair, wrapped under the password; earlier ones and what they received are gone."""
    for old in KeyHolder.objects.filter(kind=HolderKind.MEMBER, user=user, retired_at=None):
        KeyShare.objects.filter(to=old).delete()
        old.retired_at, old.wrapped = timezone.now(), None
        old.save(update_fields=["retired_at", "wrapped"])
    pair = crypto.new_pair()
    made = KeyHolder.objects.create(
        kind=HolderKind.MEMBER,
        user=user,
        public_key=pair.public,
        wrapped=crypto.wrap(pair.private, password),
    )
    return made, pair.private


def rewrap(user: User, old_password: str, password: str) -> None:
    """Wrap the member's private key under a new password."""
    holder = member_key(user.id)
    if holder is None:
        make_member_key(user, password)
        return
    private = crypto.unwrap(holder.wrapped, old_password)
    holder.wrapped = crypto.wrap(private, password)
    holder.save(update_fields=["wrapped"])


def entitled_organisations(user: User) -> list[Organisation]:
    """Where the person holds a role, of their own or lent, that works on records."""
    ids = {one.organisation_id for one in standings(user) if one.role in WORKS_ON_RECORDS}
    return list(Organisation.objects.filter(id__in=ids))


def settle(user: User) -> None:
    """Give what is due, take what is not: first keys, tasks to grant, shares of who left."""
    holder = member_key(user.id)
    entitled = entitled_organisations(user)
    if holder is None:
        return
    lost = KeyShare.objects.filter(to=holder, holder__kind=HolderKind.ORGANISATION).exclude(
        holder__organisation__in=entitled
    )
    for share in lost:
        KeyHolder.objects.filter(id=share.holder_id).update(rotation_due_at=timezone.now())
        if share.holder.organisation_id is not None:
            ask(share.holder.organisation_id, "rotate_key", but=user.id)
    lost.delete()
    for organisation in entitled:
        current = KeyHolder.objects.filter(
            kind=HolderKind.ORGANISATION, organisation=organisation, retired_at=None
        ).first()
        if current is None:
            make_organisation_key(organisation, [holder])
        elif not KeyShare.objects.filter(holder=current, to=holder).exists():
            ask(organisation.id, "grant_key", but=user.id)


def make_organisation_key(
    organisation: Organisation, members: list[KeyHolder], generation: int = 1
) -> tuple[KeyHolder, bytes]:
    """A key pair for an organisation, shared with these members and with the recovery key."""
    recovery = recovery_key()
    pair = crypto.new_pair()
    made = KeyHolder.objects.create(
        kind=HolderKind.ORGANISATION,
        organisation=organisation,
        public_key=pair.public,
        generation=generation,
    )
    for to in [recovery, *members]:
        give(made, pair.private, to)
    return made, pair.private


def give(holder: KeyHolder, private: bytes, to: KeyHolder) -> None:
    """Seal a private key to somebody."""
    KeyShare.objects.update_or_create(
        holder=holder, to=to, defaults={"sealed": crypto.seal(bytes(to.public_key), private)}
    )


def recovery_key() -> KeyHolder:
    """The off-line key to which every organisation's key is sealed; InputRefused without one."""
    found = KeyHolder.objects.filter(kind=HolderKind.RECOVERY, retired_at=None).first()
    if found is None:
        raise InputRefused(
            "this site has no recovery key yet; without one a forgotten password could close"
            " records for ever",
            remedy="Make it first: `tutela admin recovery-key --out FILE`, and keep FILE off-line.",
        )
    return found


def ask(organisation_id: uuid.UUID, kind: str, *, but: uuid.UUID) -> None:
    """Give the task to supervisors who hold the organisation's key."""
    having = set(
        KeyShare.objects.filter(
            holder__kind=HolderKind.ORGANISATION,
            holder__organisation=organisation_id,
            holder__retired_at=None,
            to__kind=HolderKind.MEMBER,
        ).values_list("to__user", flat=True)
    )
    able = [one for one in holders(Role.SUPERVISOR, organisation_id) if one in having]
    notify([one for one in able if one != but], kind, organisation_id)
