"""The telephone sheet: everything on one page, nothing required but what was said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela.site.reports.doors import DOORS
from tutela.site.reports.questions import LONGEST_TEXT, Answers, clean

_LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English")]
#: Who can call: the doors but the one for addresses of material, which come in writing.
_CALLERS = ("child", "worried", "travel")


def _options(name: str) -> list[tuple[str, Any]]:
    asked = DOORS["worried"].question(name)
    return [(one.code, one.words) for one in asked.options] if asked else []


class CallSheet(forms.Form):
    """What a caller says, in any order."""

    caller = forms.ChoiceField(
        label=_("Who calls?"), widget=forms.RadioSelect, initial="worried",
        choices=[(name, DOORS[name].title) for name in _CALLERS],
    )  # fmt: skip
    danger = forms.ChoiceField(
        label=_("Is a child in danger right now?"), widget=forms.RadioSelect, initial="unknown",
        choices=_options("danger"), help_text=_("If so, keep the line open and telephone 101."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("What is said"), max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "autofocus": True}),
        help_text=_("In the caller's words. Ask nothing that a hearing will ask again."),
    )  # fmt: skip
    place = forms.CharField(label=_("Where"), max_length=300, required=False)
    child = forms.CharField(label=_("Who is the child?"), max_length=2000, required=False)
    age = forms.ChoiceField(
        label=_("How old is the child?"), choices=[("", "–"), *_options("age")], required=False
    )
    forms_of = forms.MultipleChoiceField(
        label=_("What may be happening?"), choices=_options("forms"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    situations = forms.MultipleChoiceField(
        label=_("Is one of these true for the child?"), choices=_options("situations"),
        required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    suspect = forms.CharField(label=_("Who is suspected?"), max_length=2000, required=False)
    reach = forms.CharField(
        label=_("How to reach the caller, if wished"), max_length=300, required=False
    )
    language = forms.ChoiceField(label=_("Language of the caller"), choices=_LANGUAGES)

    @property
    def door(self) -> str:
        """The door that the caller would have taken."""
        return str(self.cleaned_data["caller"])

    def answers(self) -> Answers:
        """The sheet as answers of that door."""
        said = self.cleaned_data
        found: Answers = {
            "danger": [said["danger"]],
            "forms": said["forms_of"],
            "situations": said["situations"],
            "age": [said["age"]] if said["age"] else [],
        }
        for name in ("words", "place", "child", "suspect", "reach"):
            text = clean(said[name])
            found[name] = [text] if text else []
        return {name: values for name, values in found.items() if values}
