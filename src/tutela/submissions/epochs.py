"""Which versions of submissions are linked in which key epoch while a new secret is brought in.

While epochs overlap, an agency encodes its rows again under the new secret and supersedes the old
package. The new version is what counts; the old one still stands for linking, in its own epoch,
until the centre closes that epoch. Records of two epochs are never compared: clusters of the new
epoch and of the old are the same persons where they hold the same records.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from tutela.submissions.store import Store, Submission


def standing(store: Store) -> dict[int, list[Submission]]:
    """Key epoch, newest first → the versions linked in it, at most one of each submission."""
    found: dict[int, list[Submission]] = {}
    taken = store.epochs()
    held = {submission.name: submission for submission in store.held()}
    for current in store.submissions():
        found.setdefault(_epoch(current), []).append(current)
        seen = {_epoch(current)}
        older = held.get(current.manifest["supersedes"] or "")
        while older is not None:
            if _epoch(older) not in seen and _epoch(older) in taken:
                found.setdefault(_epoch(older), []).append(older)
                seen.add(_epoch(older))
            older = held.get(older.manifest["supersedes"] or "")
    return {epoch: found[epoch] for epoch in sorted(found, reverse=True)}


def _epoch(submission: Submission) -> int:
    return int(submission.manifest["key_epoch"])


def across_epochs(by_epoch: Mapping[int, pl.DataFrame], counted: pl.Series) -> pl.DataFrame:
    """One clustering of `counted` records from the clusterings of each epoch, newest first.

    Each frame has record_id, cluster_id and probability. A record stands where its newest encoding
    puts it. Those that have no newer encoding yet follow the records of their cluster that have
    one, to the cluster in which most of these are (of equals, the one whose name is first).
    Returns record_id, number (a text that tells clusters apart) and probability.
    """
    together: pl.DataFrame | None = None
    for epoch, clusters in by_epoch.items():
        own = clusters.select(
            "record_id",
            pl.format("{}|{}", pl.lit(epoch), "cluster_id").alias("number"),
            "probability",
        )
        if together is None:
            together = own
            continue
        placed = together.select("record_id", there="number")
        heirs = (
            own.join(placed, on="record_id")
            .group_by("number", "there")
            .len()
            .sort(["len", "there"], descending=[True, False])
            .unique("number", keep="first", maintain_order=True)
            .select("number", "there")
        )
        left = own.join(placed, on="record_id", how="anti").join(heirs, on="number", how="left")
        followed = left.select(
            "record_id", pl.coalesce("there", "number").alias("number"), "probability"
        )
        together = pl.concat([together, followed])
    assert together is not None  # noqa: S101 - there is at least one epoch
    return together.filter(pl.col("record_id").is_in(counted.implode())).sort("record_id")
