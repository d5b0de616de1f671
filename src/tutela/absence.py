"""Unknown is not zero, not suppressed, not "does not apply": one enum from form to publication."""

from __future__ import annotations

from enum import StrEnum


class Absence(StrEnum):
    """Why a value is not there; the same four words in files, tables and pages."""

    UNKNOWN = "unknown"
    """Asked for or expected, and not known."""
    NOT_APPLICABLE = "not_applicable"
    """The question makes no sense for this unit."""
    SUPPRESSED = "suppressed"
    """Known, and hidden so that nobody can be recognised."""
    NOT_COLLECTED = "not_collected"
    """No source of this period was asked."""
