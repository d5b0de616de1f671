"""The themes under which indicators are listed, in the order of a case's path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela.site.explorer.figures import Summary

THEMES: dict[str, Promise] = {
    "reports": _("Reports"),
    "victims": _("Child victims"),
    "protection": _("Protection and care"),
    "suspects": _("Suspects and justice"),
    "justice": _("Suspects and justice"),
    "money": _("Compensation and confiscation"),
}
OTHER = _("Other figures")


@dataclass(frozen=True)
class Theme:
    """A heading and the indicators under it."""

    label: Promise
    figures: tuple[Summary, ...]


def by_theme(summaries: Iterable[Summary]) -> list[Theme]:
    """The indicators grouped in the order of THEMES; what has no known theme comes last."""
    order = {theme: place for place, theme in enumerate(THEMES)}

    def place(summary: Summary) -> int:
        return order.get(summary.theme, len(order))

    themes = []
    for _place, group in groupby(sorted(summaries, key=place), key=place):
        members = tuple(group)
        themes.append(Theme(THEMES.get(members[0].theme, OTHER), members))
    return themes
