"""Under which circumstances a role may take an action; each is one small question.

A condition sees the actor, the standing it is asked for and the target: any object with the
attributes that it names. A target that lacks the attribute does not meet the condition.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela.site.permissions.actor import Actor, Standing

Condition = Callable[[Actor, Standing, Any], bool]


def anywhere(actor: Actor, standing: Standing, target: Any) -> bool:
    """Nothing more than the role is asked."""
    return True


def own_organisation(actor: Actor, standing: Standing, target: Any) -> bool:
    """The target belongs to the organisation in which the role is held."""
    return getattr(target, "organisation_id", None) == standing.organisation_id


def oneself(actor: Actor, standing: Standing, target: Any) -> bool:
    """The target is the person's own account."""
    return actor.user_id is not None and getattr(target, "id", None) == actor.user_id


def entitled(actor: Actor, standing: Standing, target: Any) -> bool:
    """The record is sealed to the organisation, among others perhaps."""
    return standing.organisation_id in getattr(target, "entitled_organisations", ())


def assigned(actor: Actor, standing: Standing, target: Any) -> bool:
    """The record is sealed to the organisation, and the person is one of those working on it."""
    return entitled(actor, standing, target) and actor.user_id in getattr(
        target, "assigned_users", ()
    )


def somebody_elses(actor: Actor, standing: Standing, target: Any) -> bool:
    """The target is of the organisation but was not made by the person (four eyes)."""
    maker = getattr(target, "user_id", None)
    return (
        own_organisation(actor, standing, target) and maker is not None and maker != actor.user_id
    )


def made_by_oneself(actor: Actor, standing: Standing, target: Any) -> bool:
    """The target was made by the person."""
    return actor.user_id is not None and getattr(target, "user_id", None) == actor.user_id


def entitled_and_somebody_elses(actor: Actor, standing: Standing, target: Any) -> bool:
    """The record is sealed to the organisation, and was made by somebody else (four eyes)."""
    return entitled(actor, standing, target) and another_persons(actor, standing, target)


def received(actor: Actor, standing: Standing, target: Any) -> bool:
    """The target is addressed to the person, in the organisation in which the role is held."""
    return (
        own_organisation(actor, standing, target)
        and actor.user_id is not None
        and getattr(target, "to_id", None) == actor.user_id
    )


def another_persons(actor: Actor, standing: Standing, target: Any) -> bool:
    """The target was made by somebody else, in whatever organisation."""
    maker = getattr(target, "user_id", None)
    return maker is not None and maker != actor.user_id


#: How each condition reads on the page that shows a person what they may do.
WORDS: dict[Condition, Promise | str] = {
    anywhere: _("always"),
    own_organisation: _("in the same organisation"),
    oneself: _("for one's own account"),
    entitled: _("when the record is sealed to the organisation"),
    assigned: _("when the record is assigned to the person"),
    somebody_elses: _("in the same organisation, and made by somebody else"),
    made_by_oneself: _("when made by oneself"),
    entitled_and_somebody_elses: _(
        "when the record is sealed to the organisation, and made by somebody else"
    ),
    received: _("when addressed to oneself"),
    another_persons: _("when made by somebody else"),
}
