"""Names of clusters that outlive a new run, and the events that explain every change.

A cluster keeps the name of the earlier cluster with which it shares most records; each name goes to
one cluster only. A cluster without a name of its own is called after its smallest record label. The
result depends on which records are where, never on the order in which they come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

BORN, MERGED, SPLIT, MOVED, ENDED = "born", "merged", "split", "moved", "ended"
#: `records` of the event were in `previous_id` before and are in `cluster_id` now.
EVENT_SCHEMA = {
    "event": pl.String(),
    "cluster_id": pl.String(),
    "previous_id": pl.String(),
    "records": pl.UInt32(),
}


@dataclass(frozen=True)
class Named:
    """`clusters` has record_id and cluster_id; `events` what changed since the earlier run:

    - born: a cluster of records of which none was there;
    - merged: the earlier cluster has no successor of its own, its records are in `cluster_id` now;
    - split: a new cluster of records that left an earlier cluster which goes on;
    - moved: records went from one cluster that goes on to another;
    - ended: none of its records is there any more.
    """

    clusters: pl.DataFrame
    events: pl.DataFrame


def name_clusters(clusters: pl.DataFrame, previous: pl.DataFrame | None = None) -> Named:
    """Name clusters after those of an earlier run.

    `clusters` has record_id and number (of any type), `previous` record_id and cluster_id of the
    earlier run.
    Without `previous` there are no events: a first run explains nothing.
    """
    current = clusters.select("record_id", "number")
    smallest = current.group_by("number").agg(pl.col("record_id").min().alias("smallest"))
    if previous is None:
        names = _fresh(smallest.sort("smallest"), ())
        return Named(_joined(current, names), no_events())
    shared = (
        current.join(previous.select("record_id", "cluster_id"), on="record_id")
        .group_by("number", "cluster_id")
        .agg(pl.len().alias("records"))
        .join(smallest, on="number")
        .sort(["records", "cluster_id", "smallest"], descending=[True, False, False])
    )
    heirs = _heirs(shared)
    held = set(previous["cluster_id"].unique().to_list())
    orphans = smallest.join(heirs, on="number", how="anti").sort("smallest")
    names = pl.concat([heirs, _fresh(orphans, held)])
    events = _events(shared, names, heirs, smallest, previous)
    return Named(_joined(current, names), events)


def no_events() -> pl.DataFrame:
    """A table of events with none in it."""
    return pl.DataFrame(schema=EVENT_SCHEMA)


def _heirs(shared: pl.DataFrame) -> pl.DataFrame:
    """number and cluster_id of the clusters that keep a name: most shared records first."""
    # A cluster that shares records with one earlier cluster, which shares with no other, is plain.
    alone = (pl.len().over("number") == 1) & (pl.len().over("cluster_id") == 1)
    marked = shared.with_columns(alone=alone)
    plain = marked.filter("alone").select("number", "cluster_id")
    taken: set[str] = set()
    given: dict[int, str] = {}
    contested = marked.filter(~pl.col("alone")).select("number", "cluster_id")
    for number, name in contested.iter_rows():
        if number not in given and name not in taken:
            given[number] = name
            taken.add(name)
    rest = pl.DataFrame(
        {"number": list(given), "cluster_id": list(given.values())}, schema=plain.schema
    )
    return pl.concat([plain, rest])


def _fresh(orphans: pl.DataFrame, held: Iterable[str]) -> pl.DataFrame:
    """Names for clusters without one, by their smallest labels; none that is held already."""
    used = set(held)
    names = []
    for label in orphans["smallest"].to_list():
        attempt = 0
        name = name_of(label, attempt)
        while name in used:
            attempt += 1
            name = name_of(label, attempt)
        used.add(name)
        names.append(name)
    numbers = orphans["number"]
    return pl.DataFrame({"number": numbers, "cluster_id": pl.Series(names, dtype=pl.String)})


def name_of(label: str, attempt: int = 0) -> str:
    """The name of a cluster after its smallest record label; later attempts give other names."""
    text = f"{label}|{attempt}" if attempt else label
    return "p-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def _joined(current: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    return current.join(names, on="number", how="left", maintain_order="left").select(
        "record_id", "cluster_id"
    )


def _events(
    shared: pl.DataFrame,
    names: pl.DataFrame,
    heirs: pl.DataFrame,
    smallest: pl.DataFrame,
    previous: pl.DataFrame,
) -> pl.DataFrame:
    going_on = heirs["cluster_id"].implode()
    renamed = shared.rename({"cluster_id": "previous_id"}).join(names, on="number")
    changed = renamed.filter(pl.col("cluster_id") != pl.col("previous_id"))
    inherited = heirs.select("number", pl.lit(value=True).alias("inherited"))
    crossings = changed.join(inherited, on="number", how="left").select(
        event=pl.when(~pl.col("previous_id").is_in(going_on))
        .then(pl.lit(MERGED))
        .when(pl.col("inherited").is_null())
        .then(pl.lit(SPLIT))
        .otherwise(pl.lit(MOVED)),
        cluster_id="cluster_id",
        previous_id="previous_id",
        records="records",
    )
    born = (
        smallest.join(shared, on="number", how="anti")
        .join(names, on="number")
        .select(
            event=pl.lit(BORN),
            cluster_id="cluster_id",
            previous_id=pl.lit(None, dtype=pl.String),
            records=pl.lit(None, dtype=pl.UInt32),
        )
    )
    before = previous.group_by("cluster_id").agg(pl.len().alias("records"))
    ended = before.join(shared.select("cluster_id").unique(), on="cluster_id", how="anti").select(
        event=pl.lit(ENDED),
        cluster_id=pl.lit(None, dtype=pl.String),
        previous_id="cluster_id",
        records="records",
    )
    return pl.concat([part.cast(EVENT_SCHEMA) for part in (crossings, born, ended)]).sort(  # type: ignore[arg-type]
        "event", "cluster_id", "previous_id"
    )
