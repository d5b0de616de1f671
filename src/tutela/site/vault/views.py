"""Pages about an organisation's key: who has it, give it, replace it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tutela.errors import InputRefused
from tutela.site.accounts.access import organisation as access_organisation
from tutela.site.permissions.decide import decide
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.request import StaffRequest
from tutela.site.permissions.roles import Purpose
from tutela.site.vault import actions
from tutela.site.vault.crypto import CannotOpen
from tutela.site.vault.envelopes import NoKey, current_key


@guarded(read="vault.see_keys")
def keys(request: StaffRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """The organisation's key, and who is entitled to it but has none yet."""
    found = access_organisation(organisation_id, actor=request.actor, action="vault.see_keys")
    try:
        current = current_key(found.id)
    except NoKey:
        current = None
    may_grant = decide(request.actor, "vault.grant_key", found, Purpose.ADMINISTRATION).allowed
    has_key = (
        current is not None
        and request.actor.keys is not None
        and current.id in request.actor.keys.holders()
    )
    context = {
        "organisation": found,
        "current": current,
        "waiting": actions.without_key(found),
        "may_act": may_grant and has_key,
    }
    return render(request, "staff/keys.html", context)


@guarded(write="vault.grant_key")
def grant(request: StaffRequest, organisation_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """Give a member the key."""
    found = access_organisation(organisation_id, actor=request.actor, action="vault.grant_key")
    for one in actions.without_key(found):
        if one.id == user_id:
            try:
                actions.grant_key(actor=request.actor, organisation=found, user=one)
                messages.success(request, _("The key is given."))
            except (CannotOpen, NoKey, InputRefused):
                messages.error(request, _("You do not have the key yourself."))
    return redirect("vault:keys", organisation_id=found.id)


@guarded(write="vault.rotate_key")
def rotate(request: StaffRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Replace the key; asks to go on while records are left."""
    found = access_organisation(organisation_id, actor=request.actor, action="vault.rotate_key")
    try:
        left = actions.rotate_key(actor=request.actor, organisation=found)
    except (CannotOpen, NoKey):
        messages.error(request, _("You do not have the key yourself."))
    else:
        if left:
            text = _("%(n)s records are still sealed to the old key. Replace once more to go on.")
            messages.warning(request, text % {"n": left})
        else:
            messages.success(request, _("The key is replaced."))
    return redirect("vault:keys", organisation_id=found.id)
