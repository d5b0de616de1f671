"""Reads how an article punishes an attempt, and applies general rules that lower a level."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tutela.law.answers import Penalty
from tutela.law.tables import Attempt

_SAME = re.compile(r"(exists )?from start of execution \(same (range|level)\)")
_RANGE = re.compile(r"(\d+)-(\d+) months; EUR (\d+)-(\d+)( x victims)?")
_FINE = re.compile(r"fine EUR (\d+)-(\d+); level not noted")
_UNSAID = ("", "not specified in article (general rule on attempt not read)")


def read_attempt(text: str) -> Attempt:
    """The column `attempt` of an offence; raises ValueError if it cannot be read."""
    if text == "none":
        return Attempt("none")
    if _SAME.fullmatch(text):
        return Attempt("same")
    if match := _RANGE.fullmatch(text):
        low, high, fine_low, fine_high = (int(group) for group in match.groups()[:4])
        return Attempt("range", Penalty(low, high, None, fine_low, fine_high), bool(match[5]))
    if match := _FINE.fullmatch(text):
        return Attempt("fine", Penalty(None, None, None, int(match[1]), int(match[2])))
    # What the report extrapolates is not the law; the article itself does not say.
    if text in _UNSAID or text.startswith("report extrapolates"):
        return Attempt("general")
    message = "write none, a range such as `12-36 months; EUR 100-10000`, or the usual words"
    raise ValueError(message)


def lowered(penalty: Penalty, levels: Mapping[int, Penalty], by: int) -> Penalty | None:
    """The penalty `by` levels lower; None below the lowest level, which the tables do not cover.

    A fine of the level's own follows the level; a fine that the article sets apart stays out.
    """
    if penalty.level is None or penalty.level - by not in levels:
        return None
    old, new = levels[penalty.level], levels[penalty.level - by]
    usual = (penalty.fine_min, penalty.fine_max) == (old.fine_min, old.fine_max)
    fines = (new.fine_min, new.fine_max) if usual else (None, None)
    return Penalty(new.prison_min, new.prison_max, new.level, *fines, life=new.life)
