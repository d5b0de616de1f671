"""The national store on disk: immutable submissions, tombstones, and who may write.

Readers need no lock: a submission appears and disappears by one rename, and a tombstone counts from
the moment it is there.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from tutela.durable import json_bytes, sync_folder, write_whole
from tutela.errors import InputRefused, Misuse
from tutela.submissions.custody import refuse_linkage_secret
from tutela.submissions.forget import forget_records

FORMAT = 1
SUBMISSIONS = "submissions"
WITHDRAWN = "withdrawn"
INCOMING = "incoming"


@dataclass(frozen=True)
class Submission:
    """One received package: its folder and its manifest."""

    folder: Path

    @property
    def name(self) -> str:
        """`<agency>-<profile>-<first 12 of the content hash>`."""
        return self.folder.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Agency, profile, version, epoch, period, counts, content hash, received, supersedes."""
        return _read_json(self.folder / "manifest.json")

    def records(self) -> pl.LazyFrame:
        """One row per mention of a person; columns in docs/architecture.md."""
        return pl.scan_parquet(self.folder / "records.parquet")

    def events(self) -> pl.LazyFrame:
        """One row per dated fact."""
        return pl.scan_parquet(self.folder / "events.parquet")

    def filters(self) -> pl.LazyFrame:
        """The package's dictionary: filter_id (UInt32) and bits (64 bytes)."""
        return pl.scan_parquet(self.folder / "filters.parquet")


class Store:
    """A national store; `submissions` are the current ones only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, path: Path, epochs: Iterable[int] = (1,)) -> Store:
        """Make an empty store that takes packages of the given key epochs."""
        if (path / "store.json").exists():
            raise InputRefused(f"{path} is a store already.")
        if path.exists() and any(path.iterdir()):
            raise InputRefused(
                f"{path} is not empty and not a store.", remedy="Choose another folder."
            )
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in (SUBMISSIONS, WITHDRAWN, INCOMING):
            (path / part).mkdir(mode=0o700, exist_ok=True)
        settings = {"format": FORMAT, "epochs": {str(epoch): None for epoch in sorted(epochs)}}
        write_whole(path / "store.json", json_bytes(settings))
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open a store; raises Misuse where there is none, InputRefused for another format, and
        SafetyBlock where a linkage secret lies in it."""
        if not (path / "store.json").is_file():
            raise Misuse(
                f"{path} is no store.", remedy=f"Make one with `tutela store {path} --create`."
            )
        found = _read_json(path / "store.json").get("format")
        if found != FORMAT:
            raise InputRefused(
                f"The store has format {found}; this version reads format {FORMAT}.",
                remedy="Use the version of Tutela that made it.",
            )
        refuse_linkage_secret([path])
        return cls(path)

    def epochs(self) -> dict[int, int | None]:
        """The key epochs that are taken, each with the mark of its secret once one has come."""
        epochs = _read_json(self.path / "store.json")["epochs"]
        return {int(epoch): check for epoch, check in epochs.items()}

    def set_epochs(self, epochs: Iterable[int]) -> None:
        """Take packages of these epochs only; the marks of known secrets are kept.

        Raises InputRefused where a current submission would be left in a closed epoch: what was
        encoded under different secrets cannot be compared, so it must come anew first.
        """
        known = self.epochs()
        epochs = sorted(epochs)
        left = [s.name for s in self.submissions() if s.manifest["key_epoch"] not in epochs]
        if left:
            raise InputRefused(
                f"{len(left)} submissions are not yet encoded under a secret of epoch"
                f" {', '.join(map(str, epochs))}: {', '.join(left[:10])}.",
                remedy="Ask these agencies to encode them again with --supersedes, or withdraw"
                " them; then close the epoch.",
                details={"submissions": left},
            )
        self.write_epochs({epoch: known.get(epoch) for epoch in epochs})

    def write_epochs(self, epochs: dict[int, int | None]) -> None:
        """Write the epochs with their secrets' marks."""
        ordered = {str(epoch): epochs[epoch] for epoch in sorted(epochs)}
        settings = {"format": FORMAT, "epochs": ordered}
        write_whole(self.path / "store.json", json_bytes(settings))

    def submissions(self) -> list[Submission]:
        """The submissions that count: neither withdrawn nor replaced; by name."""
        replaced = self.replaced_by()
        return [found for found in self.held() if found.name not in replaced]

    def held(self) -> list[Submission]:
        """Every submission that is not withdrawn, replaced ones included; by name."""
        gone = self.tombstones()
        folders = sorted((self.path / SUBMISSIONS).iterdir())
        return [Submission(folder) for folder in folders if folder.name not in gone]

    def replaced_by(self) -> dict[str, str]:
        """Replaced submission → the submission that replaced it, withdrawn ones included."""
        replaced: dict[str, str] = {}
        for name, tombstone in self.tombstones().items():
            if tombstone["supersedes"]:
                replaced[tombstone["supersedes"]] = name
        for submission in self.held():
            if submission.manifest["supersedes"]:
                replaced[submission.manifest["supersedes"]] = submission.name
        return replaced

    def tombstones(self) -> dict[str, dict[str, Any]]:
        """Withdrawn submission → what is left of it: who handed in what, and when it went."""
        stones = sorted((self.path / WITHDRAWN).glob("*.json"))
        return {stone.stem: _read_json(stone) for stone in stones}

    def submission(self, name: str) -> Submission | None:
        """The submission of that name if it is held, replaced or not."""
        return next((found for found in self.held() if found.name == name), None)

    def current(self) -> dict[str, Any]:
        """What `current.json` says of the current linkage and tables runs; {} without runs."""
        path = self.path / "current.json"
        return _read_json(path) if path.is_file() else {}

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the store's lock; what this or an interrupted writer leaves behind is cleared."""
        with (self.path / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._clear()
            try:
                yield
            finally:
                self._clear()

    def _clear(self) -> None:
        """Finish interrupted withdrawals and remove half-received packages."""
        self.finish_withdrawals()
        for left in (self.path / INCOMING).iterdir():
            shutil.rmtree(left)

    def finish_withdrawals(self) -> None:
        """Forget the submissions that have a tombstone; to be called while `writing`.

        A folder that is still there tells that its withdrawal is not finished.
        """
        incoming = self.path / INCOMING
        for name in self.tombstones():
            folder = self.path / SUBMISSIONS / name
            if not folder.exists():
                continue
            labels = Submission(folder).records().select("record_id").collect()["record_id"]
            forget_records(self.path, labels, incoming)
            # Renamed first, so that no reader ever finds half a submission.
            folder.rename(incoming / name)
            sync_folder(self.path / SUBMISSIONS)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except ValueError as error:
        raise InputRefused(f"{path} is damaged: it is not JSON.") from error
    if not isinstance(data, dict):
        raise InputRefused(f"{path} is damaged: it is no JSON object.")
    return data
