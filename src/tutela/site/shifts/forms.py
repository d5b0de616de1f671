"""What is filled in at the end of a shift."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models import User


class HandOverForm(forms.Form):
    """To whom, and what they must know."""

    to = forms.ChoiceField(label=_("Who takes over"))
    note = forms.CharField(
        label=_("What the next person must know"),
        help_text=_(
            "It is kept encrypted. The two of you read it; in an emergency, colleagues too."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
    )

    def __init__(self, colleagues: list[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (str(one.id), str(one)) for one in colleagues
        ]
