"""At the centre: pick the pairs to ask about, and hide their records among decoys.

An agency gets the same number of questions whether or not any of its records is in doubt. The
decoys of a record look like it from the agency's side: same file, same role, same fields filled in
and birth date as well known. A record is asked about once only, so that comparing rounds tells
nothing.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tutela.durable import sync_folder
from tutela.errors import InputRefused, Misuse
from tutela.linkage.draws import draw_clusterings
from tutela.linkage.worth import worth_of_pairs
from tutela.submissions.run_report import run_folder
from tutela.submissions.scored_pairs import scored_pairs
from tutela.submissions.store import INCOMING, Store

FOLDER = "review"
QUESTIONS, PAIRS = "questions.parquet", "pairs.parquet"
DRAWS = 200
#: Decoys for each record in doubt, at least.
DECOYS = 3
#: What an agency sees of its record, and by which decoys must look alike.
_ALIKE = ("profile", "role", "birth_date_quality")
_FILLED = (
    "given_names_filter",
    "family_names_filter",
    "other_names_filter",
    "mother_names_filter",
    "citizenship",
    "residence",
    "phone_token",
)


@dataclass(frozen=True)
class Round:
    """One round of review: its name, pairs (with worth and role) and questions (agency, profile,
    record_id, key_epoch, key_check, in_doubt); `in_doubt` never leaves the centre."""

    name: str
    pairs: pl.DataFrame
    questions: pl.DataFrame

    def report(self, records: pl.DataFrame, clusters: pl.DataFrame) -> dict[str, Any]:
        """Counts, and how far being asked tells that another body knows the person: the share of
        records with such a link among those asked and among all, by agency."""
        shared = (
            clusters.join(records.select("record_id", "agency"), on="record_id")
            .with_columns(bodies=pl.col("agency").n_unique().over("cluster_id"))
            .select("record_id", "agency", elsewhere=pl.col("bodies") > 1)
        )
        asked = self.questions.select("record_id", "in_doubt")
        by = (
            shared.join(asked, on="record_id", how="left")
            .group_by("agency")
            .agg(
                questions=pl.col("in_doubt").is_not_null().sum(),
                in_doubt=pl.col("in_doubt").fill_null(value=False).sum(),
                elsewhere_asked=pl.col("elsewhere").filter(pl.col("in_doubt").is_not_null()).mean(),
                elsewhere_all=pl.col("elsewhere").mean(),
            )
            .sort("agency")
        )
        return {
            "round": self.name,
            "pairs": self.pairs.height,
            "worth": round(float(self.pairs["worth"].sum()), 3),
            "agencies": {str(row.pop("agency")): row for row in by.to_dicts()},
        }


def sample(
    store: Store, *, size: int = 20, decoys: int = DECOYS, seed: int | None = None
) -> tuple[Round, dict[str, Any]]:
    """Draw a round of `size` questions for each agency and keep it in the store.

    At least `decoys` of them stand beside each record in doubt. Without `seed` chance is the
    operating system's. Returns the round and its report. Raises InputRefused where the store was
    not linked or leaves nothing in doubt, Misuse on a size that cannot hide anything.
    """
    if decoys < 1 or size < 1 + decoys:
        raise Misuse(
            f"{size} questions cannot hide a record among {decoys} decoys",
            remedy="Ask for more questions, and one decoy or more.",
        )
    rng = np.random.default_rng(secrets.randbits(128) if seed is None else seed)
    folder = run_folder(store)
    records = _records(store)
    clusters = pl.read_parquet(folder / "clusters.parquet")
    before = asked_before(store)
    free = _with_kinds(records.filter(~pl.col("record_id").is_in(before.implode())))
    wanted = _worth(folder, clusters, records)
    chosen = _choose(wanted, free, size // (1 + decoys), decoys)
    if not chosen.height:
        raise InputRefused(
            "There is no pair in doubt that has not been asked about.",
            remedy="Nothing to do until more submissions are linked.",
        )
    name = f"round-{len(list((store.path / FOLDER).glob('round-*'))) + 1:04}"
    questions = _questions(chosen, free, size, decoys, rng)
    found = Round(name, chosen, questions)
    _keep(store, found)
    return found, found.report(records, clusters)


def asked_before(store: Store) -> pl.Series:
    """The records of all rounds so far."""
    files = sorted((store.path / FOLDER).glob(f"round-*/{QUESTIONS}"))
    empty = pl.Series("record_id", [], dtype=pl.String)
    return pl.concat([empty, *(pl.read_parquet(file)["record_id"] for file in files)])


def _records(store: Store) -> pl.DataFrame:
    """What is needed of the store's records, with how many figures hang on each."""
    columns = ("record_id", "agency", *_ALIKE, *_FILLED, "key_epoch", "key_check")
    records = pl.concat([s.records().select(columns).collect() for s in store.submissions()])
    events = pl.concat(
        [s.events().select("record_id", "event_type").collect() for s in store.submissions()]
    )
    # Each kind of event feeds figures of its own, so a record with more kinds moves more of them.
    kinds = events.drop_nulls().group_by("record_id").agg(pl.col("event_type").n_unique())
    weight = kinds.select("record_id", weight=pl.col("event_type").cast(pl.Float64).sqrt())
    return records.join(weight, on="record_id", how="left").with_columns(
        pl.col("weight").fill_null(1.0)
    )


