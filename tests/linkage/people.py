"""A few invented persons, written the way registers differ. SYNTHETIC."""

import polars as pl

from tutela.linkage.encode import Encoder
from tutela.linkage.link import LinkOptions, link
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.secret import LinkageSecret

GIVEN = ["Amina", "Bogdan", "Chloé", "Dries", "Elena", "Fatou", "Georgi", "Hanne", "Irina", "Jules"]
FAMILY = [
    "Vandenbroucke", "Ionescu", "Lambert", "De Smedt", "Petrova", "Diallo", "Todorov", "Nguyen",
    "Hoxha", "Yilmaz", "Haddad", "Peeters", "Marchal", "Claes", "Okafor",
]  # fmt: skip


def nation(persons: int = 150) -> pl.DataFrame:
    """Each person twice: once as they are, once with a slip in the name or the date."""
    rows = []
    for n in range(persons):
        given, family = GIVEN[n % 10], FAMILY[(n // 10) % 15]
        birth = f"{2000 + n % 13}-{1 + n % 12:02d}-{2 + n * 7 % 26:02d}"
        rows.append((f"a{n}", "a", given, family, birth, "F", "BE", f"p{n}"))
        if n % 3 == 0:
            given, family = family, given
        elif n % 3 == 1:
            family = family[:2] + family[3:]
        else:
            birth = birth[:8] + "01" if n % 2 else birth
        rows.append((f"b{n}", "b", given, family, birth, "F", "BE", f"p{n}"))
    return pl.DataFrame(
        rows,
        orient="row",
        schema=[
            "record_id", "source", "given_names", "family_names", "birth_date", "sex",
            "citizenship", "truth",
        ],
    )  # fmt: skip


def linked(frame: pl.DataFrame, secret: LinkageSecret | None = None, **options: object):
    encoder = Encoder(DEFAULT_SCHEMA, secret or LinkageSecret.create())
    encoded = encoder.encode(frame)
    return link(encoded, encoder.filters(), DEFAULT_SCHEMA, LinkOptions(**options))
