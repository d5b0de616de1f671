"""Pages of children's files."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tutela.site.accounts.access import organisation as access_organisation
from tutela.site.accounts.access import organisations as access_organisations
from tutela.site.accounts.notices import finish
from tutela.site.audit.access import who_read
from tutela.site.cases import access, actions
from tutela.site.cases.forms import (
    AssignForm,
    HappeningForm,
    IdentityForm,
    OpenForm,
    PersonForm,
    SituationForm,
    TaskForm,
)
from tutela.site.cases.happenings import happenings
from tutela.site.cases.law_shown import entitlements, hearing_rules, is_repeat
from tutela.site.cases.models import Part
from tutela.site.cases.opened import OpenFile
from tutela.site.cases.shown import due_words, recordable, shown_duties, shown_states, timeline
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.request import StaffRequest, purpose_of
from tutela.site.permissions.roles import Purpose, Role

#: Roles whose holders can be assigned to a file.
WORKERS = (Role.CASE_WORKER, Role.GUARDIAN)


@guarded(read="cases.list")
def my_files(request: StaffRequest) -> HttpResponse:
    """The children I work for, next duty first; for supervisors those of the whole team."""
    team = bool(access.team_organisations(request.actor))
    whole = team and request.GET.get("show") != "mine"
    words, page = request.GET.get("find", "")[:100], _page_number(request)
    found, more = access.files(actor=request.actor, whole_team=whole, words=words, page=page)
    today = access.today()
    return render(
        request,
        "cases/files.html",
        {
            "files": [(one, due_words(one, today)) for one in found],
            "team": team, "whole": whole, "words": words, "page": page,
            "more": more, "today": today,
            "may_open": bool(_organisations_to_open(request)),
        },
    )  # fmt: skip


@guarded(read="cases.open", write="cases.open")
def new(request: StaffRequest) -> HttpResponse:
    """Open a file."""
    choices = _organisations_to_open(request)
    form = OpenForm(choices, request.POST or None)
    if request.method == "POST" and form.is_valid():
        organisation = access_organisation(
            uuid.UUID(form.cleaned_data["organisation"]), actor=request.actor,
            action="cases.open", purpose=Purpose.PROTECTION,
        )  # fmt: skip
        made = _attempt(
            form,
            lambda: actions.open_file(
                actor=request.actor, organisation=organisation, identity=form.identity(),
                situation=form.cleaned_data["situation"],
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("The file is open. Its name in lists is %s.") % made)
            return redirect("cases:file", file_id=made.id)
    return render(request, "cases/new.html", {"form": form}, status=_status(form))


@guarded(read="cases.read", emergency=True)
def file(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """One child's file."""
    found = access.open_file(
        file_id, actor=request.actor, purpose=purpose_of(request, Purpose.PROTECTION)
    )
    return _file_page(request, found)


