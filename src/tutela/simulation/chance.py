"""Chance that repeats: one named stream of random numbers per purpose, from one seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]
#: Texts that stand for something, "" for nothing; objects, because few of them are different.
Codes = npt.NDArray[np.object_]
#: Short texts of one length, such as country codes.
Texts = npt.NDArray[np.str_]

NEVER = np.datetime64("NaT", "D")


def stream(seed: int, purpose: str) -> np.random.Generator:
    """The random numbers for one purpose; other purposes do not disturb them."""
    return np.random.default_rng([seed, crc32(purpose.encode())])


def choose(rng: np.random.Generator, weights: Mapping[Any, float], size: int) -> Ints:
    """`size` positions in `weights`, drawn by weight."""
    shares = np.cumsum(np.fromiter(weights.values(), dtype=np.float64))
    drawn = np.searchsorted(shares / shares[-1], rng.random(size), side="right")
    return np.minimum(drawn, len(shares) - 1).astype(np.int64)


def listed(texts: Iterable[str]) -> Codes:
    """Texts to take from by position."""
    return np.array(list(texts), dtype=np.object_)


def pick(rng: np.random.Generator, weights: Mapping[str, float], size: int) -> Codes:
    """`size` keys of `weights`, drawn by weight."""
    return listed(weights)[choose(rng, weights, size)]


def happens(rng: np.random.Generator, chance: float | Floats, size: int) -> Bools:
    """True with the given chance (one number, or one per element)."""
    return np.asarray(rng.random(size) < chance, dtype=np.bool_)


def delay(
    rng: np.random.Generator, median_and_spread: tuple[float, float], size: int, least: int = 0
) -> npt.NDArray[np.timedelta64]:
    """Whole days, log-normal with the given median (days) and spread, at least `least`."""
    median, spread = median_and_spread
    days = np.exp(rng.normal(np.log(median), spread, size))
    return np.maximum(np.rint(days), least).astype("timedelta64[D]")


def between(
    rng: np.random.Generator, first: int, last: int, size: int
) -> npt.NDArray[np.timedelta64]:
    """Whole days from `first` to `last`, both included, all equally likely."""
    return rng.integers(first, last + 1, size).astype("timedelta64[D]")


def day_in_year(rng: np.random.Generator, years: Ints) -> Dates:
    """A random day in each of `years`."""
    starts = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray(starts + rng.integers(0, 365, len(years)).astype("timedelta64[D]"))


def year_of(dates: Dates) -> Ints:
    """Calendar years; 0 where there is no date."""
    years = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    return np.where(np.isnat(dates), 0, years).astype(np.int64)


def only(dates: Any, condition: Bools) -> Dates:
    """The dates (days as `datetime64`) where `condition` holds, no date elsewhere."""
    return np.where(condition, dates, NEVER)
