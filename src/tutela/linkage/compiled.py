"""Compile a loop to machine code when it is first called, and keep the result where possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

_P = ParamSpec("_P")
_R = TypeVar("_R")


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """`function` compiled, free of the interpreter's lock; kept on disk unless nothing may be
    written there (then it is compiled anew in every process)."""
    try:
        made: Callable[_P, _R] = njit(nogil=True, cache=True)(function)
    except RuntimeError:
        made = njit(nogil=True)(function)
    return made
