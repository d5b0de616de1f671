"""The columns of a batch as arrays: three-valued facts, codes, ages, dates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.law.refusals import refused
from tutela.law.words import read_words

Truths = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

#: A column that only names the case and is handed back.
CASE = "case"
_OLDEST = 120
_YEARS_OPEN = 0.999


class Columns:
    """The facts of many cases, in the order that `order` puts them.

    Yes-or-no facts are 0, 1 (unknown), 2; codes are their place in the list of codes, -1 unknown;
    ages are completed years, -1 unknown; dates are days since 1970, the least integer unknown.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.order: npt.NDArray[np.intp] | None = None
        self._kinds: dict[str, dict[str, Any]] = read_words("facts")
        strangers = [c for c in frame.columns if c not in {*self._kinds, CASE, "nothing_else"}]
        for name in (*strangers, *(c for c in ("offence",) if c in frame.columns)):
            raise refused("batch_stranger", name, "")
        for name in frame.columns:
            if self._kinds.get(name, {}).get("type") == "date":
                self.frame = self.frame.with_columns(self._dates(name))
        if {"facts_on", "judged_on"} <= set(self.frame.columns):
            early = self.frame["judged_on"] < self.frame["facts_on"]
            self._refuse("judged_on", early.fill_null(value=False), "batch_early")
        self._closed = self._truths("nothing_else") == 2 if "nothing_else" in frame else None

    def __len__(self) -> int:
        return self.frame.height

    @cached_property
    def _cache(self) -> dict[str, npt.NDArray[Any]]:
        return {}

    def _ordered(self, name: str, make: Any) -> npt.NDArray[Any]:
        if name not in self._cache:
            values = make()
            self._cache[name] = values if self.order is None else values[self.order]
        return self._cache[name]

    def truths(self, name: str) -> Truths:
        """A yes-or-no fact."""
        return self._ordered(name, lambda: self._filled(name, self._truths(name), 1))

    def codes(self, name: str) -> Ints:
        """A code by its place among the codes of the fact."""
        return self._ordered(name, lambda: self._filled(name, self._codes(name), -1))

    def days(self, name: str) -> Ints:
        """A date as days since 1970."""
        return self._ordered(name, lambda: self._days(name))

    def ages(self, who: str) -> Ints:
        """Completed years of `victim` or `offender`, by date of birth where there is one."""
        return self._ordered(f"{who}_age", lambda: self._ages(who))

    def whole(self, name: str) -> Ints:
        """A whole number, -1 if unknown."""
        return self._ordered(name, lambda: self._whole(name))

    def gap(self) -> tuple[Floats, Floats]:
        """The least and greatest years between offender and victim; NaN where nothing is known."""
        low = self._ordered("gap_low", lambda: self._gap()[0])
        high = self._ordered("gap_high", lambda: self._gap()[1])
        return low, high

    def _filled(self, name: str, values: npt.NDArray[Any], unknown: int) -> npt.NDArray[Any]:
        absent = self._kinds[name].get("absent")
        if self._closed is None or absent is None:
            return values
        place = 0 if absent == "no" else list(read_words("codes")[name]).index(absent)
        return np.where(self._closed & (values == unknown), place, values).astype(values.dtype)

    def _truths(self, name: str) -> Truths:
        if name not in self.frame:
            return np.ones(len(self), np.uint8)
        column = self.frame[name]
        if column.dtype != pl.Boolean:
            column = self._mapped(name, column, {"yes": True, "no": False}, pl.Boolean)
        return (column.cast(pl.UInt8) * 2).fill_null(1).to_numpy()

    def _codes(self, name: str) -> Ints:
        if name not in self.frame:
            return np.full(len(self), -1, np.int32)
        known = list(read_words("codes")[name])
        column = self.frame[name]
        if column.dtype == pl.Null:
            return np.full(len(self), -1, np.int32)
        places = column.cast(pl.Enum(known), strict=False).to_physical()
        self._refuse(
            name, places.is_null() & column.is_not_null(), "batch_codes", known=", ".join(known)
        )
        return places.cast(pl.Int32).fill_null(-1).to_numpy()

    def _mapped(
        self, name: str, column: pl.Series, known: Mapping[str, Any], dtype: Any
    ) -> pl.Series:
        if column.dtype == pl.Null:
            return column.cast(dtype)
        mapped = column.cast(pl.String).replace_strict(
            list(known), list(known.values()), default=None, return_dtype=dtype
        )
        self._refuse(
            name, mapped.is_null() & column.is_not_null(), "batch_codes", known=", ".join(known)
        )
        return mapped

    def _days(self, name: str) -> Ints:
        unknown = np.iinfo(np.int32).min
        if name not in self.frame:
            return np.full(len(self), unknown, np.int32)
        return self.frame[name].cast(pl.Int32).fill_null(unknown).to_numpy()

    def _dates(self, name: str) -> pl.Series:
        column = self.frame[name]
        if column.dtype in (pl.Date, pl.Null):
            return column.cast(pl.Date)
        if column.dtype == pl.Datetime:
            return column.dt.date()
        days = column.cast(pl.String).str.to_date("%Y-%m-%d", strict=False)
        self._refuse(name, days.is_null() & column.is_not_null(), "batch_date")
        return days

    def _whole(self, name: str, most: int = 1_000_000, least: int = 0) -> Ints:
        if name not in self.frame:
            return np.full(len(self), -1, np.int32)
        column = self.frame[name]
        number = column.cast(pl.Int32, strict=False)
        wrong = (number.is_null() & column.is_not_null()) | (number < least) | (number > most)
        self._refuse(name, wrong.fill_null(value=False), "batch_whole", least=least, most=most)
        return number.fill_null(-1).to_numpy()

    def _ages(self, who: str) -> Ints:
        stated = self._whole(f"{who}_age", _OLDEST)
        if f"{who}_born" not in self.frame or "facts_on" not in self.frame:
            return stated
        years = self.frame.select(_years(pl.col(f"{who}_born"), pl.col("facts_on"))).to_series()
        self._refuse(f"{who}_born", (years < 0).fill_null(value=False), "batch_born")
        clash = (years != pl.Series(stated)) & pl.Series(stated >= 0)
        self._refuse(f"{who}_age", clash.fill_null(value=False), "batch_age")
        return np.where(years.is_null().to_numpy(), stated, years.fill_null(-1).to_numpy())

    @cached_property
    def _gaps(self) -> tuple[Floats, Floats]:
        victim, offender = self._ages("victim"), self._ages("offender")
        apart = np.abs(victim - offender).astype(np.float64)
        known = (victim >= 0) & (offender >= 0)
        low = np.where(known, np.maximum(0.0, apart - _YEARS_OPEN), np.nan)
        high = np.where(known, apart + _YEARS_OPEN, np.nan)
        stated = self._whole("age_gap")
        low, high = (np.where(stated >= 0, stated, bound) for bound in (low, high))
        if {"victim_born", "offender_born"} <= set(self.frame.columns):
            one, other = pl.col("victim_born"), pl.col("offender_born")
            older, younger = pl.min_horizontal(one, other), pl.max_horizontal(one, other)
            both = one.is_not_null() & other.is_not_null()
            same = (older.dt.month() == younger.dt.month()) & (older.dt.day() == younger.dt.day())
            exact = self.frame.select(years=pl.when(both).then(_years(older, younger)), same=same)
            years = exact["years"].cast(pl.Float64).fill_null(np.nan).to_numpy()
            whole = exact["same"].fill_null(value=False).to_numpy()
            low = np.where(np.isnan(years), low, years + np.where(whole, 0.0, 0.001))
            high = np.where(np.isnan(years), high, years + np.where(whole, 0.0, _YEARS_OPEN))
        return low, high

    def _gap(self) -> tuple[Floats, Floats]:
        return self._gaps

    def _refuse(self, name: str, wrong: pl.Series, key: str, **values: str | int) -> None:
        """Refuse the first wrong value by row and column, in the four languages."""
        if wrong.any():
            place = int(wrong.arg_max() or 0)
            error = refused(key, name, self.frame[name][place], row=place + 1, **values)
            error.details["row"] = place + 1
            raise error


def _years(born: pl.Expr, on: pl.Expr) -> pl.Expr:
    """Completed years between two dates."""
    before = (on.dt.month() < born.dt.month()) | (
        (on.dt.month() == born.dt.month()) & (on.dt.day() < born.dt.day())
    )
    return on.dt.year() - born.dt.year() - before.cast(pl.Int32)
