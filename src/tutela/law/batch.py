"""Qualification of many cases at once: the rules of `qualify` over arrays, not over rows.

Cases are grouped by the law of their day and by conduct; within a group every condition is
computed once for all. The answers are those of the scalar engine, case by case (tested).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.errors import Misuse
from tutela.law.answers import MODIFIER, Outcome
from tutela.law.batch_penalties import FACTS, penalty_table
from tutela.law.columns import CASE, Columns, Ints, Truths
from tutela.law.group import Group
from tutela.law.tables import Form, Law
from tutela.law.words import read_words

_EPOCH = date(1970, 1, 1).toordinal()
#: Outcomes by number, in the order in which one decides over the next.
OUTCOMES = (
    Outcome.HOLDS, Outcome.CONFLICT, Outcome.UNKNOWN, Outcome.NOT_ENCODED, Outcome.FAILS,
    Outcome.SILENT,
)  # fmt: skip
_NUMBER = {outcome: number for number, outcome in enumerate(OUTCOMES)}


def qualify_frame(frame: pl.DataFrame, law: Law, *, law_of: str = "facts_on") -> pl.DataFrame:
    """Qualify every row under the law of the day in its column `law_of`.

    Columns are facts by name (docs/law.md), empty cells unknown; `case` is handed back. Returns,
    in the same order: outcome, offence_id, article, era, prison_min_months, prison_max_months,
    level, fine_min_eur, fine_max_eur, missing (facts apart by `;`).

    Raises InputRefused naming row and column of a value that cannot be.
    """
    if law_of not in ("facts_on", "judged_on"):
        raise Misuse(f"a batch cannot ask the law of {law_of}", remedy="facts_on or judged_on.")
    columns = Columns(frame)
    conducts = list(read_words("codes")["conduct"])
    days, conduct = columns.days(law_of), columns.codes("conduct")
    bounds = np.array([d.toordinal() - _EPOCH for d in law.boundaries], np.int32)
    segment = np.searchsorted(bounds, days, side="right").astype(np.int32)
    unknown_day = days == np.iinfo(np.int32).min
    key = segment * len(conducts) + conduct
    key[unknown_day | (conduct < 0)] = -1
    order = np.argsort(key.astype(np.int16), kind="stable")
    columns = Columns(frame)
    columns.order = order
    sorted_key = key[order]
    found = _Found(len(columns), law)
    changes = np.r_[True, sorted_key[1:] != sorted_key[:-1]][: len(order)]
    starts = np.flatnonzero(changes)
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        rows = slice(int(start), int(end))
        if sorted_key[start] < 0:
            no_day, no_conduct = unknown_day[order[rows]], conduct[order[rows]] < 0
            found.missing[rows] = np.where(no_day, _bit("facts_on"), 0) + np.where(
                no_conduct & ~no_day, _bit("conduct"), 0
            )
            found.outcome[rows] = _NUMBER[Outcome.UNKNOWN]
            continue
        at, code = divmod(int(sorted_key[start]), len(conducts))
        on = _first_day(law, at)
        _qualify_group(law, columns, rows, on, conducts[code], found)
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    result = found.frame(back)
    return (
        result.with_columns(frame[CASE]).select(CASE, *result.columns) if CASE in frame else result
    )


def _bit(fact: str) -> int:
    return 1 << FACTS.index(fact)


def _first_day(law: Law, segment: int) -> date:
    """A day of the segment between two boundaries."""
    if segment == 0:
        return date.fromordinal(law.boundaries[0].toordinal() - 1)
    return law.boundaries[segment - 1]


class _Found:
    """What is found for every case, in the sorted order."""

    def __init__(self, count: int, law: Law) -> None:
        self.outcome = np.zeros(count, np.int8)
        self.missing = np.zeros(count, np.int64)
        self.entry = np.full(count, -1, np.int32)
        self.victims = np.ones(count, np.int32)
        self.penalties = penalty_table(law)

    def frame(self, back: npt.NDArray[np.intp]) -> pl.DataFrame:
        """The results in the order of the input."""
        names = pl.Series([outcome.value for outcome in OUTCOMES])
        missing = pl.Series(self.missing[back])
        masks = missing.unique()
        words = [
            ";".join(fact for place, fact in enumerate(FACTS) if mask >> place & 1)
            for mask in masks.to_list()
        ]
        return pl.DataFrame(
            {
                "outcome": names.gather(pl.Series(self.outcome[back]).cast(pl.UInt32)),
                **self.penalties.columns(self.entry[back], self.victims[back]),
                "missing": missing.replace_strict(masks, words, return_dtype=pl.String),
            }
        )


def _qualify_group(
    law: Law, columns: Columns, rows: slice, on: date, conduct: str, found: _Found
) -> None:
    forms = law.forms_by_conduct.get(conduct, ())
    current = [form for form in forms if form.offence.in_force(on)]
    group = Group(law, columns, rows, on)
    excuse, excuse_missing = group.excuse(conduct)
    absorbing = np.zeros(group.count, bool)
    # Aggravated forms come first, because they absorb the base.
    by_offence: dict[str, list[Form]] = {}
    for form in current:
        by_offence.setdefault(form.offence.id, []).append(form)
    kinds = {identifier: own[0].kind for identifier, own in by_offence.items()}
    best = _Best(group.count)
    seen = np.zeros((len(OUTCOMES), group.count), bool)
    missing = np.zeros(group.count, np.int64)
    ranked = sorted(by_offence, key=lambda o: kinds[o] == "base")
    place = {identifier: number for number, identifier in enumerate(by_offence)}
    for identifier in ranked:
        own = by_offence[identifier]
        truth, conflict, lacks = group.offence(own)
        open_excuse = (truth > 0) & (excuse > 0)
        lacks = lacks | np.where(open_excuse, excuse_missing, 0)
        truth = np.minimum(truth, 2 - excuse)
        if kinds[identifier] == "aggravated":
            absorbing |= truth == 2
        outcome = _outcomes(truth, conflict, lacks)
        lacks = np.where(truth == 1, lacks, 0)
        ranges = found.penalties.ranges(own[0].offence, on)
        outcome, more = ranges.adjusted(outcome, group.combination, group.victims)
        fails = outcome == _NUMBER[Outcome.FAILS]
        left_out = fails | (absorbing if kinds[identifier] == "base" else False)
        missing |= np.where(left_out, 0, lacks | more)
        if kinds[identifier] == MODIFIER:
            continue
        holds = (outcome == _NUMBER[Outcome.HOLDS]) & ~left_out
        if holds.any():
            severity = ranges.severity(group.combination, group.victims)
            best.offer(holds, ranges.first + group.combination, severity, place[identifier])
        for number in range(_NUMBER[Outcome.NOT_ENCODED] + 1):
            seen[number] |= (outcome == number) & ~left_out
    overall = _overall(law, group, conduct, list(forms), current)
    for number in range(_NUMBER[Outcome.NOT_ENCODED], -1, -1):
        overall[seen[number]] = number
    found.outcome[rows] = overall
    found.missing[rows] = missing
    found.entry[rows] = best.entry
    found.victims[rows] = group.victims


def _outcomes(truth: Truths, conflict: npt.NDArray[np.bool_], lacks: npt.NDArray[np.int64]) -> Ints:
    outcome = np.full(len(truth), _NUMBER[Outcome.FAILS], np.int32)
    outcome[truth == 2] = _NUMBER[Outcome.HOLDS]
    outcome[(truth == 2) & conflict] = _NUMBER[Outcome.CONFLICT]
    outcome[truth == 1] = _NUMBER[Outcome.NOT_ENCODED]
    outcome[(truth == 1) & (lacks != 0)] = _NUMBER[Outcome.UNKNOWN]
    return outcome


class _Best:
    """The gravest offence that holds, case by case; the earlier row of the tables wins a tie."""

    def __init__(self, count: int) -> None:
        self.entry = np.full(count, -1, np.int32)
        self._rank = np.full((5, count), -np.inf)

    def offer(
        self,
        holds: npt.NDArray[np.bool_],
        entry: Ints,
        severity: npt.NDArray[np.float64],
        place: int,
    ) -> None:
        """Take an offence where it holds and is graver than what was found."""
        rank = np.vstack([severity, np.full(len(holds), -float(place))])
        graver = np.zeros(len(holds), bool)
        equal = holds.copy()
        for own, best in zip(rank, self._rank, strict=True):
            graver |= equal & (own > best)
            equal &= own == best
        self.entry[graver] = entry[graver]
        self._rank[:, graver] = rank[:, graver]


def _overall(
    law: Law, group: Group, conduct: str, forms: list[Form], current: list[Form]
) -> npt.NDArray[np.int8]:
    """The outcome where no offence holds, conflicts or lacks a fact; as `qualify._overall`."""
    on, era = group.on, law.era_on(group.on)
    own = [form for form in current if form.kind != MODIFIER]
    absence = next((a for a in law.absences if (a.era, a.conduct) == (era, conduct)), None)

    def everywhere(outcome: Outcome) -> npt.NDArray[np.int8]:
        return np.full(group.count, _NUMBER[outcome], np.int8)

    if absence is not None and not own:
        silent = absence.outcome == "silent"
        return everywhere(Outcome.SILENT if silent else Outcome.NOT_ENCODED)
    later = [f for f in forms if f.offence.valid_from and f.offence.valid_from > on]
    if own:
        result = everywhere(Outcome.FAILS)
        for form in later:
            if form.offence.era == era and form.before == "not-encoded":
                result[group.truth(form.condition) > 0] = _NUMBER[Outcome.NOT_ENCODED]
        return result
    first = min((f.offence.valid_from for f in later if f.offence.valid_from), default=None)
    nearest = [f for f in later if f.offence.valid_from == first]
    if not nearest or any(form.before == "not-encoded" for form in nearest):
        return everywhere(Outcome.NOT_ENCODED)
    return everywhere(Outcome.SILENT)