def _worth(folder: Path, clusters: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """The unsure pairs of both roles by the worth of their answer."""
    parts = []
    every = pl.concat([scored_pairs(folder, name) for name in ("pairs", "besides")])
    for role in sorted(clusters["role"].unique().to_list()):
        pairs = every.filter(pl.col("role") == role)
        draws = draw_clusterings(clusters.filter(pl.col("role") == role), pairs, DRAWS)
        if len(draws.changed):
            found = worth_of_pairs(draws, pairs, records.select("record_id", "weight"))
            parts.append(found.filter(pl.col("worth") > 0))
    if not parts:
        return every.clear().with_columns(worth=pl.lit(0.0), group=pl.lit(0, dtype=pl.Int32))
    return pl.concat(parts).sort("worth", descending=True, maintain_order=True)


def _with_kinds(records: pl.DataFrame) -> pl.DataFrame:
    """`kind`: records of one kind look alike to their agency."""
    plain = [pl.col(name).cast(pl.String).fill_null("") for name in ("agency", *_ALIKE)]
    filled = [pl.col(name).is_not_null().cast(pl.Int8).cast(pl.String) for name in _FILLED]
    return records.with_columns(kind=pl.concat_str(*plain, *filled, separator="|"))


def _choose(wanted: pl.DataFrame, free: pl.DataFrame, most: int, decoys: int) -> pl.DataFrame:
    """The most worthy pairs whose records can all be hidden.

    No agency has more than `most` records in doubt, and no kind more than leave `decoys` of that
    kind for each. The first pair of a group comes before the second of any: pairs of one group
    settle one another.
    """
    places = {record: (agency, kind) for record, agency, kind in _places(free).iter_rows()}
    sizes = dict(free.group_by("kind").len().iter_rows())
    room = {kind: size // (1 + decoys) for kind, size in sizes.items()}
    room |= dict.fromkeys(free["agency"].unique().to_list(), most)
    turn = pl.int_range(pl.len()).over("role", "group")
    ordered = wanted.with_columns(turn=turn).sort("turn", maintain_order=True)
    asked: set[str] = set()
    kept: list[int] = []
    for row, pair in enumerate(ordered.select("record_id_1", "record_id_2").iter_rows()):
        if not all(record in places for record in pair):
            continue
        new = [record for record in pair if record not in asked]
        need = Counter(place for record in new for place in places[record])
        if all(room[place] >= count for place, count in need.items()):
            for place, count in need.items():
                room[place] -= count
            asked.update(new)
            kept.append(row)
    return ordered[kept].drop("turn", "group")


def _places(free: pl.DataFrame) -> pl.DataFrame:
    return free.select("record_id", "agency", "kind")


def _questions(
    chosen: pl.DataFrame, free: pl.DataFrame, size: int, decoys: int, rng: np.random.Generator
) -> pl.DataFrame:
    """The questions of every agency, records in doubt and decoys in one order by label."""
    doubt = pl.concat([chosen["record_id_1"], chosen["record_id_2"]]).implode()
    marked = free.with_columns(in_doubt=pl.col("record_id").is_in(doubt))
    parts = []
    for mine in marked.sort("agency", "record_id").partition_by("agency", maintain_order=True):
        targets = mine.filter("in_doubt")
        others = mine.filter(~pl.col("in_doubt"))
        shuffled = others[rng.permutation(others.height)]
        picked = _alike(targets, shuffled, decoys)
        rest = shuffled.join(picked.select("record_id"), on="record_id", how="anti")
        room = max(size - targets.height - picked.height, 0)
        # The rest fills the batch: every agency is asked the same number of questions.
        parts += [
            targets,
            picked,
            rest.sample(min(room, rest.height), seed=int(rng.integers(2**31))),
        ]
    return (
        pl.concat(parts)
        .select("agency", "profile", "record_id", "key_epoch", "key_check", "in_doubt")
        .sort("agency", "record_id")
    )


def _alike(targets: pl.DataFrame, shuffled: pl.DataFrame, decoys: int) -> pl.DataFrame:
    """For each record in doubt, `decoys` others of its kind."""
    wanted = targets.group_by("kind").agg(need=pl.len() * decoys)
    return (
        shuffled.join(wanted, on="kind", maintain_order="left")
        .filter(pl.int_range(pl.len()).over("kind") < pl.col("need"))
        .select(shuffled.columns)
    )


def _keep(store: Store, found: Round) -> None:
    """Write the round whole or not at all."""
    with store.writing():
        beside = store.path / INCOMING / found.name
        beside.mkdir(mode=0o700)
        found.pairs.write_parquet(beside / PAIRS)
        found.questions.write_parquet(beside / QUESTIONS)
        (store.path / FOLDER).mkdir(mode=0o700, exist_ok=True)
        beside.rename(store.path / FOLDER / found.name)
        sync_folder(store.path / FOLDER)


def rounds(store: Store) -> Sequence[Round]:
    """The rounds so far, by name."""
    return [
        Round(folder.name, pl.read_parquet(folder / PAIRS), pl.read_parquet(folder / QUESTIONS))
        for folder in sorted((store.path / FOLDER).glob("round-*"))
    ]
