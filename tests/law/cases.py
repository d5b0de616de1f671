"""Random cases for the batch, the scalar engine and the oracle."""

import random
from datetime import date, timedelta

from tutela.law.words import read_words

CONDUCTS = tuple(read_words("codes")["conduct"])
YES_NO = (
    "consent", "authority", "vulnerable", "death", "torture", "weapon", "discriminatory", "group",
    "association", "criminal_organisation", "public_officer", "ict", "meeting_acts",
    "luring_means", "solicited", "paid", "facilitates", "own_content", "kept_private", "attempt",
)  # fmt: skip
CODES = ("family", "purpose", "protected_offence", "permission")
DAYS = tuple(
    date.fromisoformat(text)
    for text in (
        "1999-06-01", "2010-06-01", "2013-08-01", "2014-05-10", "2016-06-17", "2016-06-18",
        "2019-01-01", "2022-05-31", "2022-06-01", "2024-03-01", "2026-06-01", "2026-08-31",
        "2026-09-01", "2028-01-01",
    )
)  # fmt: skip


def random_case(chance: random.Random, known: float = 0.7) -> dict:
    """Facts of a case; each is known with a probability, so that unknowns occur everywhere."""
    case: dict = {"conduct": chance.choice(CONDUCTS), "facts_on": chance.choice(DAYS)}
    case["facts_on"] += timedelta(days=chance.choice((0, 0, 0, 1, -1)))

    def maybe(name, value):
        if chance.random() < known:
            case[name] = value

    maybe("victim_age", chance.choice((0, 9, 10, 13, 14, 15, 16, 17, 18, 30)))
    maybe("offender_age", chance.choice((13, 14, 15, 16, 17, 18, 19, 40)))
    maybe("victims", chance.choice((1, 2, 7)))
    for name in YES_NO:
        maybe(name, chance.random() < 0.4)
    for name in CODES:
        maybe(name, chance.choice(tuple(read_words("codes")[name])))
    if chance.random() < 0.2:
        case["nothing_else"] = True
    return case
