"""Code lists and mappings that the Belgian pack derives from its law and from packages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tutela.countries.be import geography, postal_codes
from tutela.countries.be.offence_dates import Row, dated_offences, read_law

_LANGUAGES = ("fr", "nl", "de", "en")


def _status(text: str) -> str:
    """The status of a law row as one of the vocabulary's words; its reason stays in the law."""
    return "verified" if text.startswith(("verified", "differs")) else "to confirm"


def offences() -> list[Row]:
    """The dated offence list: one code per article and age band, with era and official range."""
    return [
        {
            "code": row["id"],
            **{lang: row[f"label_{lang}"] for lang in _LANGUAGES},
            "valid_from": row["valid_from"],
            "valid_to": row["valid_to"],
            "source": row["source"],
            "status": _status(row["status"]),
            "article": row["article"],
            "era": row["era"],
        }
        for row in dated_offences()
    ]


def recommendations() -> list[Row]:
    """The 39 recommendations of the source report, by number."""
    return [
        {
            "code": row["rec_no"],
            **{lang: row[f"label_{lang}"] for lang in _LANGUAGES},
            "valid_from": "",
            "valid_to": "",
            "source": "Source report (2018)",
            "status": "verified",
        }
        for row in read_law("gaps")
    ]


LISTS: dict[str, Callable[[], Sequence[Row]]] = {
    "arrondissements": geography.arrondissements,
    "municipalities": geography.municipalities,
    "offences": offences,
    "provinces": geography.provinces,
    "recommendations": recommendations,
    "regions": geography.regions,
}

#: Derived mappings: rows, list of the code, list of the target.
MAPPINGS: dict[str, tuple[Callable[[], Sequence[Row]], str | None, str]] = {
    "arrondissement_of_municipality": (
        geography.arrondissement_of_municipality,
        "municipalities",
        "arrondissements",
    ),
    "language_region_of_municipality": (
        geography.language_region_of_municipality,
        "municipalities",
        "language_regions",
    ),
    "municipality_of_postal_code": (
        postal_codes.municipality_of_postal_code,
        None,
        "municipalities",
    ),
    "province_of_municipality": (
        geography.province_of_municipality,
        "municipalities",
        "provinces",
    ),
    "region_of_municipality": (geography.region_of_municipality, "municipalities", "regions"),
}

#: For mappings kept as files: list of the code, list of the target.
MAPPING_ENDS: dict[str, tuple[str, str]] = {
    "group_of_offence": ("offences", "offence_groups"),
    "iccs_of_offence": ("offences", "iccs"),
    "successor_of_offence": ("offences", "offences"),
}

#: Lists whose parents stand in other lists.
PARENTS: dict[str, tuple[str, ...]] = {
    "municipalities": ("provinces", "regions"),
    "provinces": ("regions",),
}
