"""What is known of records beforehand: who must be one person, and who cannot be.

Known links come from references that name one person and from a file of constraints, such as
clerical review writes; they are taken together transitively. Two records cannot be one person when
the file says so, when one source names both in one group (`apart`), or when the source holds each
person once (`one_per_source`). A known link is stronger than the last two, which are rules about
sources; but a link and a parting of the file that contradict one another are refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tutela.errors import InputRefused
from tutela.linkage.schema import Kind
from tutela.linkage.table import MISSING, Ints, Table

Floats = npt.NDArray[np.float64]

MUST_LINK, CANNOT_LINK = "must_link", "cannot_link"
COLUMNS = ("record_id_1", "record_id_2", "kind")
#: Weights of known pairs. A parting outweighs any number of links, so that no sum undoes it.
MUST, CANNOT = 1e7, -1e12


@dataclass(frozen=True)
class Known:
    """`group` is the smallest row that each row must be together with; `parted` are pairs of such
    rows (smaller · rows + larger), sorted; in each column of `apart`, rows of one value (-1 is
    none) are different persons unless they share a group. `unused` constraints name no record."""

    group: Ints
    parted: npt.NDArray[np.int64]
    apart: tuple[Ints, ...] = ()
    unused: int = 0
    exceptions: int = field(default=0)

    def weigh(self, i: Ints, j: Ints, odds: Floats) -> Floats:
        """The log odds of the pairs (i, j) with MUST and CANNOT in place of what is known."""
        if not len(i):
            return odds
        a, b = self.group[i], self.group[j]
        same = a == b
        cannot = self._parted(a, b)
        for column in self.apart:
            cannot |= (column[i] == column[j]) & (column[i] != MISSING)
        return np.where(same, MUST, np.where(cannot, CANNOT, odds))

    def _parted(self, a: Ints, b: Ints) -> npt.NDArray[np.bool_]:
        if not len(self.parted):
            return np.zeros(len(a), dtype=bool)
        low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b)
        key = low * len(self.group) + high
        place = np.searchsorted(self.parted, key).clip(max=len(self.parted) - 1)
        return np.asarray(self.parted[place] == key)

    def links(self) -> tuple[Ints, Ints]:
        """Pairs that together hold every group: its smallest row and each of the others."""
        rows = np.flatnonzero(self.group != np.arange(len(self.group))).astype(np.int32)
        return self.group[rows], rows

    def separated(self, numbers: Ints) -> Ints:
        """Cluster numbers in which no cluster holds two records that cannot be one person.

        Clustering keeps them apart already, but in a component too large to compare every pair; of
        a cluster that breaks a rule there, the groups that may not join those before them leave.
        """
        out = numbers.copy()
        following = int(numbers.max(initial=-1)) + 1
        for rows in self._broken(numbers):
            while len(rows):
                kept = self._first_compatible(rows)
                out[rows[kept]] = following
                following += 1
                rows = rows[~kept]
        return out

    def _broken(self, numbers: Ints) -> list[npt.NDArray[np.int64]]:
        """The rows of each cluster that breaks a rule."""
        bad = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=bool)
        low, high = np.divmod(self.parted, max(1, len(self.group)))
        together = numbers[low] == numbers[high]
        bad[numbers[low[together]]] = True
        for column in self.apart:
            rows = np.flatnonzero(column != MISSING)
            # Rows of one group count once.
            both = np.unique(np.stack([numbers[rows], column[rows], self.group[rows]]), axis=1)
            doubled = (both[:2, 1:] == both[:2, :-1]).all(axis=0)
            bad[both[0, 1:][doubled]] = True
        if not bad.any():
            return []
        rows = np.flatnonzero(bad[numbers])
        order = rows[np.argsort(numbers[rows], kind="stable")]
        return np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)

    def _first_compatible(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which of `rows`, taken in order by their groups, can be one person."""
        kept = np.zeros(len(rows), dtype=bool)
        taken: list[set[int]] = [set() for _ in self.apart]
        inside: list[int] = []
        groups = self.group[rows]
        for group in np.unique(groups).tolist():
            members = groups == group
            values = [set(column[rows[members]].tolist()) - {MISSING} for column in self.apart]
            if any(mine & held for mine, held in zip(values, taken, strict=True)):
                continue
            others = np.array(inside, dtype=np.int32)
            if self._parted(others, np.full(len(others), group, dtype=np.int32)).any():
                continue
            kept |= members
            inside.append(group)
            for mine, held in zip(values, taken, strict=True):
                held |= mine
        return kept


def known_of(table: Table, constraints: pl.DataFrame | None = None) -> Known:
    """What the table's references, its schema and the constraints say.

    `constraints` has record_id_1, record_id_2 and kind (`read_constraints`); rows that name a
    record which is not in the table are counted as `unused`. Raises InputRefused, naming the
    records, where the constraints part two records that must be together.
    """
    must_i, must_j = _by_person_number(table)
    part_i = part_j = np.zeros(0, np.int32)
    unused = 0
    if constraints is not None and constraints.height:
        found = _rows_of(table, constraints)
        unused = constraints.height - found.height
        must = found.filter(pl.col("kind") == MUST_LINK)
        cannot = found.filter(pl.col("kind") == CANNOT_LINK)
        must_i = np.concatenate([must_i, must["i"].to_numpy()])
        must_j = np.concatenate([must_j, must["j"].to_numpy()])
        part_i, part_j = cannot["i"].to_numpy(), cannot["j"].to_numpy()
    group = _groups(table.rows, must_i, must_j)
    _refuse_contradictions(table, group, part_i, part_j)
    a, b = group[part_i].astype(np.int64), group[part_j].astype(np.int64)
    parted = np.unique(np.minimum(a, b) * table.rows + np.maximum(a, b))
    apart = _apart(table)
    return Known(group, parted, apart, unused, _exceptions(group, apart))


