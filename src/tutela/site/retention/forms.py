"""What is said of a record that must be kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela.site.permissions.records import kinds


class HoldForm(forms.Form):
    """Which record must be kept, why, until when."""

    kind = forms.ChoiceField(label=_("Kind of record"))
    record = forms.UUIDField(label=_("Number of the record"))
    reason = forms.CharField(
        label=_("Why must it be kept?"),
        help_text=_("An order, a complaint, a trial. It is kept encrypted."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    until = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (one.name, one.words) for one in kinds()
        ]
