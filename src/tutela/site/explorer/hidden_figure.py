"""The children whom no list knows, as the page says it: known first, an interval, then doubts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tutela.publication.release import HIDDEN_FIGURE, Release
from tutela.site.explorer.downloads import Download, download

TRUST: dict[str, Promise] = {
    "estimated": _("no grave weakness found"),
    "fragile": _("fragile"),
    "cannot be estimated": _("cannot be estimated"),
}


@dataclass(frozen=True)
class Caution:
    """A reason for care, with the letter by which the table names it."""

    letter: str
    text: str
    years: tuple[str, ...]


@dataclass(frozen=True)
class Year:
    """One year: children known, the interval for all, and how far to trust it.

    `unseen` are the ends for those whom nobody knew; the bars' places are in per cent of the widest
    year, as SVG writes numbers. What is None was not estimated, and `reason` says why.
    """

    year: str
    observed: int | None
    lower: int | None
    upper: int | None
    unseen: tuple[int, int] | None
    trust: Promise | str
    reason: str
    cautions: tuple[str, ...]
    known_width: str
    from_left: str
    interval_width: str


@dataclass(frozen=True)
class ListOfBodies:
    """A list that was compared, or bodies that stand behind others (`label` is empty)."""

    label: str
    bodies: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class HiddenFigure:
    """All that the page says."""

    headline: str
    years: tuple[Year, ...]
    cautions: tuple[Caution, ...]
    lists: tuple[ListOfBodies, ...]
    behind: tuple[ListOfBodies, ...]
    linkage_carried: bool
    fewest_per_year: int
    files: tuple[Download, ...]

    @property
    def estimated(self) -> int:
        """Years with an interval."""
        return sum(year.lower is not None for year in self.years)


@lru_cache(maxsize=8)
def hidden_figure(release: Release, language: str) -> HiddenFigure | None:
    """The page's content in `language`; None in a release without a hidden figure."""
    told = release.hidden_figure()
    if told is None:
        return None
    codes = sorted({code for year in told["years"] for code in year["warnings"]})
    letters = dict(zip(codes, ascii_lowercase, strict=False))
    widest = max((year["upper"] or year["observed"] or 0 for year in told["years"]), default=0) or 1
    lists = [_list(each, language) for each in told["lists"]]
    found = (download(release, path) for path in (*told["tables"], HIDDEN_FIGURE))
    return HiddenFigure(
        headline=told["headline"][language],
        years=tuple(
            _year(year, letters, told["words"]["reasons"], widest, language)
            for year in reversed(told["years"])
        ),
        cautions=tuple(
            Caution(
                letters[code],
                told["words"]["warnings"][code][language],
                tuple(year["year"] for year in told["years"] if code in year["warnings"]),
            )
            for code in codes
        ),
        lists=tuple(each for each in lists if each.label),
        behind=tuple(each for each in lists if not each.label),
        linkage_carried=told["linkage"]["carried"],
        fewest_per_year=told["fewest_per_year"],
        files=tuple(one for one in found if one is not None),
    )


def _year(
    year: Mapping[str, Any],
    letters: Mapping[str, str],
    reasons: Mapping[str, Mapping[str, str]],
    widest: int,
    language: str,
) -> Year:
    observed, lower, upper = year["observed"], year["lower"], year["upper"]
    given = lower is not None
    scale = 100 / widest
    return Year(
        year=year["year"],
        observed=observed,
        lower=lower,
        upper=upper,
        unseen=_in_tens(lower - observed, upper - observed) if given else None,
        trust=TRUST.get(year["verdict"], year["verdict"]),
        reason=reasons[year["reason"]][language] if year["reason"] else "",
        cautions=tuple(letters[code] for code in year["warnings"]),
        known_width=f"{(observed or 0) * scale:.1f}",
        from_left=f"{lower * scale:.1f}" if given else "0",
        interval_width=f"{max(upper - lower, 1) * scale:.1f}" if given else "0",
    )


def _in_tens(lower: int, upper: int) -> tuple[int, int]:
    """Both ends outward to whole tens: subtraction must not feign that more is known."""
    return max(lower // 10 * 10, 0), -(-upper // 10) * 10


def _list(each: Mapping[str, Any], language: str) -> ListOfBodies:
    return ListOfBodies(
        label=each["label"][language] if each["label"] else "",
        bodies=tuple(body[language] for body in each["bodies"]),
        reason=each["reason"][language] if each["reason"] else "",
    )
