"""What people say of an emergency: why a record must be opened, and whether that was right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela.site.emergency.models import Verdict
from tutela.site.permissions.records import kinds
from tutela.site.permissions.roles import Purpose

PURPOSES = (Purpose.PROTECTION, Purpose.TRIAGE, Purpose.PROSECUTION)


class OpenForm(forms.Form):
    """Which record, what for, and why now."""

    kind = forms.ChoiceField(label=_("Kind of record"))
    record = forms.UUIDField(label=_("Number of the record"))
    purpose = forms.ChoiceField(
        label=_("What for"), choices=[(str(one), one.label) for one in PURPOSES]
    )
    reason = forms.CharField(
        label=_("Why must you open it now?"),
        help_text=_("In a sentence. Supervisors and oversight read it; it is kept encrypted."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (one.name, one.words) for one in kinds()
        ]


class ReviewForm(forms.Form):
    """Whether it was justified."""

    verdict = forms.ChoiceField(
        label=_("Was it justified?"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Needed where it was not justified. The person reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        required=False,
    )
