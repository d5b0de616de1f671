"""Pages of emergency access: break the glass, see all, let in, judge."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tutela.site.accounts.notices import finish
from tutela.site.emergency import access, actions
from tutela.site.emergency.forms import OpenForm, ReviewForm
from tutela.site.emergency.models import BreakGlass, State, Verdict
from tutela.site.permissions.decide import decide
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.records import find, kind_of
from tutela.site.permissions.request import StaffRequest
from tutela.site.permissions.roles import Purpose
from tutela.site.vault.crypto import CannotOpen


@guarded(read="emergency.see")
def emergencies(request: StaffRequest) -> HttpResponse:
    """All that the person may see, what waits for a judgement first."""
    rows = [_shown(one) for one in access.emergencies(actor=request.actor)]
    return render(request, "staff/emergencies.html", {"rows": rows})


@guarded(read="emergency.open", write="emergency.open")
def open_record(request: StaffRequest) -> HttpResponse:
    """Break the glass. The record may be named in the address: `?kind=…&record=…`."""
    named = {name: request.GET.get(name, "") for name in ("kind", "record")}
    form = OpenForm(request.POST or None, initial=named)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        purpose, kind = Purpose(said["purpose"]), kind_of(said["kind"])
        found = find(said["kind"], said["record"])
        if found is None or kind is None:
            form.add_error("record", _("There is no such record."))
        elif decide(request.actor, kind.read_action, found, purpose).allowed:
            return redirect(f"{kind.address.format(id=found.id)}?purpose={purpose}")
        else:
            try:
                made = actions.break_glass(
                    actor=request.actor, found=found, kind=kind.name, purpose=purpose,
                    reason=said["reason"],
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("emergency:one", glass_id=made.id)
    status = 400 if form.is_bound else 200
    return render(request, "staff/emergency_open.html", {"form": form}, status=status)


@guarded(read="emergency.see")
def emergency(request: StaffRequest, glass_id: uuid.UUID) -> HttpResponse:
    """One emergency access: why, what was read, and the form that judges it."""
    return _page(request, glass_id)


@guarded(write="emergency.let_in")
def let_in(request: StaffRequest, glass_id: uuid.UUID) -> HttpResponse:
    """Seal the record's key to whoever asked."""
    glass = access.emergency(glass_id, actor=request.actor, action="emergency.let_in")
    found = find(glass.kind, glass.record_id)
    if found is None:
        messages.error(request, _("There is no such record."))
        return redirect("emergency:one", glass_id=glass.id)
    return _do(
        request, glass, lambda: actions.let_in(actor=request.actor, glass=glass, found=found),
        _("The person is let in for three hours."),
    )  # fmt: skip


@guarded(write="emergency.let_in")
def refuse(request: StaffRequest, glass_id: uuid.UUID) -> HttpResponse:
    """Do not let them in."""
    glass = access.emergency(glass_id, actor=request.actor, action="emergency.let_in")
    return _do(
        request, glass, lambda: actions.refuse(actor=request.actor, glass=glass), _("Refused.")
    )


@guarded(write="emergency.close")
def close(request: StaffRequest, glass_id: uuid.UUID) -> HttpResponse:
    """Give it back early."""
    glass = access.emergency(glass_id, actor=request.actor, action="emergency.close")
    return _do(
        request, glass, lambda: actions.close_early(actor=request.actor, glass=glass),
        _("The access is given back."),
    )  # fmt: skip


@guarded(write="emergency.review")
def review(request: StaffRequest, glass_id: uuid.UUID) -> HttpResponse:
    """Judge it."""
    glass = access.emergency(glass_id, actor=request.actor, action="emergency.review")
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            actions.review(
                actor=request.actor, glass=glass, note=form.cleaned_data["note"],
                verdict=Verdict(form.cleaned_data["verdict"]),
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        except CannotOpen:
            form.add_error(None, _("You do not have the key yourself."))
        else:
            messages.success(request, _("Your judgement is written down."))
            return redirect("emergency:one", glass_id=glass.id)
    return _page(request, glass_id, form)


def _do(
    request: StaffRequest, glass: BreakGlass, change: Callable[[], Any], done: str
) -> HttpResponse:
    try:
        change()
        messages.success(request, done)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except CannotOpen:
        messages.error(request, _("You do not have the key yourself."))
    return redirect("emergency:one", glass_id=glass.id)


def _page(
    request: StaffRequest, glass_id: uuid.UUID, form: ReviewForm | None = None
) -> HttpResponse:
    opened = access.open_emergency(glass_id, actor=request.actor)
    for kind in ("emergency_granted", "emergency_settled"):
        finish(kind, glass_id, user_id=request.user.id)
    row, state = opened.row, opened.row.state()

    def may(action: str) -> bool:
        return decide(request.actor, action, row, Purpose.OVERSIGHT).allowed

    to_judge = state in {State.OPEN, State.TO_REVIEW, State.OVERDUE}
    context = {
        **_shown(row),
        "opened": opened,
        "lines": opened.read,
        "own": row.user_id == request.user.id,
        "may_let_in": state is State.ASKED and may("emergency.let_in"),
        "may_close": state is State.OPEN and may("emergency.close"),
        "form": (form or ReviewForm()) if to_judge and may("emergency.review") else None,
    }
    return render(request, "staff/emergency.html", context, status=400 if form else 200)


def _shown(row: BreakGlass) -> dict[str, Any]:
    """A row with its kind in words and, while it is open, the record's page."""
    kind = kind_of(row.kind)
    return {
        "row": row,
        "state": row.state().value,
        "kind": kind.words if kind else row.kind,
        "address": f"{kind.address.format(id=row.record_id)}?purpose={row.purpose}" if kind else "",
    }
