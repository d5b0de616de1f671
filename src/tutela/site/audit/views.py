"""The viewer of the audit log, for oversight."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tutela.site.audit.access import Filter, entries
from tutela.site.audit.models import Act
from tutela.site.permissions.gate import guarded
from tutela.site.permissions.request import StaffRequest


class FilterForm(forms.Form):
    """What to look for; an empty field asks nothing."""

    act = forms.ChoiceField(
        label=_("What happened"), required=False, choices=[("", "–"), *Act.choices]
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    record = forms.UUIDField(label=_("Number of a record"), required=False)
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


@guarded(read="audit.read")
def log(request: StaffRequest) -> HttpResponse:
    """Rows of the log, newest first, fifty at a time."""
    form = FilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    page = asked.get("page") or 1
    wanted = Filter(
        act=asked.get("act") or None, subject_id=asked.get("record"), day=asked.get("day")
    )
    lines, more = entries(actor=request.actor, wanted=wanted, page=page)
    query = request.GET.copy()
    query["page"] = str(page + 1)
    context = {
        "form": form, "lines": lines, "next": query.urlencode() if more else "", "page": page,
    }  # fmt: skip
    return render(request, "staff/audit.html", context, status=200 if form.is_valid() else 400)
