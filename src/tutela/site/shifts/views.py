"""Pages of a shift's end."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tutela.site.accounts.access import organisation as access_organisation
from tutela.site.audit.access import who_read
from tutela.site.permissions.decide import decide
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.request import StaffRequest, purpose_of
from tutela.site.permissions.roles import Purpose
from tutela.site.shifts import access, actions
from tutela.site.shifts.forms import HandOverForm
from tutela.site.shifts.holdings import held_by, holdings_of
from tutela.site.vault.crypto import CannotOpen
from tutela.site.vault.envelopes import NoKey


@guarded(read="shifts.see")
def shift(request: StaffRequest) -> HttpResponse:
    """What waits to be taken over; and for each organisation what one holds, and the form."""
    return _page(request)


@guarded(write="shifts.hand_over")
def hand_over(request: StaffRequest, organisation_id: uuid.UUID) -> HttpResponse:
    """Hand over everything held open in one organisation."""
    found = access_organisation(
        organisation_id, actor=request.actor, action="shifts.hand_over", purpose=Purpose.TRIAGE
    )
    form = HandOverForm(access.who_may_take_over(found, actor=request.actor), request.POST)
    if form.is_valid():
        try:
            actions.hand_over(
                actor=request.actor, organisation=found, note=form.cleaned_data["note"],
                to=uuid.UUID(form.cleaned_data["to"]),
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        except NoKey:
            form.add_error(None, _("Your organisation has no key yet."))
        else:
            messages.success(
                request, _("Handed over. The clock runs until your colleague takes over.")
            )
            return redirect("shifts:shift")
    return _page(request, {found.id: form})


@guarded(read="shifts.read", emergency=True)
def handover(request: StaffRequest, handover_id: uuid.UUID) -> HttpResponse:
    """One handover: what is held, the note, who read it."""
    purpose = purpose_of(request, Purpose.TRIAGE)
    try:
        opened = access.open_handover(handover_id, actor=request.actor, purpose=purpose)
    except CannotOpen:
        return render(request, "staff/cannot_open.html", status=404)
    row = opened.row
    kinds = [(holdings_of(kind), number) for kind, number in row.held]

    def may(action: str) -> bool:
        return decide(request.actor, action, row, Purpose.TRIAGE).allowed

    context = {
        "row": row,
        "state": row.state().value,
        "note": opened.note,
        "until": opened.permit.until,
        "held": [(kind.words, number) for kind, number in kinds if kind is not None],
        "may_take": may("shifts.take_over"),
        "may_take_back": may("shifts.take_back"),
        "lines": who_read(row.id),
    }
    return render(request, "staff/handover.html", context)


@guarded(write="shifts.take_over")
def take(request: StaffRequest, handover_id: uuid.UUID) -> HttpResponse:
    """Take over."""
    found = access.handover(handover_id, actor=request.actor, action="shifts.take_over")
    try:
        actions.take_over(actor=request.actor, handover=found)
        messages.success(request, _("You have taken over."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("shifts:handover", handover_id=found.id)


@guarded(write="shifts.take_back")
def take_back(request: StaffRequest, handover_id: uuid.UUID) -> HttpResponse:
    """Take one's own handover back."""
    found = access.handover(handover_id, actor=request.actor, action="shifts.take_back")
    try:
        actions.take_back(actor=request.actor, handover=found)
        messages.success(request, _("Taken back. You hold everything as before."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("shifts:shift")


def _page(
    request: StaffRequest, forms: dict[uuid.UUID, HandOverForm] | None = None
) -> HttpResponse:
    forms = forms or {}
    desks: list[dict[str, Any]] = []
    for organisation_id, name in access.shift_organisations(actor=request.actor):
        found = access_organisation(
            organisation_id, actor=request.actor, action="shifts.hand_over", purpose=Purpose.TRIAGE
        )
        colleagues = access.who_may_take_over(found, actor=request.actor)
        desks.append(
            {
                "id": organisation_id,
                "name": name,
                "held": held_by(request.user.id, organisation_id),
                "colleagues": colleagues,
                "form": forms.get(organisation_id) or HandOverForm(colleagues),
            }
        )
    rows = [(one, one.state().value) for one in access.handovers(actor=request.actor)]
    context = {
        "desks": desks,
        "to_me": [row for row in rows if row[0].to_id == request.user.id],
        "others": [row for row in rows if row[0].to_id != request.user.id],
    }
    return render(request, "staff/shift.html", context, status=400 if forms else 200)
