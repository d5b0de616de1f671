"""What is said of a breach, and of what was decided about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models import Organisation
from tutela.site.data_protection.models import Nature, Risk

_NO_NAMES = _("No names, and nothing about a child: this register is not encrypted.")


def _moment(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    return forms.DateTimeField(
        label=label, required=required, help_text=help_text, widget=widget, input_formats=formats
    )


def _words(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class BreachForm(forms.Form):
    """What happened (GDPR art. 33(3))."""

    organisation = forms.ChoiceField(label=_("Organisation"))
    aware_at = _moment(
        _("When did somebody here become aware?"), help_text=_("The 72 hours run from then.")
    )
    happened_at = _moment(
        _("When did it happen?"), required=False, help_text=_("Leave it out if it is not known.")
    )
    nature = forms.MultipleChoiceField(
        label=_("What happened"), choices=Nature.choices, widget=forms.CheckboxSelectMultiple
    )
    description = _words(_("In a few words"), help_text=_NO_NAMES)
    people = forms.IntegerField(
        label=_("About how many people"), required=False, min_value=0,
        help_text=_("Leave it out if it is not known."),
    )  # fmt: skip
    records = forms.IntegerField(
        label=_("About how many records"), required=False, min_value=0,
        help_text=_("Leave it out if it is not known."),
    )  # fmt: skip
    consequences = _words(_("Likely consequences"), required=False)
    measures = _words(_("What was done, or is proposed"), required=False)

    def __init__(self, organisations: list[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            (str(one.id), one.name) for one in organisations
        ]


class DecisionForm(forms.Form):
    """Who was told (GDPR art. 33 and 34)."""

    risk = forms.ChoiceField(
        label=_("Risk to the people concerned"), choices=Risk.choices, widget=forms.RadioSelect
    )
    notified_at = _moment(
        _("When was the authority told?"), required=False,
        help_text=_("Leave it out where it is not told."),
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Reference of the authority"), required=False, max_length=100
    )
    reason = _words(
        _("Why is it not told, or told later than 72 hours?"), required=False, help_text=_NO_NAMES
    )
    people_told_at = _moment(_("When were the people concerned told?"), required=False)
    people_reason = _words(_("Why are they not told?"), required=False)