def read_constraints(path: Path) -> pl.DataFrame:
    """Constraints from CSV or Parquet: record_id_1, record_id_2, kind (must_link, cannot_link).

    Raises InputRefused that names what is missing, or the row and its value.
    """
    try:
        if path.suffix.lower() == ".parquet":
            frame = pl.read_parquet(path)
        else:
            frame = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputRefused(
            f"{path} cannot be read as a table: {error}", remedy="Give a CSV or Parquet file."
        ) from error
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise InputRefused(
            f"{path} has no column {', '.join(missing)}.",
            remedy=f"Constraints have the columns {', '.join(COLUMNS)}.",
        )
    frame = frame.select(pl.col(name).cast(pl.String) for name in COLUMNS)
    for name, good in (
        ("kind", frame["kind"].is_in([MUST_LINK, CANNOT_LINK]).fill_null(value=False)),
        ("record_id_1", frame["record_id_1"].fill_null("") != ""),
        ("record_id_2", frame["record_id_2"].fill_null("") != ""),
        ("record_id_2", (frame["record_id_1"] != frame["record_id_2"])),
    ):
        if not good.all():
            row = int(good.not_().arg_true()[0])
            raise InputRefused(
                f"{path}, row {row + 2}, column {name}: {frame[name][row]!r}.",
                remedy=f"Name two different records, and {MUST_LINK} or {CANNOT_LINK}.",
                details={"row": row + 2, "column": name},
            )
    return frame


def _by_person_number(table: Table) -> tuple[Ints, Ints]:
    """Pairs that hold together the records of each number that names one person."""
    left, right = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    for reference in table.schema.of_kind(Kind.REFERENCE):
        tokens = table.tokens.get(reference.name)
        if reference.identifies != "person" or tokens is None:
            continue
        rows = np.flatnonzero(tokens != MISSING).astype(np.int32)
        rows = rows[np.argsort(tokens[rows], kind="stable")]
        same = np.flatnonzero(tokens[rows[1:]] == tokens[rows[:-1]])
        left.append(rows[same])
        right.append(rows[same + 1])
    return np.concatenate(left), np.concatenate(right)


def _rows_of(table: Table, constraints: pl.DataFrame) -> pl.DataFrame:
    """The constraints whose records are there, with their rows i and j."""
    rows = pl.DataFrame({"label": table.record_id}).with_row_index("row")
    found = constraints
    for column, name in (("record_id_1", "i"), ("record_id_2", "j")):
        numbered = rows.select(
            pl.col("label").alias(column), pl.col("row").cast(pl.Int32).alias(name)
        )
        found = found.join(numbered, on=column, how="inner")
    return found


def _groups(rows: int, i: Ints, j: Ints) -> Ints:
    """The smallest row of each row's connected component."""
    if not len(i):
        return np.arange(rows, dtype=np.int32)
    graph = coo_matrix((np.ones(len(i), dtype=np.int8), (i, j)), shape=(rows, rows))
    component = connected_components(graph, directed=False)[1]
    first = np.full(int(component.max()) + 1, rows, dtype=np.int32)
    np.minimum.at(first, component, np.arange(rows, dtype=np.int32))
    return np.asarray(first[component])


def _refuse_contradictions(table: Table, group: Ints, i: Ints, j: Ints) -> None:
    wrong = np.flatnonzero(group[i] == group[j])
    if not len(wrong):
        return
    pairs = [
        [str(table.record_id[int(i[row])]), str(table.record_id[int(j[row])])] for row in wrong
    ]
    one, other = pairs[0]
    members = np.flatnonzero(group == group[i[wrong[0]]])[:8].tolist()
    chain = ", ".join(str(table.record_id[row]) for row in members)
    raise InputRefused(
        f"{one} and {other} cannot be one person by a constraint, but known links make them one"
        f" (through {chain})" + (f"; so do {len(pairs) - 1} other pairs." if pairs[1:] else "."),
        remedy="Take back the constraint or one of the links.",
        details={"pairs": pairs[:100]},
    )


def _apart(table: Table) -> tuple[Ints, ...]:
    """Columns in which rows of the same value are different persons."""
    columns = []
    once = [n for n, name in enumerate(table.source_names) if name in table.schema.one_per_source]
    if once:
        columns.append(np.where(np.isin(table.source, once), table.source, MISSING))
    for reference in table.schema.of_kind(Kind.REFERENCE):
        tokens = table.tokens.get(reference.name)
        if reference.apart and tokens is not None:
            known = (tokens != MISSING) & (table.source != MISSING)
            both = np.where(known, table.source.astype(np.int64) * (1 + tokens.max()) + tokens, -1)
            values, codes = np.unique(both, return_inverse=True)
            columns.append((codes - (values[0] == -1)).astype(np.int32))
    return tuple(column.astype(np.int32) for column in columns)


def _exceptions(group: Ints, apart: tuple[Ints, ...]) -> int:
    """Records that a rule about their source would part from others, but a known link holds."""
    found = 0
    for column in apart:
        rows = np.flatnonzero(column != MISSING)
        both = np.stack([column[rows], group[rows]])
        found += len(rows) - np.unique(both, axis=1).shape[1] if len(rows) else 0
    return found