@guarded(read="cases.record", write="cases.record")
def identity(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """Who the child is: the former words stay in the file."""
    found = access.open_file(file_id, actor=request.actor)
    form = IdentityForm(request.POST or None, initial=dict(found.identity))
    if request.method == "POST" and form.is_valid():

        def change() -> bool:
            actions.correct_identity(actor=request.actor, file_id=file_id, identity=form.identity())
            return True

        if _attempt(form, change):
            messages.success(request, _("Saved."))
            return redirect("cases:file", file_id=file_id)
    return render(
        request, "cases/identity.html", {"open": found, "form": form}, status=_status(form)
    )


@guarded(read="cases.record", write="cases.record")
def record(request: StaffRequest, file_id: uuid.UUID, event: str) -> HttpResponse:
    """Record a dated fact, with the rules to heed beside it."""
    if event not in happenings():
        raise Http404
    found = access.open_file(file_id, actor=request.actor)
    form = HappeningForm(event, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _attempt(
            form,
            lambda: actions.record_happening(
                actor=request.actor, file_id=file_id, event=event,
                on=form.cleaned_data["on"], words=form.words(),
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Recorded."))
            return redirect("cases:file", file_id=file_id)
    context = {
        "open": found,
        "form": form,
        "what": happenings()[event].label[request.LANGUAGE_CODE],
        "rules": hearing_rules(event, found.today, request.LANGUAGE_CODE),
        "repeat": is_repeat(event, found.happened),
    }
    return render(request, "cases/record.html", context, status=_status(form))


@guarded(write="cases.record")
def change_situation(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """Put the file on another track."""
    form = SituationForm(request.POST)
    return _done(
        request, file_id, form, "situation",
        lambda: actions.change_situation(
            actor=request.actor, file_id=file_id, situation=form.cleaned_data["situation"]
        ),
    )  # fmt: skip


@guarded(write="cases.record")
def withdraw(request: StaffRequest, file_id: uuid.UUID, happening_id: uuid.UUID) -> HttpResponse:
    """Strike out an entry made by mistake."""
    return _done(
        request, file_id, None, "",
        lambda: actions.withdraw_happening(
            actor=request.actor, file_id=file_id, happening_id=happening_id
        ),
    )  # fmt: skip


@guarded(write="cases.record")
def add_person(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """Note somebody around the child."""
    found = access.open_file(file_id, actor=request.actor)
    form = PersonForm(access.colleagues(found.file, roles=WORKERS), request.POST)

    def add() -> None:
        said = form.cleaned_data
        actions.add_person(
            actor=request.actor, file_id=file_id, part=Part(said["part"]), since=said["since"],
            who={"name": said["name"], "reach": said["reach"]},
            user_id=uuid.UUID(said["member"]) if said["member"] else None,
        )  # fmt: skip

    return _done(request, file_id, form, "person", add, found)


@guarded(write="cases.record")
def cut_off(request: StaffRequest, file_id: uuid.UUID, person_id: uuid.UUID) -> HttpResponse:
    """A representative is suspected or in conflict."""
    return _done(
        request, file_id, None, "",
        lambda: actions.cut_off_person(
            actor=request.actor, file_id=file_id, person_id=person_id
        ),
    )  # fmt: skip


@guarded(write="cases.record")
def add_task(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """Plan something."""
    found = access.open_file(file_id, actor=request.actor)
    form = TaskForm(found.workers, request.POST)

    def add() -> None:
        said = form.cleaned_data
        actions.add_task(
            actor=request.actor, file_id=file_id, text=said["text"], due=said["due"],
            owner_id=uuid.UUID(said["owner"]),
        )  # fmt: skip

    return _done(request, file_id, form, "task", add, found)


@guarded(write="cases.record")
def finish_task(request: StaffRequest, file_id: uuid.UUID, task_id: uuid.UUID) -> HttpResponse:
    """A task is done."""
    return _done(
        request, file_id, None, "",
        lambda: actions.finish_task(actor=request.actor, file_id=file_id, task_id=task_id),
    )  # fmt: skip


@guarded(write="cases.assign")
def assign(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """Let a colleague work on the file."""
    found = access.open_file(file_id, actor=request.actor)
    form = AssignForm(access.colleagues(found.file, roles=WORKERS), request.POST)
    return _done(
        request, file_id, form, "assign",
        lambda: actions.assign(
            actor=request.actor, file_id=file_id, user_id=uuid.UUID(form.cleaned_data["member"])
        ),
        found,
    )  # fmt: skip


@guarded(write="cases.assign")
def end_assignment(request: StaffRequest, file_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """Take a colleague off the file."""
    return _done(
        request, file_id, None, "",
        lambda: actions.end_assignment(actor=request.actor, file_id=file_id, user_id=user_id),
    )  # fmt: skip


@guarded(write="cases.close")
def close(request: StaffRequest, file_id: uuid.UUID) -> HttpResponse:
    """Close the file, or open it again."""
    action = actions.reopen_file if "reopen" in request.POST else actions.close_file
    return _done(request, file_id, None, "", lambda: action(actor=request.actor, file_id=file_id))


def _file_page(request: StaffRequest, found: OpenFile, **bound: Form) -> HttpResponse:
    language, actor = request.LANGUAGE_CODE, request.actor
    if actor.user_id is not None:
        finish("file_assigned", found.id, user_id=actor.user_id)
    context: dict[str, Any] = {
        "open": found,
        "states": shown_states(found, language),
        "due": shown_duties(found.pending, language),
        "done": shown_duties([one for one in found.duties if one.state == "done"], language),
        "timeline": timeline(found, language),
        "recordable": recordable(found, language),
        "entitlements": entitlements(found.file.situation, found.today, language),
        "lines": who_read(found.id),
        "may_record": access.may(found, "cases.record", actor=actor),
        "may_close": access.may(found, "cases.close", actor=actor),
        "situation_form": SituationForm(initial={"situation": found.file.situation}),
    }
    if context["may_record"]:
        members = access.colleagues(found.file, roles=WORKERS)
        context["person_form"] = PersonForm(members)
        context["task_form"] = TaskForm(found.workers)
    if access.may(found, "cases.assign", actor=actor):
        context["assign_form"] = AssignForm(access.colleagues(found.file, roles=WORKERS))
    context.update(bound)
    return render(request, "cases/file.html", context, status=400 if bound else 200)


def _done(
    request: StaffRequest, file_id: uuid.UUID, form: Form | None, name: str,
    act: Callable[[], Any], found: OpenFile | None = None,
) -> HttpResponse:  # fmt: skip
    """Act and go back to the file; with what was typed where it is refused."""
    if form is None:
        try:
            act()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("cases:file", file_id=file_id)
    if form.is_valid():

        def acted() -> bool:
            act()
            return True

        if _attempt(form, acted):
            messages.success(request, _("Saved."))
            return redirect("cases:file", file_id=file_id)
    found = found or access.open_file(file_id, actor=request.actor)
    return _file_page(request, found, **{f"{name}_form": form})


def _attempt(form: Form, act: Callable[[], Any]) -> Any:
    """What the action returns; None with its refusal in the form."""
    try:
        return act()
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None


def _status(form: Form) -> int:
    return 400 if form.is_bound and form.errors else 200


def _organisations_to_open(request: StaffRequest) -> list[tuple[str, str]]:
    found = access_organisations(
        actor=request.actor, action="cases.open", purpose=Purpose.PROTECTION
    )
    return [(str(one.id), str(one)) for one in found]


def _page_number(request: StaffRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
