"""Pages about an organisation: who belongs to it, who is invited, who stands in for whom."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tutela.site.accounts import access, actions
from tutela.site.accounts.forms import DeputyForm, InviteForm
from tutela.site.accounts.models import Organisation
from tutela.site.permissions.decide import decide
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.request import StaffRequest
from tutela.site.permissions.roles import Purpose


@guarded(read=access.SEE)
def organisations(request: StaffRequest) -> HttpResponse:
    """The organisations whose members one may see; straight on where there is one."""
    found = access.organisations(actor=request.actor)
    if len(found) == 1:
        return redirect("accounts:organisation", organisation_id=found[0].id)
    return render(request, "staff/organisations.html", {"organisations": found})


@guarded(read=access.SEE)
def organisation(request: StaffRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Members, invitations and absences of one organisation."""
    found = access.organisation(organisation_id, actor=request.actor)
    return _page(request, found)


@guarded(write="accounts.invite")
def invite(request: StaffRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Invite somebody; the link is shown once, to be handed over by another way."""
    found = access.organisation(organisation_id, actor=request.actor, action="accounts.invite")
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            made, secret = actions.invite(
                actor=request.actor, organisation=found, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            if made is None:
                messages.success(request, _("This person has an account and now has the roles."))
                return redirect("accounts:organisation", organisation_id=found.id)
            link = request.build_absolute_uri(reverse("accounts:invitation", args=[secret]))
            context = {"organisation": found, "invitation": made, "link": link}
            return render(request, "staff/invited.html", context)
    return _page(request, found, invite_form=form)


@guarded(write="accounts.invite")
def withdraw(request: StaffRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Withdraw an invitation."""
    found = access.invitation(invitation_id, actor=request.actor)
    actions.withdraw_invitation(actor=request.actor, invitation=found)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("accounts:organisation", organisation_id=found.organisation_id)


@guarded(write="accounts.end_membership")
def end_membership(request: StaffRequest, membership_id: uuid.UUID) -> HttpResponse:
    """End somebody's role."""
    found = access.membership(membership_id, actor=request.actor)
    try:
        actions.end_membership(actor=request.actor, membership=found)
        messages.success(request, _("The role is ended."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("accounts:organisation", organisation_id=found.organisation_id)


@guarded(write="accounts.start_anew")
def start_anew(request: StaffRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Let somebody who lost password or second factor choose both again; link shown once."""
    found = access.membership(membership_id, actor=request.actor, action="accounts.start_anew")
    made, secret = actions.start_anew(actor=request.actor, membership=found)
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[secret]))
    context = {"organisation": found.organisation, "invitation": made, "link": link}
    return render(request, "staff/invited.html", context)


@guarded(write="accounts.name_deputy")
def name_deputy(request: StaffRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Name a deputy for an absence."""
    found = access.organisation(organisation_id, actor=request.actor, action="accounts.name_deputy")
    form = DeputyForm(found, request.POST)
    if form.is_valid():
        try:
            actions.name_deputy(actor=request.actor, organisation=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The deputy is named and told."))
            return redirect("accounts:organisation", organisation_id=found.id)
    return _page(request, found, deputy_form=form)


@guarded(write="accounts.name_deputy")
def end_deputy(request: StaffRequest, deputy_id: uuid.UUID) -> HttpResponse:
    """End an absence early."""
    found = access.deputy(deputy_id, actor=request.actor)
    actions.end_deputy(actor=request.actor, deputy=found)
    messages.success(request, _("The absence is ended."))
    return redirect("accounts:organisation", organisation_id=found.organisation_id)


def _page(request: StaffRequest, found: Organisation, **forms: Form) -> HttpResponse:
    """The organisation's page, with the forms that the person may use."""
    actor = request.actor
    context: dict[str, Any] = {
        "organisation": found,
        "members": access.members(found, actor=actor),
        "invitations": access.open_invitations(found, actor=actor),
        "deputies": access.deputies(found, actor=actor),
        "may_end": _may(request, "accounts.end_membership", found),
    }
    if settings.DEPLOYMENT.has_identities and _may(request, "vault.see_keys", found):
        context["keys_address"] = reverse("vault:keys", args=[found.id])
    if _may(request, "accounts.invite", found):
        context["invite_form"] = forms.get("invite_form", InviteForm())
    if _may(request, "accounts.name_deputy", found):
        context["deputy_form"] = forms.get("deputy_form", DeputyForm(found))
    return render(request, "staff/organisation.html", context, status=400 if forms else 200)


def _may(request: StaffRequest, action: str, found: Organisation) -> bool:
    return decide(request.actor, action, found, Purpose.ADMINISTRATION).allowed
