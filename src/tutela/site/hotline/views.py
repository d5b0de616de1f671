"""Pages beside the desk: one's own limits and notes, drafts, receivers outside, children."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tutela.site.hotline import access, actions
from tutela.site.hotline.forms import ChildForm, DebriefForm, ReceiverForm
from tutela.site.hotline.models import OwnKind
from tutela.site.hotline.wellness import load
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.request import StaffRequest
from tutela.site.permissions.roles import Role
from tutela.site.reports.call_sheet import CallSheet
from tutela.site.reports.receivers import receivers

KEEP = "hotline.keep"


@guarded(read=KEEP, write=KEEP)
def rest(request: StaffRequest) -> HttpResponse:
    """How long one has worked on hard material, and notes that one alone can open."""
    form = DebriefForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if _did(
            form, lambda: actions.keep(actor=request.actor, kind=OwnKind.DEBRIEF, content=text)
        ):
            messages.success(request, _("Kept. Only you can open it."))
            return redirect("hotline:rest")
    context = {
        "load": load(request.user.id), "form": form,
        "notes": access.own_notes(OwnKind.DEBRIEF, actor=request.actor),
    }  # fmt: skip
    return render(request, "hotline/rest.html", context, status=_status(form))


@guarded(write="hotline.reopen")
def discard(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """Destroy a note or a draft of one's own."""
    actions.discard(actor=request.actor, note_id=note_id)
    messages.success(request, _("Destroyed."))
    return redirect("hotline:rest")


@guarded(read=KEEP, write=KEEP)
def drafts(request: StaffRequest) -> HttpResponse:
    """Drafts of telephone sheets: keep what is typed so far, whatever is missing."""
    if request.method == "POST":
        sheet = {
            name: request.POST.getlist(name)
            for name in CallSheet.base_fields
            if any(request.POST.getlist(name))
        }
        try:
            made = actions.keep(actor=request.actor, kind=OwnKind.DRAFT, content=sheet)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("hotline:drafts")
        messages.success(request, _("The draft is kept. Only you can open it."))
        return redirect("hotline:draft", note_id=made.id)
    kept = access.own_notes(OwnKind.DRAFT, actor=request.actor)
    return render(request, "hotline/drafts.html", {"drafts": kept})


@guarded(read="hotline.reopen")
def draft(request: StaffRequest, note_id: uuid.UUID) -> HttpResponse:
    """A draft as the sheet that it was, to go on with."""
    found = access.own_note(note_id, actor=request.actor)
    given = QueryDict(mutable=True)
    for name, values in (found.content or {}).items():
        given.setlist(name, values)
    form = CallSheet(initial={name: _first(name, given) for name in given})
    return render(request, "desk/call.html", {"form": form})


@guarded(read="hotline.outbox")
def outside(request: StaffRequest) -> HttpResponse:
    """What is on its way to receivers outside, and who declared which channel."""
    return _outside(request, ReceiverForm(_names(request)))


@guarded(write="hotline.declare")
def declare(request: StaffRequest) -> HttpResponse:
    """A receiver outside declares its channel and its key."""
    form = ReceiverForm(_names(request), request.POST)
    standing = next(one for one in request.actor.standings if one.role == Role.SUPERVISOR)
    if form.is_valid() and _did(
        form,
        lambda: actions.declare_receiver(
            actor=request.actor, standing=standing, **form.cleaned_data
        ),
    ):
        messages.success(request, _("The channel is declared. From now on reports go out by it."))
        return redirect("hotline:outside")
    return _outside(request, form)


@guarded(write="hotline.send_again")
def again(request: StaffRequest, outgoing_id: uuid.UUID) -> HttpResponse:
    """Try a delivery again with the next minute."""
    actions.send_again(actor=request.actor, outgoing_id=outgoing_id)
    messages.success(request, _("It is tried again within a minute."))
    return redirect("hotline:outside")


@guarded(read="reports.work", write="reports.work")
def children(request: StaffRequest, report_id: uuid.UUID) -> HttpResponse:
    """The children whom a report is about: each becomes a stub of a file."""
    form = ChildForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if _did(
            form,
            lambda: actions.make_stub(actor=request.actor, report_id=report_id, content=said),
        ):
            messages.success(request, _("Kept as the beginning of a child's file."))
            return redirect("hotline:children", report_id=report_id)
    context = {
        "stubs": access.stubs(report_id, actor=request.actor), "form": form,
        "report_id": report_id,
    }  # fmt: skip
    return render(request, "hotline/children.html", context, status=_status(form))


def _outside(request: StaffRequest, form: ReceiverForm) -> HttpResponse:
    names = dict(_names(request))
    context = {
        "rows": [(one, names.get(one.receiver.to)) for one in access.outbox(actor=request.actor)],
        "receivers": [
            (one, names.get(one.to)) for one in access.outside_receivers(actor=request.actor)
        ],
        "form": form if access.may_declare(actor=request.actor) else None,
    }
    return render(request, "hotline/outside.html", context, status=_status(form))


def _names(request: StaffRequest) -> list[tuple[str, str]]:
    language = request.LANGUAGE_CODE
    return sorted(
        ((code, words[language]) for code, words in receivers().items()), key=lambda one: one[1]
    )


def _first(name: str, given: QueryDict) -> Any:
    """The values of a field as its widget takes them: a list where several may be chosen."""
    several = name in {"forms_of", "situations"}
    return given.getlist(name) if several else given.get(name)


def _did(form: Any, act: Any) -> bool:
    """Whether the action was taken; a refusal is shown with the form and what was typed."""
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    return True


def _status(form: Any) -> int:
    return 400 if form.is_bound and form.errors else 200
