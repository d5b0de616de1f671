"""Pages of data protection: the registers of processing and of breaches."""

from __future__ import annotations

import uuid

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tutela.site.accounts.access import organisations
from tutela.site.data_protection import access, actions
from tutela.site.data_protection.forms import BreachForm, DecisionForm
from tutela.site.data_protection.models import Risk
from tutela.site.data_protection.register import authorities
from tutela.site.data_protection.register import processing as declared
from tutela.site.permissions.decide import decide as decision_on
from tutela.site.permissions.decide import possible
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.request import StaffRequest
from tutela.site.permissions.roles import Purpose

RECORD = "data_protection.record_breach"
DECIDE = "data_protection.decide_breach"


@guarded(read="data_protection.see")
def overview(request: StaffRequest) -> HttpResponse:
    """Where everything about data protection stands, for whoever may open it."""
    retention = apps.is_installed("tutela.site.retention") and possible(
        request.actor, "retention.see"
    )
    context = {
        "may_see": possible(request.actor, access.SEE),
        "retention": reverse("retention:overview") if retention else "",
    }
    return render(request, "staff/data_protection.html", context)


@guarded(read="data_protection.see")
def processing(request: StaffRequest) -> HttpResponse:
    """The register of processing: what is done with whose data, why, for how long."""
    language = get_language() or "en"
    context = {
        "activities": declared(language),
        "controllers": access.controllers(actor=request.actor),
        "periods": _periods(language),
    }
    return render(request, "staff/processing.html", context)


@guarded(read=access.SEE)
def breaches(request: StaffRequest) -> HttpResponse:
    """The register of breaches, what is undecided first."""
    rows = [(one, one.state().value) for one in access.breaches(actor=request.actor)]
    return render(request, "staff/breaches.html", {"rows": rows})


@guarded(read=RECORD, write=RECORD)
def record_breach(request: StaffRequest) -> HttpResponse:
    """Write a breach down."""
    own = organisations(actor=request.actor, action=RECORD, purpose=Purpose.OVERSIGHT)
    form = BreachForm(own, request.POST or None, initial={"aware_at": timezone.localtime()})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        organisation = next(one for one in own if str(one.id) == said.pop("organisation"))
        try:
            made = actions.record_breach(actor=request.actor, organisation=organisation, **said)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Written down. Oversight and administrators are told."))
            if decision_on(request.actor, access.SEE, made, Purpose.OVERSIGHT).allowed:
                return redirect("data_protection:breach", breach_id=made.id)
            return redirect("data_protection:overview")
    status = 400 if form.is_bound else 200
    return render(request, "staff/breach_new.html", {"form": form}, status=status)


@guarded(read=access.SEE)
def breach(request: StaffRequest, breach_id: uuid.UUID) -> HttpResponse:
    """One breach with its clock."""
    return _page(request, breach_id)


@guarded(write=DECIDE)
def decide(request: StaffRequest, breach_id: uuid.UUID) -> HttpResponse:
    """Write down who was told, or why nobody."""
    found = access.breach(breach_id, actor=request.actor, action=DECIDE)
    form = DecisionForm(request.POST)
    if form.is_valid():
        said = dict(form.cleaned_data)
        try:
            actions.decide_breach(
                actor=request.actor, breach=found, risk=Risk(said.pop("risk")), **said
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your decision is written down."))
            return redirect("data_protection:breach", breach_id=found.id)
    return _page(request, breach_id, form)


def _page(
    request: StaffRequest, breach_id: uuid.UUID, form: DecisionForm | None = None
) -> HttpResponse:
    found = access.breach(breach_id, actor=request.actor)
    may = decision_on(request.actor, DECIDE, found, Purpose.OVERSIGHT).allowed
    filled = {
        name: getattr(found, name) for name in ("risk", "reference", "reason", "people_reason")
    } | {
        name: timezone.localtime(moment)
        for name in ("notified_at", "people_told_at")
        if (moment := getattr(found, name)) is not None
    }
    context = {
        "row": found,
        "state": found.state().value,
        "hours": found.hours_left(),
        "authorities": authorities(get_language() or "en"),
        "form": (form or DecisionForm(initial=filled)) if may else None,
    }
    return render(request, "staff/breach.html", context, status=400 if form else 200)


def _periods(language: str) -> dict[str, str]:
    """How long each class is kept, in words, where this deployment keeps any."""
    if not apps.is_installed("tutela.site.retention"):
        return {}
    from tutela.site.retention.classes import in_words, retention_classes

    return {name: in_words(one) for name, one in retention_classes().items()}
