"""Countries of ISO 3166-1 with the labels of Unicode CLDR, and groups of citizenship."""

from __future__ import annotations

from functools import cache

from tutela.vocabulary.mapping import Mapping
from tutela.vocabulary.rows import LANGUAGES

#: CLDR territories that are no country: exceptional reservations, groupings, pseudo-regions.
_NOT_COUNTRIES = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)
STATELESS = "XX"
_STATELESS_LABELS = {"fr": "Apatride", "nl": "Staatloos", "de": "Staatenlos", "en": "Stateless"}


@cache
def countries() -> list[dict[str, str]]:
    """Rows of the list `countries`: ISO 3166-1 alpha-2, Kosovo as XK, stateless as XX."""
    from babel import Locale

    names = {
        lang: {str(code): str(name) for code, name in Locale(lang).territories.items()}
        for lang in LANGUAGES
    }
    codes = sorted(
        code
        for code in names["en"]
        if code.isalpha() and len(code) == 2
        if code not in _NOT_COUNTRIES
    )
    rows = [
        _row(code, {lang: names[lang][code] for lang in LANGUAGES}, "Unicode CLDR", "verified")
        for code in codes
    ]
    rows.append(_row(STATELESS, _STATELESS_LABELS, "Tutela: user-assigned code", "proposed"))
    return rows


def _row(code: str, labels: dict[str, str], source: str, status: str) -> dict[str, str]:
    return {
        "code": code,
        **labels,
        "valid_from": "",
        "valid_to": "",
        "source": source,
        "status": status,
    }


def citizenship_groups(own: str, membership: Mapping) -> list[dict[str, str]]:
    """Rows mapping each country to its group: the own country, EU (by dated membership), NON_EU.

    `membership` holds [accession, withdrawal) per member state; outside it a country is NON_EU.
    """
    own_code = own.upper()
    spans = {link.code: link for link in membership.links}
    rows: list[dict[str, str]] = []

    def add(code: str, target: str, start: str, end: str) -> None:
        rows.append(
            {
                "code": code, "target": target, "valid_from": start, "valid_to": end,
                "source": "Accession and withdrawal treaties", "status": "verified",
            }
        )  # fmt: skip

    for country in countries():
        code = country["code"]
        span = spans.get(code)
        if code == own_code:
            add(code, own_code, "", "")
        elif code == STATELESS:
            add(code, "STATELESS", "", "")
        elif span is None:
            add(code, "NON_EU", "", "")
        else:
            start = span.valid_from.isoformat() if span.valid_from else ""
            end = span.valid_to.isoformat() if span.valid_to else ""
            if start:
                add(code, "NON_EU", "", start)
            add(code, "EU", start, end)
            if end:
                add(code, "NON_EU", end, "")
    return rows
