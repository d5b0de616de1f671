"""Pages of retention: what is kept how long, what is due, what is held."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tutela.site.permissions.decide import possible
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.records import find
from tutela.site.permissions.request import StaffRequest
from tutela.site.retention import access, actions
from tutela.site.retention.classes import EVENTS, in_words
from tutela.site.retention.forms import HoldForm
from tutela.site.vault.envelopes import NoKey


@guarded(read=access.SEE)
def overview(request: StaffRequest) -> HttpResponse:
    """Classes with their periods, what is due, the holds, and the form to hold a record."""
    return _page(request)


@guarded(write="retention.hold")
def hold(request: StaffRequest) -> HttpResponse:
    """Hold a record."""
    form = HoldForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        found = find(said["kind"], said["record"])
        if found is None:
            form.add_error("record", _("There is no such record."))
        else:
            try:
                actions.hold(
                    actor=request.actor, found=found, kind=said["kind"], reason=said["reason"],
                    until=said["until"],
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error)
            except NoKey:
                form.add_error(None, _("Your organisation has no key yet."))
            else:
                messages.success(request, _("The record is held."))
                return redirect("retention:overview")
    return _page(request, form)


@guarded(write="retention.lift")
def lift(request: StaffRequest, hold_id: uuid.UUID) -> HttpResponse:
    """Lift a hold."""
    found = access.hold(hold_id, actor=request.actor)
    try:
        actions.lift(actor=request.actor, hold=found)
        messages.success(request, _("The hold is lifted."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("retention:overview")


def _page(request: StaffRequest, form: HoldForm | None = None) -> HttpResponse:
    language = get_language() or "en"
    rows = [
        (one.declared.words[language], in_words(one.declared), EVENTS[one.declared.event], one)
        for one in access.classes_now(actor=request.actor)
    ]
    may_hold = possible(request.actor, "retention.hold")
    context = {
        "rows": rows,
        "holds": access.holds(actor=request.actor),
        "form": (form or HoldForm()) if may_hold else None,
    }
    return render(request, "staff/retention.html", context, status=400 if form else 200)
