"""What was handed over: pages of the receiver, who answers by name."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tutela.site.permissions.gate import guarded
from tutela.site.permissions.request import StaffRequest
from tutela.site.reports import access, actions
from tutela.site.reports.doors import DOORS
from tutela.site.reports.models import HandoverState


@guarded(read="handovers.list")
def received(request: StaffRequest) -> HttpResponse:
    """What was sent to us, not acknowledged first."""
    rows = access.received(actor=request.actor)
    return render(request, "desk/received.html", {"rows": rows})


@guarded(read="handovers.read", write="handovers.answer")
def handover(request: StaffRequest, handover_id: uuid.UUID) -> HttpResponse:
    """One handover: read it, acknowledge it by name, accept or refuse it."""
    problem = ""
    if request.method == "POST":
        state = request.POST.get("state", "")
        try:
            if state not in HandoverState.values or state == HandoverState.SENT:
                raise ValidationError(_("Choose what you answer."))
            actions.answer_handover(
                actor=request.actor, handover_id=handover_id, state=HandoverState(state),
                words=request.POST.get("text", ""),
            )  # fmt: skip
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, _("The hotline sees your answer and your name."))
            return redirect("desk:handover", handover_id=handover_id)
    found, extract, answer = access.open_handover(handover_id, actor=request.actor)
    door = DOORS[extract["door"]]
    answers = [
        (asked.words, [asked.label(one) for one in extract["answers"][asked.name]])
        for asked in door.questions
        if extract["answers"].get(asked.name) and asked.name != "addresses"
    ]
    context = {
        "handover": found, "extract": extract, "answer": answer, "answers": answers,
        "door": door.title, "problem": problem, "typed": request.POST.get("text", ""),
    }  # fmt: skip
    return render(request, "desk/handover.html", context, status=400 if problem else 200)
