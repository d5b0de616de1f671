"""Tables of earlier releases: what they counted, what they showed, and how today's relate to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from tutela.disclosure.published import PublishedTable
from tutela.disclosure.table import CodedTable, FrequencyTable
from tutela.errors import InputRefused, Misuse

#: How the units that an earlier table counted relate to those of today's tables.
Relation = Literal["same", "grown", "revised"]


@dataclass(frozen=True)
class EarlierTable:
    """A table of an earlier release, of the same population as some table of today.

    `published` is what was shown of it, `table` its true counts as they were then (same name and
    codes; the centre has them, an attacker has not). `relation` says what a reader knows of the
    units counted then and now:

    - same: the same units; a cell that both hold is one cell, shown or hidden as it was;
    - grown: the same units and perhaps new ones; no count has fallen;
    - revised: units may have been added and withdrawn.

    Where units were added or withdrawn, the difference between the two releases is a cell of its
    own: a small difference is as protected as a small count.
    """

    release: str
    published: PublishedTable
    table: FrequencyTable | None = None
    relation: Relation = "same"

    def __post_init__(self) -> None:
        if self.relation not in get_args(Relation):
            raise Misuse(
                f"Earlier release {self.release}: the relation is {self.relation!r}; it is 'same', "
                "'grown' or 'revised'."
            )

    @property
    def population(self) -> str:
        """Its population in the graph: today's own, unless the units have changed since."""
        if self.relation == "same":
            return self.published.population
        return f"{self.published.population}@{self.release}"


class RecordedTable(CodedTable):
    """An earlier table in the graph: its values, and the status that each cell has for ever."""

    def __init__(self, earlier: EarlierTable) -> None:
        """Refuses a publication that does not belong to its counts."""
        shown, table = earlier.published, earlier.table
        self.name = f"{earlier.release}/{shown.name}"
        self.dimensions, self.trees = shown.dimensions, shown.trees
        self.population = earlier.population
        self.values, self.impossible, self.single = shown.values, shown.impossible, shown.single
        self.holdings, self.announced = {}, {}
        self.hidden = shown.hidden
        if table is None:
            return
        if [tree.codes for tree in shown.trees] != [tree.codes for tree in table.trees]:
            raise InputRefused(
                f"{self.name}: the codes that were published are not those of its counts.",
                remedy="Give each earlier table with what was published of it.",
                details={"table": self.name},
            )
        wrong = np.argwhere(~self.hidden & (shown.values != table.values))
        if len(wrong):
            cell = self.cell_name(wrong[0])
            raise InputRefused(
                f"{self.name}: the cell {cell} was published as "
                f"{shown.values[tuple(wrong[0])]} and its count is "
                f"{table.values[tuple(wrong[0])]}.",
                remedy="Give the counts as they were when that release was made.",
                details={"table": self.name, "cell": cell},
            )
        self.values, self.impossible, self.single = table.values, table.impossible, table.single


def relation_between(before: PublishedTable, now: PublishedTable) -> Relation:
    """How the units of two publications relate, as far as what they show can tell."""
    cells = before.frame().with_columns(before=before.values.ravel())
    both = cells.join(now.frame().with_columns(now=now.values.ravel()), on=before.names)
    shown = both.filter((both["before"] >= 0) & (both["now"] >= 0))
    if (shown["before"] == shown["now"]).all():
        return "same"
    return "grown" if (shown["before"] <= shown["now"]).all() else "revised"
