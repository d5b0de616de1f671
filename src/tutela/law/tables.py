"""The rows of the law as the engine holds them: offences, their forms, consent, provisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Protocol

from tutela.law.answers import Citation, Penalty
from tutela.law.conditions import Condition
from tutela.law.words import Words, same

#: How a row was established; `report-only` is not confirmed and is shown as such.
VERIFIED, DIFFERS, REPORT_ONLY = "verified", "differs", "report-only"


@dataclass(frozen=True)
class Row:
    """What every row of the law has: a name, an article, a period [valid_from, valid_to)."""

    table: str
    id: str
    era: str
    article: str
    label: Words
    valid_from: date | None
    valid_to: date | None
    known_from: date | None
    source: str
    status: str
    remark: str

    def in_force(self, on: date) -> bool:
        """Whether the row is in force on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on < self.valid_to
        )

    def cited(self, on: date | None) -> Citation:
        """The row as a citation for a day."""
        return Citation(
            self.table, self.id, self.article, self.source, self.status, on,
            self.valid_from, self.valid_to,
        )  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """How an article punishes an attempt.

    `same`: in the same range; `range`: in a range of its own; `none`: not at all; `fine`: only the
    fine is noted; `general`: the article does not say, the general rule applies.
    """

    rule: str
    penalty: Penalty = field(default_factory=Penalty)
    times_victims: bool = False


@dataclass(frozen=True)
class Offence(Row):
    """One offence for one age band of the victim."""

    victim_age_min: int
    victim_age_max: int | None
    elements: str
    penalty: Penalty
    times_victims: bool
    attempt: Attempt
    keys: frozenset[str]


@dataclass(frozen=True)
class Form:
    """One way of committing an offence: a conduct under conditions (a row of `elements.csv`).

    `kind` is `base`, `aggravated` (absorbs the base of the same conduct) or `modifier` (changes
    another penalty). `before` says what the law was before the offence starts in the first era.
    """

    offence: Offence
    conducts: frozenset[str]
    kind: str
    condition: Condition
    conflict: bool
    see: str
    before: str


@dataclass(frozen=True)
class DatedRule:
    """A rule with an effect: on consent (`void`, `valid`) or as a justification."""

    row: Row
    effect: str
    conducts: frozenset[str]
    condition: Condition


@dataclass(frozen=True)
class Absence:
    """What is said where no offence row stands: `silent` or `not-encoded`."""

    era: str
    conduct: str
    outcome: str
    keys: frozenset[str]
    note: Words


@dataclass(frozen=True)
class Provision(Row):
    """A row of procedure, jurisdiction, status, compensation or accessory measures.

    One of `conditions` must hold. `covers` are keys of offences (None: not bound to any);
    `read_until` is the end of the period for which the text was read: after it the engine answers
    that it is not encoded.
    """

    topic: str
    says: str
    covers: frozenset[str] | None
    conditions: tuple[Condition, ...]
    groups: frozenset[str]
    modality: str
    read_until: date | None
    cells: Mapping[str, str]


@dataclass(frozen=True)
class TimeLimit:
    """A duty `within`, or a right `not_before`, a time after an event, from a provision."""

    id: str
    provision: Provision
    event: str
    direction: str
    count: int
    unit: str
    done_by: tuple[str, ...]
    label: Words


class WorkingDays(Protocol):
    """The calendar of a country pack."""

    def next_working_day(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it."""

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`."""


@dataclass(frozen=True)
class Change:
    """A law that changed something: when it was made, when it started."""

    id: str
    text: str
    label: Words
    known_from: date | None
    in_force_from: date
    source: str
    status: str


@dataclass(frozen=True)
class Commencement:
    """One reading of when the new code starts."""

    option: str
    starts: date
    followed: bool
    label: Words
    source: str
    status: str


@dataclass(frozen=True, eq=False)
class Law:
    """The law of a country as the tables hold it, under one assumption about commencement."""

    country: str
    eras: Mapping[str, date | None]
    new_code: str
    new_code_from: date | None
    as_known_on: date | None
    overridden: bool
    commencements: tuple[Commencement, ...]
    levels: Mapping[int, Penalty]
    offences: Mapping[str, Offence]
    forms: tuple[Form, ...]
    consent: tuple[DatedRule, ...]
    justifications: tuple[DatedRule, ...]
    absences: tuple[Absence, ...]
    rules: Mapping[str, Row]
    report: Mapping[tuple[str, str], tuple[Mapping[str, object], ...]]
    provisions: Mapping[str, tuple[Provision, ...]]
    time_limits: tuple[TimeLimit, ...]
    calendar: WorkingDays
    gaps: tuple[Mapping[str, str], ...]
    timeline: tuple[Change, ...]
    texts: Mapping[tuple[str, str], Words]
    successors: Mapping[str, str]
    without_successor: Mapping[str, Words]

    def era_on(self, on: date) -> str:
        """The era in which a day lies."""
        return [era for era, start in self.eras.items() if start is None or start <= on][-1]

    def words(self, column: str, text: str) -> Words | str:
        """A cell's text in the four languages; as it stands if the tables have no words for it."""
        return self.texts.get((column, text), text)

    def article(self, article: str) -> Words:
        """An article with the name of its act in the four languages."""
        for act, words in self._acts:
            if article.startswith(act):
                return {lang: name + article[len(act) :] for lang, name in words.items()}
        return same(article)

    @cached_property
    def _acts(self) -> list[tuple[str, Words]]:
        """Acts as articles name them, the longest name first."""
        found = [(text, words) for (column, text), words in self.texts.items() if column == "act"]
        return sorted(found, key=lambda entry: -len(entry[0]))

    @cached_property
    def boundaries(self) -> tuple[date, ...]:
        """Every day on which some offence, consent rule or justification starts or ends."""
        rows = [*self.offences.values(), *(r.row for r in (*self.consent, *self.justifications))]
        days = {d for row in rows for d in (row.valid_from, row.valid_to) if d is not None}
        days |= {start for start in self.eras.values() if start is not None}
        return tuple(sorted(days))

    @cached_property
    def forms_by_conduct(self) -> Mapping[str, tuple[Form, ...]]:
        """Conduct → all its forms, of all eras."""
        found: dict[str, list[Form]] = {}
        for form in self.forms:
            for conduct in form.conducts:
                found.setdefault(conduct, []).append(form)
        return {conduct: tuple(forms) for conduct, forms in found.items()}
