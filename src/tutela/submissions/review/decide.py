"""What the answers settle: pairs compared anew by what the agencies' files really hold."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.linkage.calibration import Calibration
from tutela.linkage.compare import Comparison
from tutela.linkage.dictionary import merge_dictionaries
from tutela.linkage.known import CANNOT_LINK, MUST_LINK
from tutela.linkage.model import Model
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.scoring import calibrated
from tutela.linkage.table import read_table
from tutela.submissions.review.fields import FIELDS, UNCONFIRMED, linkage_columns
from tutela.submissions.review.sample import rounds
from tutela.submissions.run_report import run_folder
from tutela.submissions.store import Store

Floats = npt.NDArray[np.float64]
Answer = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]

#: Log odds that settle a pair, either way (p = .953).
SURE = 3.0
#: A field that both files are sure of weighs so much more where it disagrees: what was looked up
#: differs by chance far less often than what was typed once. Names are left out: two files may both
#: be sure of two spellings.
LOOKED_UP = 2.0
_FIRM = ("birth_date", "sex")
OPEN, CONTRADICTS = "open", "contradicts"


#: Columns of the decisions.
SCHEMA: dict[str, pl.DataType] = {
    "record_id_1": pl.String(),
    "record_id_2": pl.String(),
    "role": pl.String(),
    "log_odds": pl.Float64(),
    "kind": pl.String(),
}


def decide(store: Store, answers: Sequence[Answer], before: pl.DataFrame) -> pl.DataFrame:
    """Every pair asked about whose records are both answered, in the columns of SCHEMA.

    `before` are the decisions so far; they stand, or a decision would move the calibration by which
    it is judged again. `kind` is must_link, cannot_link, open, or contradicts (it would undo surer
    decisions or earlier ones).
    """
    if not answers:
        return before
    answered = pl.concat([statuses for _, statuses, _ in answers]).unique("record_id")
    known = answered["record_id"].implode()
    pairs = (
        pl.concat([round_.pairs for round_ in rounds(store)])
        .filter(pl.col("record_id_1").is_in(known), pl.col("record_id_2").is_in(known))
        .join(before, on=["record_id_1", "record_id_2"], how="anti")
    )
    parts = [
        _scored(store, str(key[0]), part, answers, answered)
        for key, part in sorted(pairs.group_by("role"), key=lambda part: str(part[0]))
    ]
    if not parts:
        return before
    return pl.concat([before, _settled(pl.concat(parts), before).select(list(SCHEMA))])


def _scored(
    store: Store, role: str, pairs: pl.DataFrame, answers: Sequence[Answer], answered: pl.DataFrame
) -> pl.DataFrame:
    """The pairs of one role with the log odds of their corrected records."""
    folder = run_folder(store)
    run = json.loads((folder / "report.json").read_bytes())["roles"][role]
    model = Model.from_dict(json.loads((folder / "model.json").read_bytes())[role])
    calibration = Calibration.from_dict(run["calibration"]) if "calibration" in run else None
    records, filters = _corrected(store, role, answers)
    ordered = records.sort("record_id")
    comparison = Comparison(read_table(ordered, filters, DEFAULT_SCHEMA))
    model = model.fitted(comparison.features)
    rows = ordered.select("record_id").with_row_index("row")
    placed = pairs.join(rows, left_on="record_id_1", right_on="record_id").join(
        rows, left_on="record_id_2", right_on="record_id", suffix="_2"
    )
    i, j = (placed[name].cast(pl.Int32).to_numpy() for name in ("row", "row_2"))
    levels = comparison.levels(i, j)
    odds = calibrated(calibration, model.log_odds(levels))
    odds += _firmness(model, levels, placed, answered)
    return placed.drop("row", "row_2").with_columns(log_odds=pl.Series(odds))


def _corrected(
    store: Store, role: str, answers: Sequence[Answer]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The store's records of a role with the encodings of the answers in place of their own."""
    packages = []
    for submission in store.submissions():
        records = submission.records().filter(pl.col("role") == role).collect()
        packages.append((records.with_columns(answer=pl.lit(0)), submission.filters().collect()))
    for number, (records, _, filters) in enumerate(answers, start=1):
        packages.append((records.with_columns(answer=pl.lit(number)), filters))
    merged, filters = merge_dictionaries(packages)
    own = merged.filter(pl.col("answer") == 0).drop("answer")
    new = merged.filter(pl.col("answer") > 0).unique("record_id", keep="last")
    columns = [name for name in linkage_columns(own.columns) if name in new.columns]
    joined = own.join(
        new.select(
            "record_id",
            pl.lit(value=True).alias("answered"),
            *(pl.col(c).alias(f"{c}|new") for c in columns),
        ),
        on="record_id",
        how="left",
    )
    return (
        joined.with_columns(
            pl.when(pl.col("answered")).then(pl.col(f"{c}|new")).otherwise(pl.col(c)).alias(c)
            for c in columns
        ).select(own.columns),
        filters,
    )


def _firmness(
    model: Model, levels: npt.NDArray[np.uint8], placed: pl.DataFrame, answered: pl.DataFrame
) -> Floats:
    """What disagreement of fields that both files are sure of adds."""
    added = np.zeros(placed.height)
    statuses = answered.select("record_id", *FIELDS)
    one = placed.select(record_id="record_id_1").join(
        statuses, on="record_id", how="left", maintain_order="left"
    )
    other = placed.select(record_id="record_id_2").join(
        statuses, on="record_id", how="left", maintain_order="left"
    )
    for column, feature in enumerate(model.features):
        if feature.name not in _FIRM:
            continue
        sure = (one[feature.name] != UNCONFIRMED) & (other[feature.name] != UNCONFIRMED)
        weight = model.weights[column][levels[:, column]]
        added += np.where(sure.to_numpy(), np.minimum(weight, 0.0) * (LOOKED_UP - 1.0), 0.0)
    return added


def _settled(scored: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The kind of each pair, the surest first, so that no decision contradicts a surer one."""
    ordered = scored.sort(
        pl.col("log_odds").abs(), "record_id_1", "record_id_2", descending=[True, False, False]
    )
    leader: dict[str, str] = {}
    parted: set[frozenset[str]] = set()

    def lead(record: str) -> str:
        while leader.get(record, record) != record:
            record = leader[record]
        return record

    def join(a: str, b: str) -> None:
        nonlocal parted
        leader[b] = a
        parted = {frozenset(a if x == b else x for x in pair) for pair in parted}

    for one, other, kind in before.select("record_id_1", "record_id_2", "kind").iter_rows():
        if kind == MUST_LINK and lead(one) != lead(other):
            join(lead(one), lead(other))
        elif kind == CANNOT_LINK:
            parted.add(frozenset((lead(one), lead(other))))
    kinds = []
    for one, other, odds in ordered.select("record_id_1", "record_id_2", "log_odds").iter_rows():
        a, b = lead(one), lead(other)
        if abs(odds) < SURE:
            kinds.append(OPEN)
        elif (odds > 0 and frozenset((a, b)) in parted) or (odds < 0 and a == b):
            kinds.append(CONTRADICTS)
        elif odds > 0:
            kinds.append(MUST_LINK)
            if a != b:
                join(a, b)
        else:
            kinds.append(CANNOT_LINK)
            parted.add(frozenset((a, b)))
    return ordered.with_columns(kind=pl.Series(kinds, dtype=pl.String))
