"""A release with or without a ledger of the releases before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from tutela.disclosure.ledger import Ledger
    from tutela.disclosure.policy import Policy
    from tutela.disclosure.protect import Protection
    from tutela.disclosure.table import FrequencyTable


@dataclass(frozen=True)
class Protecting:
    """Protects and records against `ledger`; alone, and recording nothing, without one."""

    ledger: Ledger | None

    def protect(self, tables: Sequence[FrequencyTable], policy: Policy) -> Protection:
        """Protect `tables` with everything that the ledger holds of their populations."""
        from tutela.disclosure.protect import protect
        from tutela.disclosure.succession import protect_after

        if self.ledger is None:
            return protect(tables, policy)
        return protect_after(tables, policy, self.ledger)

    def record(
        self,
        release: str,
        tables: Sequence[FrequencyTable],
        policy: Policy,
        protected: Mapping[str, pl.DataFrame],
    ) -> dict[str, Any]:
        """Add the release to the ledger; what the manifest says of it, nothing without a ledger."""
        from tutela.disclosure.succession import record

        if self.ledger is None:
            return {}
        entry = record(self.ledger, release, tables, policy, protected)
        return {"ledger": {"entry": entry.number, "fingerprint": entry.fingerprint}}


@contextmanager
def protecting(ledger: Path | None) -> Iterator[Protecting]:
    """Hold the ledger in `ledger` (made when it is not there) while a release is made against it.

    Raises SafetyBlock when it was tampered with or is in use.
    """
    if ledger is None:
        yield Protecting(None)
        return
    from tutela.disclosure.ledger import Ledger

    opened = Ledger.open(ledger)
    with opened.writing():
        yield Protecting(opened)
