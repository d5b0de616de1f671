"""Rules between the columns of a row, as profiles declare them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from tutela.law import load_law
from tutela.submissions.problems import Case, ProblemLog
from tutela.submissions.profiles import Profile, Rule
from tutela.submissions.reading import ROW
from tutela.submissions.spans import earliest, iso_text, latest


@dataclass(frozen=True)
class Check:
    """One rule at one column: the rows that break it, what they say and what stands against it."""

    column: str
    broken: pl.Expr
    value: pl.Expr
    other: pl.Expr | None = None
    age: pl.Expr | None = None


class RuleBook:
    """The rules of a profile, ready to be applied to canonical chunks."""

    def __init__(self, profile: Profile, today: date) -> None:
        self._profile = profile
        self._today = today
        self._checks = [
            (rule, check)
            for rule in profile.rules
            for check in _KINDS[rule.kind](rule, profile, today)
        ]

    def apply(self, chunk: pl.DataFrame, log: ProblemLog, heading: Callable[[str], str]) -> None:
        """Log every row of a canonical chunk (with ages) that breaks a rule."""
        masks = chunk.select(
            (check.broken & _applies(rule, self._profile)).fill_null(value=False).alias(str(at))
            for at, (rule, check) in enumerate(self._checks)
        )
        for at, (rule, check) in enumerate(self._checks):
            mask = masks[str(at)]
            total = int(mask.sum())
            if total == 0:
                continue
            rows = chunk.filter(mask).head(log.cap)
            log.add_worded(
                (rule.name, rule.severity, heading(check.column)),
                (rule.message, rule.remedy),
                _cases(rows, check),
                total=total,
            )


def _cases(rows: pl.DataFrame, check: Check) -> list[Case]:
    nothing = pl.lit(None, dtype=pl.String)
    found = rows.select(
        row=pl.col(ROW),
        value=check.value.cast(pl.String),
        other=(nothing if check.other is None else check.other.cast(pl.String)),
        age=(nothing if check.age is None else check.age),
    )
    return [Case(**row) for row in found.to_dicts()]


def _applies(rule: Rule, profile: Profile) -> pl.Expr:
    """Whether a rule speaks of a row: its role, `where` and `unless`."""
    applies = pl.lit(value=True)
    if rule.role is not None and profile.has("role"):
        applies = applies & (pl.col("role") == rule.role)
    for column, codes in rule.where.items():
        empty_too = bool(rule.options.get("empty_too"))
        applies = applies & _holds(column, codes).fill_null(value=empty_too)
    for column, codes in rule.unless.items():
        applies = applies & ~_holds(column, codes).fill_null(value=False)
    return applies


def _holds(column: str, codes: tuple[str, ...]) -> pl.Expr:
    """The column has one of `codes`; codes written with `!` mean any other than these."""
    barred = [code.removeprefix("!") for code in codes if code.startswith("!")]
    if barred:
        return ~pl.col(column).is_in(barred)
    return pl.col(column).is_in(list(codes))


def _date_columns(profile: Profile, chosen: str) -> list[str]:
    if chosen != "*":
        return [chosen]
    return [column.name for column in profile.columns if column.is_date]


def _not_after_today(rule: Rule, profile: Profile, today: date) -> Iterator[Check]:
    for column in _date_columns(profile, rule.options["columns"]):
        yield Check(column, earliest(column) > today, iso_text(column))


def _order(rule: Rule, profile: Profile, today: date) -> Iterator[Check]:
    """`second` cannot have been before `first`, whatever the unknown days are."""
    first = rule.options["first"]
    for second in _date_columns(profile, rule.options["second"]):
        if second != first:
            broken = latest(second) < earliest(first)
            yield Check(second, broken, iso_text(second), other=iso_text(first))


def _needs(rule: Rule, profile: Profile, today: date) -> Iterator[Check]:
    when, needs = rule.options["when"], rule.options["needs"]
    broken = pl.col(when).is_not_null() & pl.col(needs).is_null()
    yield Check(when, broken, _shown(when, profile))


def _forbidden(rule: Rule, profile: Profile, today: date) -> Iterator[Check]:
    """`when` may not be filled in (or be above a number) where the conditions hold."""
    when = rule.options["when"]
    broken = pl.col(when).is_not_null()
    if "above" in rule.options:
        broken = pl.col(when) > rule.options["above"]
    conditions = [_shown(column, profile) for column in rule.where]
    yield Check(when, broken, _shown(when, profile), other=conditions[0] if conditions else None)


def _at_most(rule: Rule, profile: Profile, today: date) -> Iterator[Check]:
    value, limit = rule.options["value"], rule.options["limit_column"]
    yield Check(value, pl.col(value) > pl.col(limit), pl.col(value), other=pl.col(limit))


def _age_below(rule: Rule, profile: Profile, today: date) -> Iterator[Check]:
    """The age at the facts, which `ages` has filled in, is below `limit`."""
    age = pl.col("age_at_facts")
    yield Check("birth_date", age >= rule.options["limit"], iso_text("birth_date"), age=age)


def _in_force(rule: Rule, profile: Profile, today: date) -> Iterator[Check]:
    """An offence is in force on some day that the date of the facts can mean.

    `fault` is `ended`, `not_yet`, or `assumed`: ended only by the assumed start of a new code.
    """
    column, day = rule.options["column"], rule.options["date"]
    law = load_law(profile.country)
    # An article whose earlier text is not encoded may have been in force before its row starts.
    first = next(iter(law.eras))
    older = {
        f.offence.id for f in law.forms if f.before == "not-encoded" and f.offence.era == first
    }
    offences = law.offences.values()
    spans = pl.DataFrame(
        {
            "code": [o.id for o in offences],
            "start": [None if o.id in older else o.valid_from for o in offences],
            "end": [o.valid_to for o in offences],
        },
        schema={"code": pl.String, "start": pl.Date, "end": pl.Date},
    )

    def bound(name: str) -> pl.Expr:
        return pl.col(column).replace_strict(spans["code"], spans[name], default=None)

    ended = bound("end") <= earliest(day)
    assumed = bound("end") == law.new_code_from
    broken = {
        "ended": ended & ~assumed,
        "assumed": ended & assumed,
        "not_yet": bound("start") > latest(day),
    }[rule.options["fault"]]
    yield Check(column, broken, pl.col(column), other=iso_text(day))


def _shown(column: str, profile: Profile) -> pl.Expr:
    return iso_text(column) if profile.column(column).is_date else pl.col(column)


_KINDS: dict[str, Callable[[Rule, Profile, date], Iterator[Check]]] = {
    "not_after_today": _not_after_today,
    "order": _order,
    "needs": _needs,
    "forbidden": _forbidden,
    "at_most": _at_most,
    "age_below": _age_below,
    "in_force": _in_force,
}
