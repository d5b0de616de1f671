"""The declared classes of record and their periods, from the country pack."""

from __future__ import annotations

import calendar
import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tutela.errors import InputRefused

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
#: From which event a period counts; the app sets its day (`vault.envelopes.retain_from`).
EVENTS: dict[str, Promise | str] = {
    "closed": _("when it is closed"),
    "settled": _("when it is settled"),
    "ended": _("when it ends"),
}


@dataclass(frozen=True)
class RetentionClass:
    """One class of record: its name, words in four languages, period, event, ground, status."""

    name: str
    words: dict[str, str]
    years: int
    months: int
    days: int
    event: str
    basis: str
    source: str
    status: str

    def due_before(self, today: date) -> date:
        """Records whose event happened on this day or earlier are due on `today`.

        29 February counts as 28 February in a year that has none.
        """
        month = today.year * 12 + today.month - 1 - self.years * 12 - self.months
        year, month = divmod(month, 12)
        day = min(today.day, calendar.monthrange(year, month + 1)[1])
        return date(year, month + 1, day) - timedelta(days=self.days)


@lru_cache(maxsize=4)
def retention_classes(country: str = "be") -> dict[str, RetentionClass]:
    """Every declared class by its name; InputRefused for a period or event that is none."""
    path = files("tutela") / "countries" / country / "retention.csv"
    found = {}
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    for line, row in enumerate(rows, start=2):
        found[row["class"]] = _read(row, f"retention.csv, line {line}")
    return found


def _read(row: dict[str, str], where: str) -> RetentionClass:
    period = _PERIOD.fullmatch(row["period"])
    if period is None or not any(period.groups()):
        raise InputRefused(
            f"{where}, column period: {row['period']!r} is no period",
            remedy="Write it as P5Y, P6M, P30D or a sum of these.",
        )
    if row["event"] not in EVENTS:
        raise InputRefused(
            f"{where}, column event: {row['event']!r} is no event",
            remedy=f"Choose one of {', '.join(EVENTS)}.",
        )
    years, months, days = (int(part or 0) for part in period.groups())
    words = {language: row[language] for language in ("fr", "nl", "de", "en")}
    return RetentionClass(
        row["class"], words, years, months, days, row["event"], row["basis"], row["source"],
        row["status"],
    )  # fmt: skip


def in_words(one: RetentionClass) -> str:
    """A period in the language of whoever reads."""
    parts = []
    if one.years:
        parts.append(ngettext("%(n)s year", "%(n)s years", one.years) % {"n": one.years})
    if one.months:
        parts.append(ngettext("%(n)s month", "%(n)s months", one.months) % {"n": one.months})
    if one.days:
        parts.append(ngettext("%(n)s day", "%(n)s days", one.days) % {"n": one.days})
    return " ".join(parts)
