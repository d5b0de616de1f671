"""What people fill in about accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tutela.site.accounts.models import Organisation, User
from tutela.site.permissions.roles import Role

LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English")]


class NewPasswordMixin(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label=_("The same password again"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        found = super().clean() or {}
        if "password" in found and found["password"] != found.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return found


class AcceptForm(NewPasswordMixin):
    """Who accepts an invitation."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    field_order = ("name", "language", "password", "again")


class PasswordForm(NewPasswordMixin):
    """Change one's password."""

    old_password = forms.CharField(
        label=_("Present password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )

    field_order = ("old_password", "password", "again")


class LanguageForm(forms.Form):
    """The language of one's pages and e-mail."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class InviteForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("Work email address"))
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )


class DeputyForm(forms.Form):
    """Who is absent, when, and who stands in."""

    absent = forms.ModelChoiceField(label=_("Who is absent"), queryset=User.objects.none())
    deputy = forms.ModelChoiceField(label=_("Who stands in"), queryset=User.objects.none())
    first_day = forms.DateField(
        label=_("First day of absence"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    back_on = forms.DateField(
        label=_("First day back"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = (
            User.objects.filter(
                memberships__organisation=organisation,
                memberships__until=None,
                is_active=True,
            )
            .distinct()
            .order_by("name")
        )
        for name in ("absent", "deputy"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Another person, and at least one day from today on."""
        found = super().clean() or {}
        if found.get("absent") is not None and found.get("absent") == found.get("deputy"):
            self.add_error("deputy", _("Choose somebody else than the absent person."))
        first, back = found.get("first_day"), found.get("back_on")
        if first and back and back <= first:
            self.add_error("back_on", _("The first day back comes after the first day of absence."))
        elif back and back <= timezone.localdate():
            self.add_error("back_on", _("This absence is over."))
        return found
