"""Matches a file's headings to a profile's columns, in any of its languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tutela.submissions.problems import ERROR, WARNING, Case, ProblemLog
from tutela.submissions.profiles import Column, Profile, fold_heading

#: The one extra column that is expected: simulated files carry it in every row.
SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class Match:
    """Which position of the file holds which column; `headings` are the file's own words."""

    positions: dict[str, int]
    headings: dict[str, str]
    synthetic: bool


@cache
def accepted_headings(profile: Profile) -> dict[str, Column]:
    """Folded heading → column, for every language of the profile."""
    return {
        fold_heading(heading): column for column in profile.columns for heading in column.headings()
    }


def match_headings(headings: Sequence[str], profile: Profile, log: ProblemLog) -> Match:
    """Match headings without regard to case and accents; problems go to `log`.

    Unknown headings are a warning; a required column that is missing, or one given twice, an error.
    """
    accepted = accepted_headings(profile)
    positions: dict[str, int] = {}
    given: dict[str, str] = {}
    synthetic = False
    for position, heading in enumerate(headings):
        if fold_heading(heading) == SYNTHETIC:
            synthetic = True
            continue
        column = accepted.get(fold_heading(heading))
        if column is None:
            # A nameless column with nothing above it is what spreadsheets leave behind.
            if heading:
                case = Case(1, value=heading)
                log.add("column_unknown", WARNING, heading, [case], accepted=profile.name)
        elif column.name in positions:
            case = Case(1, value=given[column.name], other=heading)
            log.add("column_twice", ERROR, heading, [case])
        else:
            positions[column.name] = position
            given[column.name] = heading
    for column in profile.columns:
        if column.required and column.name not in positions:
            words = ", ".join(column.headings())
            case = Case(None, value=column.label[log.lang])
            log.add("column_missing", ERROR, column.label[log.lang], [case], accepted=words)
    return Match(positions, given, synthetic)
