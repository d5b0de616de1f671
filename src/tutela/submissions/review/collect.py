"""At the centre: take sealed answers, compare the corrected encodings, decide what is sure.

A pair is decided when both its records are answered and the evidence is strong: it must link or it
cannot. What stays in between stays open. Decisions become constraints of the next `tutela link`,
and pairs of known truth for its calibration.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tutela.durable import json_bytes, sync_file, sync_folder, write_synced
from tutela.linkage.known import CANNOT_LINK, MUST_LINK
from tutela.submissions.custody import refuse_linkage_secret
from tutela.submissions.keys import CentreKeys
from tutela.submissions.package import refusal
from tutela.submissions.review.answer import KIND, answer_schemas
from tutela.submissions.review.batch import batches
from tutela.submissions.review.decide import SCHEMA, decide
from tutela.submissions.review.fields import FIELDS, STATUSES
from tutela.submissions.review.sample import FOLDER, rounds
from tutela.submissions.small_package import SmallPackage, open_small
from tutela.submissions.store import INCOMING, Store
from tutela.submissions.tables import stray_values

ANSWERS = "answers"
DECISIONS = "decisions.parquet"


@dataclass(frozen=True)
class Collected:
    """What became of an answer, and of all pairs asked about so far."""

    state: str
    answer: str
    decisions: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """The outcome as plain data for `--json`."""
        return dict(vars(self))


def collect(path: Path, store: Store, keys: Path, country: str = "be") -> Collected:
    """Take one sealed answer and decide anew all pairs whose records are both answered.

    Raises InputRefused, with `details["reason"]`, for an answer that was altered, is not signed by
    the agency that was asked, answers no batch or another's, or holds anything but codes and
    encodings; SafetyBlock where the centre could read a linkage secret.
    """
    refuse_linkage_secret([keys, store.path])
    package = open_small(path, KIND, answer_schemas(), CentreKeys.load(keys))
    _check(package, store, country)
    final = store.path / FOLDER / ANSWERS / package.name
    with store.writing():
        state = "unchanged" if final.exists() else "received"
        if state == "received":
            _keep(package, final, store)
        before = decisions(store)
        # Also where the answer was there already: the one before may have been interrupted here.
        decided = decide(store, _answers(store), before)
        if not decided.equals(before):
            new = store.path / FOLDER / f".{DECISIONS}.new"
            decided.write_parquet(new)
            sync_file(new)
            new.replace(store.path / FOLDER / DECISIONS)
            sync_folder(store.path / FOLDER)
    counts = {str(kind): count for kind, count in decided.group_by("kind").len().iter_rows()}
    return Collected(state, package.name, counts)


def _keep(package: SmallPackage, final: Path, store: Store) -> None:
    """Write the answer whole or not at all."""
    _refuse_second(package, store)
    beside = store.path / INCOMING / package.name
    beside.mkdir(mode=0o700)
    for name, frame in package.tables.items():
        frame.write_parquet(beside / f"{name}.parquet", compression="zstd")
    write_synced(beside / "manifest.json", json_bytes(package.manifest))
    final.parent.mkdir(mode=0o700, exist_ok=True)
    beside.rename(final)
    sync_folder(final.parent)


def decisions(store: Store) -> pl.DataFrame:
    """All pairs compared by answers so far, in the columns of `decide.SCHEMA`."""
    path = store.path / FOLDER / DECISIONS
    return pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=SCHEMA)


def constraints(store: Store) -> pl.DataFrame:
    """The decided pairs: record_id_1, record_id_2, kind (must_link, cannot_link)."""
    names = ("record_id_1", "record_id_2", "kind")
    sure = pl.col("kind").is_in([MUST_LINK, CANNOT_LINK])
    return decisions(store).filter(sure).select(names)


def _answers(store: Store) -> list[tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    """Records, statuses and filters of every answer, by name."""
    return [
        (
            pl.read_parquet(folder / "records.parquet"),
            pl.read_parquet(folder / "statuses.parquet"),
            pl.read_parquet(folder / "filters.parquet"),
        )
        for folder in sorted((store.path / FOLDER / ANSWERS).glob("*-review-*"))
    ]


def _refuse_second(package: SmallPackage, store: Store) -> None:
    """One batch has one answer: a second, other one would be somebody trying."""
    for manifest in (store.path / FOLDER / ANSWERS).glob("*-review-*/manifest.json"):
        if json.loads(manifest.read_bytes())["batch"] == package.manifest["batch"]:
            raise refusal(
                "answered",
                f"The questions of {package.manifest['round']} were answered before.",
                "An answer stands; ask the centre for a new round if it was wrong.",
            )


def _check(package: SmallPackage, store: Store, country: str) -> None:
    manifest, records = package.manifest, package.tables["records"]
    statuses = package.tables["statuses"]
    asked = {batch.id: batch for round_ in rounds(store) for batch in batches(round_)}
    batch = asked.get(str(manifest.get("batch")))
    if batch is None or batch.agency != manifest["agency"] or batch.round != manifest.get("round"):
        raise refusal(
            "not-asked",
            f"{manifest['agency']} answers questions that were not put to it.",
            "Answer the batch that this centre sent.",
        )
    labels = batch.labels()
    keyed = (records["key_epoch"] == batch.key_epoch) & (records["key_check"] == batch.key_check)
    words = all(statuses[field].is_in(list(STATUSES)).all() for field in FIELDS)
    whole = records["record_id"].to_list() == statuses["record_id"].to_list() == labels
    if not (keyed.all() and words and whole):
        raise refusal(
            "malformed",
            "The answer does not answer its batch record by record, under the batch's key.",
            "Seal the answer again with `tutela review answer`.",
        )
    stray = stray_values(records, country)
    if stray is not None:
        raise refusal(
            "stray-value", f"Column {stray[0]} holds something that is no code.", "Answer again."
        )
