"""What a person is, today: own roles, and roles lent by those for whom they stand in."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from tutela.site.accounts.models import Deputy, Membership, User
from tutela.site.permissions.actor import Actor, Standing
from tutela.site.permissions.roles import NEVER_LENT, Role


def standings(user: User) -> tuple[Standing, ...]:
    """The roles that count now; a role lent to somebody who holds it anyway is not repeated.

    A deputy must be an active member of the same organisation, and receives none of NEVER_LENT.
    """
    own = [_standing(one) for one in _current().filter(user=user)]
    today = timezone.localdate()
    absences = Deputy.objects.filter(
        deputy=user, first_day__lte=today, back_on__gt=today, absent__is_active=True
    )
    lent = []
    for absence in absences:
        if absence.organisation_id not in {one.organisation_id for one in own}:
            continue
        roles = (
            _current()
            .filter(user=absence.absent_id, organisation=absence.organisation_id)
            .exclude(role__in=NEVER_LENT)
        )
        lent += [_standing(one, lent_by=str(one.user)) for one in roles]
    held = {(one.role, one.organisation_id) for one in own}
    return (*own, *(one for one in lent if (one.role, one.organisation_id) not in held))


def actor_with(email: str) -> Actor:
    """The person with this address as an actor without keys; KeyError where there is none."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        raise KeyError(email)
    return Actor(name=str(user), user_id=user.id, standings=standings(user))


def _current() -> QuerySet[Membership]:
    now = timezone.now()
    return (
        Membership.objects.filter(Q(until=None) | Q(until__gt=now), user__is_active=True)
        .select_related("organisation", "user")
        .order_by("organisation__name", "role")
    )


def _standing(membership: Membership, lent_by: str = "") -> Standing:
    return Standing(
        Role(membership.role),
        membership.organisation_id,
        str(membership.organisation),
        lent_by,
    )
