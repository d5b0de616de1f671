"""The three ways in which Tutela says no; every command maps them to its exit code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class TutelaError(Exception):
    """An expected refusal, worded for the person who reads it.

    `message` says what is wrong and where, `remedy` what to do about it; `details` is data for
    `--json` (row, column, value, cells at fault …) and never holds personal data.
    """

    exit_code = 1
    kind = "error"

    def __init__(
        self, message: str, *, remedy: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details: dict[str, Any] = dict(details or {})

    def as_dict(self) -> dict[str, Any]:
        """The one JSON shape of a refusal: kind, message, remedy, details."""
        return {
            "error": {
                "kind": self.kind,
                "message": self.message,
                "remedy": self.remedy,
                "details": self.details,
            }
        }


class InputRefused(TutelaError):  # noqa: N818 - reads as what happened
    """The user's file or record cannot be taken; nothing of it was kept (exit 1)."""

    exit_code = 1
    kind = "input-refused"


class Misuse(TutelaError):  # noqa: N818
    """The command or function was called wrongly (exit 2)."""

    exit_code = 2
    kind = "misuse"


class SafetyBlock(TutelaError):  # noqa: N818
    """A safety rule forbids what was asked; nothing was written (exit 3)."""

    exit_code = 3
    kind = "blocked"
