"""How far the linkage behind the release can be trusted, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tutela.publication.linkage_quality import CHART, FAIRNESS, RELIABILITY, fairness_rows
from tutela.publication.linkage_words import (
    CAPTION,
    COLUMNS,
    HEADING,
    INTERVAL,
    INTRO,
    ROLES,
    group_name,
)
from tutela.publication.linkage_words import CHART as CHART_TEXT
from tutela.publication.release import Release
from tutela.site.explorer.downloads import Download, download

_DECIMAL = {"fr": ",", "nl": ",", "de": ",", "en": "."}


@dataclass(frozen=True)
class Table:
    """The measures of one role: caption, what its interval says, rows of ready texts."""

    caption: str
    interval: str | None
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class LinkageTrust:
    """Everything that the page shows of it, in one language."""

    heading: str
    intro: str
    columns: tuple[str, ...]
    tables: tuple[Table, ...]
    chart: Download | None
    chart_text: str
    files: tuple[Download, ...]


@lru_cache(maxsize=8)
def linkage_trust(release: Release, language: str) -> LinkageTrust | None:
    """What the release says of its linkage; None where it was not measured."""
    roles = release.manifest["linkage"].get("roles")
    if not roles:
        return None
    tables = []
    for role in (role for role in ROLES if role in roles):
        part, name = roles[role], ROLES[role][language]
        interval = part["interval"]
        said = None
        if interval is not None:
            ends = {end: _percent(interval[end], language, 1) for end in ("lower", "upper")}
            said = INTERVAL[language].format(role=name, **ends)
        rows = tuple(
            (
                group_name(group, value, language),
                str(row["persons"]),
                _percent(row["count_error"], language, 1, sign=True),
                _percent(row["precision"], language, 1),
                _percent(row["recall"], language, 1),
            )
            for group, value, row in fairness_rows(part["fairness"])
        )
        tables.append(Table(CAPTION[language].format(role=name), said, rows))
    files = (download(release, path) for path in (FAIRNESS, RELIABILITY))
    return LinkageTrust(
        HEADING[language],
        INTRO[language],
        tuple(words[language] for words in COLUMNS),
        tuple(tables),
        download(release, CHART.format(language=language)),
        CHART_TEXT[language],
        tuple(one for one in files if one is not None),
    )


def _percent(share: float, language: str, digits: int, *, sign: bool = False) -> str:
    """A share in per cent as the language writes it."""
    text = f"{100 * share + 0.0:{'+' if sign else ''}.{digits}f}"
    if text in ("-0.0", "+0.0"):
        text = "0.0"
    text = text.replace(".", _DECIMAL[language]).replace("-", "\u2212")
    return f"{text}%" if language in ("en", "nl") else f"{text}\u00a0%"
