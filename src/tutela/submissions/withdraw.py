"""Withdraws a submission: its rows go everywhere, a tombstone stays."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl

from tutela.durable import json_bytes, write_whole
from tutela.errors import InputRefused
from tutela.submissions.store import WITHDRAWN, Store, Submission


@dataclass(frozen=True)
class Withdrawal:
    """What was removed: the submission, the versions it had replaced, and rows of linkage runs."""

    submission: str
    removed: tuple[str, ...]
    records: int
    withdrawn: str

    def as_dict(self) -> dict[str, Any]:
        """The withdrawal as plain data for `--json`."""
        return {**asdict(self), "removed": list(self.removed)}


def withdraw_submission(name: str, store: Store, *, now: datetime | None = None) -> Withdrawal:
    """Remove a submission and the versions that it replaced, and leave a tombstone of each.

    Linkage runs are rewritten without its records; counts made from it are removed. The tombstones
    come first: from then on nothing of it counts, whatever happens, and the next writer finishes.
    """
    moment = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    with store.writing():
        if name in store.tombstones():
            raise InputRefused(f"{name} was withdrawn before.", details={"reason": "withdrawn"})
        gone = _with_older_versions(name, store)
        records = pl.concat([version.records().select("record_id") for version in gone])
        count = records.unique().select(pl.len()).collect().item()
        # The oldest first, so that no older version comes back to life in between.
        for version in reversed(gone):
            stone = {
                key: version.manifest[key]
                for key in ("agency", "profile", "period", "counts", "content_hash", "supersedes")
            }
            stone |= {"received": version.manifest["received"], "withdrawn": moment}
            write_whole(store.path / WITHDRAWN / f"{version.name}.json", json_bytes(stone))
        store.finish_withdrawals()
    return Withdrawal(name, tuple(version.name for version in gone), count, moment)


def _with_older_versions(name: str, store: Store) -> list[Submission]:
    """The submission and the chain of versions behind it, newest first."""
    chain: list[Submission] = []
    following: str | None = name
    while following is not None and (version := store.submission(following)) is not None:
        chain.append(version)
        following = version.manifest["supersedes"]
    if not chain:
        names = ", ".join(held.name for held in store.held()[:20])
        raise InputRefused(
            f"The store holds no submission {name}.",
            remedy=f"It holds: {names}." if names else "It is empty.",
            details={"reason": "unknown-submission"},
        )
    return chain
