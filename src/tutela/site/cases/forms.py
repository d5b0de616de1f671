"""What people fill in about a child's file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tutela.site.cases.access import today
from tutela.site.cases.models import Part
from tutela.site.cases.tracks import situations

_DAY = {"type": "date"}
SOURCES = [
    ("", _("not said")),
    ("child", _("the child")),
    ("guardian", _("guardian or parent")),
    ("worker", _("my own observation")),
    ("partner", _("another service")),
    ("police", _("police or prosecution")),
    ("document", _("a document")),
]
LANGUAGES = [
    ("", _("not known")),
    ("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English"),
    ("ar", "العربية"), ("ro", "Română"), ("bg", "Български"), ("sq", "Shqip"),
    ("other", _("another language")),
]  # fmt: skip


def _situations() -> list[tuple[str, Any]]:
    language = get_language() or "en"
    return [("", _("not known yet")), *((one.id, one.label[language]) for one in situations())]


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, typed or picked."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"), **options
    )


class IdentityForm(forms.Form):
    """Who the child is, as far as it is known: everything may be left out."""

    given_names = forms.CharField(label=_("Given names"), max_length=200, required=False)
    family_names = forms.CharField(label=_("Family names"), max_length=200, required=False)
    birth_date = day_field(
        _("Birth date, as the child says"),
        required=False,
        help_text=_("Leave it out where it is not known: the child counts as a child."),
    )
    citizenship = forms.CharField(label=_("Citizenship"), max_length=60, required=False)
    language = forms.ChoiceField(
        label=_("Language the child speaks best"), choices=LANGUAGES, required=False
    )
    note = forms.CharField(
        label=_("What else is known"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def identity(self) -> dict[str, Any]:
        """The identity as it is kept: without what was left out."""
        found = {name: self.cleaned_data[name] for name in IdentityForm.base_fields}
        if found["birth_date"]:
            found["birth_date"] = found["birth_date"].isoformat()
        return {name: value for name, value in found.items() if value}


class SituationForm(forms.Form):
    """The child's situation for the law."""

    situation = forms.ChoiceField(label=_("Situation of the child"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["situation"].choices = _situations()  # type: ignore[attr-defined]


class OpenForm(SituationForm, IdentityForm):
    """A new file."""

    organisation = forms.ChoiceField(label=_("Organisation"))
    field_order = ("organisation", "situation")

    def __init__(self, organisations: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.initial.setdefault("organisation", organisations[0][0])


class HappeningForm(forms.Form):
    """A dated fact; what a kind of fact asks for besides stands in `_MORE`."""

    on = day_field(_("On which day"))
    text = forms.CharField(
        label=_("What happened, in your words"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    source = forms.ChoiceField(label=_("Who says so"), choices=SOURCES, required=False)

    def __init__(self, event: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(_more(event))
        self.initial.setdefault("on", today())

    def words(self) -> dict[str, Any]:
        """What is closed with the fact: without what was left out."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name != "on" and value not in (None, ""):
                found[name] = value.isoformat() if hasattr(value, "isoformat") else value
        if found.get("adult") in ("yes", "no"):
            found["adult"] = found["adult"] == "yes"
        return found


def _more(event: str) -> Mapping[str, forms.Field]:
    if event == "age_test":
        years = {"min_value": 0, "max_value": 99}
        return {
            "method": forms.CharField(label=_("Method of the test"), max_length=200),
            "lowest": forms.FloatField(label=_("Lowest age of the margin, in years"), **years),  # type: ignore[arg-type]
            "highest": forms.FloatField(label=_("Highest age of the margin, in years"), **years),  # type: ignore[arg-type]
        }
    if event in {"age_decision", "age_appeal_decided"}:
        return {
            "adult": forms.ChoiceField(
                label=_("What was decided"),
                choices=[("no", _("a child")), ("yes", _("an adult"))],
                widget=forms.RadioSelect,
            ),
            "born": day_field(_("Birth date that was decided"), required=False),
        }
    if event in {"recorded_hearing", "hearing_held", "hearing_planned"}:
        return {
            "protocol": forms.CharField(label=_("Protocol"), max_length=200, required=False),
            "accompanied_by": forms.CharField(
                label=_("Who accompanies the child"), max_length=200, required=False
            ),
            "recording_reference": forms.CharField(
                label=_("Reference of the recording (never the recording)"),
                max_length=200,
                required=False,
            ),
        }
    if event == "deprived_of_liberty":
        return {
            "place": forms.CharField(label=_("Place"), max_length=200, required=False),
            "ground": forms.CharField(label=_("Ground given"), max_length=200, required=False),
        }
    return {}


class PersonForm(forms.Form):
    """Somebody around the child."""

    part = forms.ChoiceField(label=_("What this person is to the child"), choices=Part)
    name = forms.CharField(label=_("Name"), max_length=200)
    reach = forms.CharField(label=_("How to reach this person"), max_length=300, required=False)
    since = day_field(_("Since"))
    member = forms.ChoiceField(
        label=_("Account of a colleague"), required=False,
        help_text=_("Choose it where this person works with the file here."),
    )  # fmt: skip

    def __init__(self, members: list[tuple[Any, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [("", _("none")), *((str(i), n) for i, n in members)]  # type: ignore[attr-defined]
        self.initial.setdefault("since", today())


class TaskForm(forms.Form):
    """Something to do."""

    text = forms.CharField(label=_("What is to be done"), max_length=500)
    due = day_field(_("By which day"))
    owner = forms.ChoiceField(label=_("Who does it"))

    def __init__(self, workers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [(str(i), name) for i, name in workers]  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """A colleague who shall work on the file."""

    member = forms.ChoiceField(label=_("Colleague"))

    def __init__(self, members: list[tuple[Any, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [(str(i), name) for i, name in members]  # type: ignore[attr-defined]
