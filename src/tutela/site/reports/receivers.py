"""Who can receive a report: the list of agencies, and which organisation here stands for each.

INTERPOL and Europol are not among them: they are reached through the Federal Police alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.conf import settings

from tutela.site.reports.declared_rules import routes
from tutela.vocabulary import Vocabulary

#: Never a receiver of their own; whoever wants them writes to the Federal Police.
NOT_DIRECTLY = frozenset({"europol", "interpol"})


@cache
def receivers(country: str = "be") -> Mapping[str, Mapping[str, str]]:
    """Every receiver by its code, in four languages. ValueError where a route names another."""
    agencies = Vocabulary(country).codelist("agencies")
    found = {code: agencies.labels(code) for code in agencies if code not in NOT_DIRECTLY}
    for route in routes(country):
        if route.to not in found:
            raise ValueError(f"routes.toml, {route.id}: {route.to!r} is no receiver")
    return found


def receiver(code: str) -> Mapping[str, str] | None:
    """The receiver's name in four languages; None where there is none of this code."""
    return receivers().get(code)


def organisation_code(code: str) -> str:
    """The short name of the organisation here that stands for a receiver."""
    found: str = settings.RECEIVERS.get(code, code)
    return found
