"""What people fill in beside the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela.site.hotline.models import Channel


class DebriefForm(forms.Form):
    """A note that its author alone can open."""

    text = forms.CharField(
        label=_("What stays with you"), max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Sealed to your own key: no colleague, supervisor or administrator reads it."),
    )  # fmt: skip


class ReceiverForm(forms.Form):
    """How a body outside receives."""

    to = forms.ChoiceField(label=_("Receiver"))
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    mail = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("For e-mail only.")
    )
    recipient = forms.CharField(
        label=_("Its age public key"), max_length=80,
        help_text=_("Compare it by telephone before you declare it. It begins with age1."),
    )  # fmt: skip

    def __init__(self, receivers: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = receivers  # type: ignore[attr-defined]

    def clean_channel(self) -> Channel:
        """The channel as what it is."""
        return Channel(self.cleaned_data["channel"])


class ChildForm(forms.Form):
    """A child whom a report is about."""

    child = forms.CharField(
        label=_("Which child"), max_length=2000,
        help_text=_("What is known: a name, a user name, an age, or only “the younger sister”."),
    )  # fmt: skip
    place = forms.CharField(label=_("Where"), max_length=300, required=False)
    why = forms.CharField(
        label=_("What it needs"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
