"""For the pages of reports: which body is meant, who takes complaints, whether a break is due."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from tutela.site.hotline.competence import competent, complaints, label
from tutela.site.hotline.wellness import load
from tutela.site.reports.access import OpenReport
from tutela.site.reports.questions import country_name
from tutela.vocabulary import load as vocabulary

register = template.Library()


@register.inclusion_tag("hotline/bodies.html")
def bodies(found: OpenReport) -> dict[str, Any]:
    """Which one of each suggested kind of body is meant, from the place that was told."""
    language = get_language() or "en"
    agencies = vocabulary().codelist("agencies")
    place = " ".join(found.answers.get("place", []))
    country = next(iter(found.answers.get("country", [])), "")
    shown = []
    for to in dict.fromkeys(route.to for route in found.routes):
        body = competent(to, place=place, country=country)
        names = [_area(body.kind, area, language) for area in body.areas]
        shown.append(
            {
                "name": agencies.label(to, language),
                "ask": body.ask,
                "areas": ", ".join(names),
                "onward": ", ".join(agencies.label(one, language) for one in body.onward),
            }
        )
    return {"bodies": shown, "complaints": complaints(place)}


def _area(kind: str, area: str, language: str) -> str:
    if kind == "country":
        return country_name(area, language)
    if kind == "community":
        return str(vocabulary().codelist("communities").label(area, language))
    return label(kind, area, language)


@register.inclusion_tag("hotline/break.html", takes_context=True)
def break_notice(context: dict[str, Any]) -> dict[str, Any]:
    """A proposal to take a break, where one is due."""
    return {"load": load(context["request"].user.id)}
