"""What the law engine asks of the Belgian pack beside its tables: eras, dated offences, numbering.

The engine finds this module by its name; nothing here knows the engine.
"""

from __future__ import annotations

import re
from pathlib import Path

from tutela.countries.be import working_days
from tutela.countries.be.offence_dates import NEW_CODE, commencement, dated_offences, era_starts

__all__ = [
    "CALENDAR", "COUNTRY", "FOLDER", "NEW_CODE", "article_keys", "commencement", "dated_offences",
    "era_starts", "keys_between",
]  # fmt: skip

FOLDER = Path(__file__).parent / "law"
COUNTRY = "BE"
CALENDAR = working_days
_NUMBER = re.compile(r"\d+(?:bis|ter|quater|quinquies|sexies|septies|octies|novies)?(?:/\d+)?")
_PARAGRAPH = re.compile(r"§§?\s*(\d+)(?:-(\d+))?")


def article_keys(article: str, era: str) -> frozenset[str]:
    """The ways in which other articles may name this one: with and without its paragraph.

    Numbers of the new Code, which restart, carry the mark `II:`.

    >>> sorted(article_keys("380 §4 1°-5°", "2018"))
    ['380', '380§4']
    >>> sorted(article_keys("260 §1", "new-code"))
    ['II:260', 'II:260§1']
    """
    keys: set[str] = set()
    bare = re.sub(r"^(Aliens Act|Book II?)\s+", "", article.split("(")[0].strip())
    parts = bare.split("/") if re.fullmatch(r"\d+[a-z]+/\d+[a-z]+", bare) else [bare]
    for part in parts:
        number = _NUMBER.match(part)
        if number is None:
            continue
        keys.add(number.group())
        for first, last in _PARAGRAPH.findall(part):
            keys |= {f"{number.group()}§{n}" for n in range(int(first), int(last or first) + 1)}
    return frozenset(f"II:{key}" if era == NEW_CODE else key for key in keys)


def keys_between(first: str, last: str) -> list[str]:
    """All keys from `first` to `last`, which differ in their last figure only.

    >>> keys_between("417/25", "417/27")
    ['417/25', '417/26', '417/27']
    """
    head = re.sub(r"\d+$", "", first)
    if head != re.sub(r"\d+$", "", last):
        message = f"no range of articles from {first} to {last}"
        raise ValueError(message)
    return [f"{head}{n}" for n in range(int(first[len(head) :]), int(last[len(head) :]) + 1)]
