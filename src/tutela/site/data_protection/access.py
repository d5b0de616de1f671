"""Reading the register of breaches."""

from __future__ import annotations

import uuid

from tutela.site.accounts.access import colleagues
from tutela.site.accounts.models import Organisation
from tutela.site.audit.models import Act
from tutela.site.audit.record import record
from tutela.site.data_protection.models import Breach
from tutela.site.permissions.actor import Actor
from tutela.site.permissions.decide import decide, require
from tutela.site.permissions.roles import Purpose, Role

SEE = "data_protection.see_breaches"


def breaches(*, actor: Actor) -> list[Breach]:
    """The breaches of organisations in which the actor may see them: undecided, then newest."""
    found = [
        (one, decide(actor, SEE, one, Purpose.OVERSIGHT))
        for one in Breach.objects.filter(organisation__in=actor.organisations())
        .select_related("organisation", "user")
        .order_by("-aware_at")
    ]
    seen = [one for one, decision in found if decision.allowed]
    for decision in [d for _, d in found if d.allowed][:1]:
        record(decision, actor=actor, act=Act.READ, kind="breach", subjects=[o.id for o in seen])
    return sorted(seen, key=lambda one: one.decided_at is not None)


def breach(breach_id: uuid.UUID, *, actor: Actor, action: str = SEE) -> Breach:
    """One breach on which the actor may take `action`; written down as read."""
    found = Breach.objects.filter(id=breach_id).select_related("organisation", "user").first()
    decision = require(actor, action, found, Purpose.OVERSIGHT)
    assert found is not None  # noqa: S101 - no condition is met by nothing
    record(decision, actor=actor, act=Act.READ, kind="breach", subjects=[found.id])
    return found


def controllers(*, actor: Actor) -> list[tuple[str, list[str]]]:
    """The actor's organisations, each with the names of those who watch over data protection."""
    require(actor, "data_protection.see", None, Purpose.OVERSIGHT)
    own = Organisation.objects.filter(id__in=actor.organisations()).order_by("name")
    return [
        (one.name, [str(person) for person in colleagues(one, [Role.OVERSIGHT])]) for one in own
    ]
