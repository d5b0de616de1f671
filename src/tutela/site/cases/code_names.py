"""A name for a file that says nothing: a star and a number, the same in every language."""

from __future__ import annotations

import secrets

STARS = (
    "Achernar", "Acrux", "Albireo", "Alcor", "Alcyone", "Aldebaran", "Algol", "Alhena", "Alioth",
    "Alkaid", "Almach", "Alnair", "Alnilam", "Alnitak", "Alphard", "Altair", "Antares", "Arcturus",
    "Avior", "Betelgeuse", "Canopus", "Capella", "Caph", "Castor", "Deneb", "Denebola", "Diphda",
    "Dubhe", "Elnath", "Eltanin", "Enif", "Fomalhaut", "Hadar", "Hamal", "Izar", "Kochab",
    "Markab", "Menkar", "Merak", "Mimosa", "Mintaka", "Mirach", "Mizar", "Nunki", "Phecda",
    "Pherkad", "Polaris", "Pollux", "Procyon", "Regulus", "Rigel", "Sadr", "Saiph", "Scheat",
    "Shaula", "Sirius", "Spica", "Tarazed", "Thuban", "Vega",
)  # fmt: skip
_NUMBERS = range(100, 10_000)


def new_code_name() -> str:
    """A name at random; the file's table refuses one that is taken."""
    return f"{secrets.choice(STARS)} {secrets.choice(_NUMBERS)}"
