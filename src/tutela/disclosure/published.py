"""A published table as anyone reads it: codes, counts where shown, a status per cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from tutela.disclosure.dimension import CodeTree, Dimension
from tutela.disclosure.table import CodedTable, positions
from tutela.errors import InputRefused


class PublishedTable(CodedTable):
    """A table with margins in which hidden cells have no count (-1 in `values`)."""

    def __init__(
        self,
        name: str,
        dimensions: Sequence[Dimension],
        cells: pl.DataFrame,
        population: str = "",
    ) -> None:
        """`cells`: one row per cell with all margins; `count` is null where hidden."""
        self.name, self.dimensions, self.population = name, list(dimensions), population
        names = self.names
        missing = [c for c in (*names, "count") if c not in cells.columns]
        if missing:
            raise InputRefused(
                f"Table {name}: column {missing[0]!r} is missing.",
                details={"table": name, "columns": missing},
            )
        cells = cells.with_columns(pl.col(names).cast(pl.String))
        self.trees = [CodeTree(d, cells[d.name].unique().to_list()) for d in self.dimensions]
        at = positions(cells, names, self.trees)
        self.values = np.full([len(tree) for tree in self.trees], -2, dtype=np.int64)
        status = (
            cells["status"].cast(pl.String).fill_null("")
            if "status" in cells.columns
            else pl.Series(["" for _ in range(len(cells))], dtype=pl.String)
        )
        zero = status.is_in(["zero", "structural zero"]).to_numpy()
        try:
            count = cells["count"].cast(pl.Int64)
        except pl.exceptions.PolarsError as error:
            raise InputRefused(
                f"Table {name}: a published count is not a whole number.",
                remedy="Leave the count of a hidden cell empty; write no symbol.",
                details={"table": name, "column": "count"},
            ) from error
        if (count < 0).any():
            raise InputRefused(f"Table {name}: a published count is below 0.")
        self.values[at] = np.where(zero, 0, count.fill_null(-1).to_numpy())
        absent = np.argwhere(self.values == -2)
        if len(absent) or len(cells) != self.values.size:
            what = (
                f"the cell {self.cell_name(absent[0])} has no row"
                if len(absent)
                else "a cell has more than one row"
            )
            raise InputRefused(
                f"Table {name}: {what}; a published table holds every cell and margin once.",
                remedy="Write all combinations of codes, with an empty count where hidden.",
                details={"table": name, "cells": len(absent)},
            )
        self.impossible = np.zeros(self.values.shape, dtype=bool)
        self.impossible[at] = zero
        self.single = np.zeros(self.values.shape, dtype=bool)
        self.holdings, self.announced = {}, {}

    @property
    def hidden(self) -> np.ndarray:
        """Bool array over the cells: true where no count is shown."""
        below: np.ndarray = np.less(self.values, 0)
        return below
