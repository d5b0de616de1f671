"""Three-valued truth (Kleene): a fact that is not known is neither true nor false."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Truth(IntEnum):
    """Ordered so that `and` is the least and `or` the greatest."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


def of(value: bool | None) -> Truth:
    """The truth of a Python answer; None is unknown."""
    if value is None:
        return Truth.UNKNOWN
    return Truth.TRUE if value else Truth.FALSE


def negated(value: Truth) -> Truth:
    """Not."""
    return Truth(2 - value)


def all_of(values: Iterable[Truth]) -> Truth:
    """And; true of nothing."""
    return min(values, default=Truth.TRUE)


def any_of(values: Iterable[Truth]) -> Truth:
    """Or; false of nothing."""
    return max(values, default=Truth.FALSE)
