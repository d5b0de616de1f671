"""A frequency table: leaf counts over dimensions, its margins, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tutela.disclosure.dimension import CodeTree, Dimension
from tutela.errors import InputRefused, Misuse

__all__ = ["CodedTable", "Dimension", "FrequencyTable", "add_margins", "positions"]


class CodedTable:
    """What every table has: dimensions with their trees, and one value per cell in a dense grid."""

    name: str
    dimensions: Sequence[Dimension]
    population: str
    trees: list[CodeTree]
    values: np.ndarray
    """int64, one axis per dimension in the order of `dimensions`, margins included; -1 unknown."""
    impossible: np.ndarray
    """bool, same shape: the zero is structural."""
    single: np.ndarray
    """bool, same shape: a leaf cell known to its one contributor."""
    holdings: dict[str, np.ndarray]
    """Per contributor int64, same shape: how many of the cell's units are its own."""
    announced: dict[str, np.ndarray]
    """The same of what contributors have published themselves."""

    @property
    def names(self) -> list[str]:
        """The names of the dimensions, in order."""
        return [dimension.name for dimension in self.dimensions]

    def leaf_mask(self) -> np.ndarray:
        """Bool array over the cells: true where every code is a leaf."""
        mask = np.ones(self.values.shape, dtype=bool)
        for axis, tree in enumerate(self.trees):
            leaf = np.zeros(len(tree), dtype=bool)
            leaf[tree.leaves] = True
            mask &= leaf.reshape([-1 if a == axis else 1 for a in range(mask.ndim)])
        return mask

    def frame(self) -> pl.DataFrame:
        """All cells with their codes, in row-major order of `values`; no counts."""
        shape = self.values.shape
        columns = {}
        for axis, (name, tree) in enumerate(zip(self.names, self.trees, strict=True)):
            codes = np.array(tree.codes, dtype=object)
            index = np.broadcast_to(
                np.arange(shape[axis]).reshape([-1 if a == axis else 1 for a in range(len(shape))]),
                shape,
            ).ravel()
            columns[name] = pl.Series(name, codes[index].tolist(), dtype=pl.String)
        return pl.DataFrame(columns)

    def cell_name(self, position: Sequence[int]) -> dict[str, str]:
        """The codes of the cell at `position` (one index per axis of `values`)."""
        return {
            name: tree.codes[int(i)]
            for name, tree, i in zip(self.names, self.trees, position, strict=True)
        }


@dataclass
class FrequencyTable(CodedTable):
    """Counts of one population by one or more dimensions.

    `counts` has one string column per dimension and an integer column `count`, one row per cell.
    Rows of leaf cells are the table; a leaf without a row counts 0; margins are computed. Rows of
    margins may be given as well and must then add up. `singletons` names a column of `counts` that
    is true for leaf cells whose units all come from one contributor, who knows the cell.
    `contributors` names columns of `counts` that hold how many of a leaf cell's units each body
    knows as its own (one column per body), `publications` columns of how many each has published.
    `structural` holds combinations of codes (one column per dimension it restricts) that cannot
    occur: their zeros are shown even where ordinary zeros are hidden. Tables with the same
    `population` count the same units, and are protected together.
    """

    name: str
    dimensions: Sequence[Dimension]
    counts: pl.DataFrame
    singletons: str | None = None
    structural: pl.DataFrame | None = None
    population: str = ""
    contributors: tuple[str, ...] = ()
    publications: tuple[str, ...] = ()
    trees: list[CodeTree] = field(init=False, repr=False)
    values: np.ndarray = field(init=False, repr=False)
    impossible: np.ndarray = field(init=False, repr=False)
    single: np.ndarray = field(init=False, repr=False)
    holdings: dict[str, np.ndarray] = field(init=False, repr=False)
    announced: dict[str, np.ndarray] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = [dimension.name for dimension in self.dimensions]
        if not names:
            raise Misuse(f"Table {self.name}: it has no dimension.")
        if len(set(names)) < len(names):
            raise Misuse(f"Table {self.name}: a dimension is named twice: {names}.")
        given = [self.singletons] if self.singletons else []
        needed = [*names, "count", *given, *self.contributors, *self.publications]
        missing = [name for name in needed if name not in self.counts.columns]
        if missing:
            raise InputRefused(
                f"Table {self.name}: column {missing[0]!r} is missing "
                f"(it has {', '.join(self.counts.columns)}).",
                remedy="Name the dimensions as the columns are named; the counts are in `count`.",
                details={"table": self.name, "columns": missing},
            )
        counts = _checked_counts(self.name, self.counts, names)
        self.trees = [
            CodeTree(dimension, counts[dimension.name].unique().to_list())
            for dimension in self.dimensions
        ]
        at = positions(counts, names, self.trees)
        self._fill(counts["count"].to_numpy().astype(np.int64), at)
        self.impossible = self._declared_impossible()
        self.single = np.zeros(self.values.shape, dtype=bool)
        if self.singletons:
            self.single[at] = _flags(self.name, counts, self.singletons)
            self.single &= self.leaf_mask()
        self.holdings = {c: self._own(counts, c, at) for c in self.contributors}
        self.announced = {c: self._own(counts, c, at) for c in self.publications}

    def _own(self, counts: pl.DataFrame, column: str, at: tuple[np.ndarray, ...]) -> np.ndarray:
        """What one contributor holds of each cell; refused unless between 0 and the count."""
        own = counts[column].cast(pl.Float64, strict=False).fill_null(0.0)
        bad = ((own < 0) | (own > counts["count"]) | (own != own.floor()) | own.is_nan()).arg_true()
        wrong = (
            counts[column].is_not_null() & counts[column].cast(pl.Float64, strict=False).is_null()
        )
        rows = [*wrong.arg_true(), *bad]
        if rows:
            row, value = int(rows[0]), counts[column][int(rows[0])]
            raise InputRefused(
                f"Table {self.name}, row {row + 1}: {column} is {value!r}, and must be a whole "
                f"number from 0 to the count {counts['count'][row]}.",
                remedy="Give how many of the cell's units the body knows as its own.",
                details={"table": self.name, "row": row + 1, "column": column, "value": value},
            )
        cube = np.zeros(self.values.shape, dtype=np.int64)
        leaf = self.leaf_mask()[at]
        cube[tuple(index[leaf] for index in at)] = own.to_numpy()[leaf].astype(np.int64)
        add_margins(cube, self.trees)
        return cube

    def _fill(self, given: np.ndarray, at: tuple[np.ndarray, ...]) -> None:
        cube = np.zeros([len(tree) for tree in self.trees], dtype=np.int64)
        self.values = cube
        leaf = self.leaf_mask()[at]
        cube[tuple(index[leaf] for index in at)] = given[leaf]
        add_margins(cube, self.trees)
        wrong = np.flatnonzero(cube[at] != given)
        if len(wrong):
            first = int(wrong[0])
            cell = self.cell_name([index[first] for index in at])
            words = ", ".join(f"{name}={code}" for name, code in cell.items())
            raise InputRefused(
                f"Table {self.name}: the margins do not add: the cell {words} says "
                f"{given[first]}, its parts add to {cube[at][first]}"
                + (f" ({len(wrong)} such cells)" if len(wrong) > 1 else "")
                + ".",
                remedy="Correct the counts, or leave the margins out: they are computed.",
                details={
                    "table": self.name,
                    "cell": cell,
                    "given": int(given[first]),
                    "computed": int(cube[at][first]),
                    "cells": len(wrong),
                },
            )

    def _declared_impossible(self) -> np.ndarray:
        leaf = self.leaf_mask()
        possible = leaf.copy()
        if self.structural is not None:
            for row in self.structural.iter_rows(named=True):
                unknown = [name for name in row if name not in self.names]
                if unknown:
                    raise Misuse(
                        f"Table {self.name}: a structural zero names {unknown[0]!r}, "
                        "which is no dimension of it."
                    )
                region: list[slice | np.ndarray] = []
                for name, tree in zip(self.names, self.trees, strict=True):
                    code = row.get(name)
                    if code is None:
                        region.append(np.arange(len(tree)))
                    elif code in tree.index:
                        region.append(np.array(descendants(tree, tree.index[code])))
                    else:
                        raise InputRefused(
                            f"Table {self.name}: a structural zero names the unknown code "
                            f"{code!r} of {name}.",
                            details={"table": self.name, "dimension": name, "code": code},
                        )
                possible[np.ix_(*region)] = False
        filled = np.argwhere(leaf & ~possible & (self.values > 0))
        if len(filled):
            cell = self.cell_name(filled[0])
            raise InputRefused(
                f"Table {self.name}: the cell {cell} is declared impossible and counts "
                f"{self.values[tuple(filled[0])]}.",
                remedy="Remove the declaration, or correct the count.",
                details={"table": self.name, "cell": cell},
            )
        reachable = possible.astype(np.int64)
        add_margins(reachable, self.trees)
        return np.equal(reachable, 0)


def add_margins(cube: np.ndarray, trees: Sequence[CodeTree]) -> None:
    """Fill every margin of `cube` in place from its leaf cells, axis by axis."""
    for axis, tree in enumerate(trees):
        view = np.moveaxis(cube, axis, 0)
        for i in range(len(tree) - 1, -1, -1):
            if tree.children[i]:
                view[i] = view[tree.children[i]].sum(axis=0)


def descendants(tree: CodeTree, code: int) -> list[int]:
    """`code` and every code below it."""
    found = [code]
    for i in found:
        found.extend(tree.children[i])
    return found


def _checked_counts(table: str, counts: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    def refuse(rows: pl.Series, what: str, remedy: str, column: str = "count") -> None:
        row = int(rows[0])
        value = counts[column][row]
        where = ", ".join(f"{name}={counts[name][row]}" for name in names)
        raise InputRefused(
            f"Table {table}, row {row + 1} ({where}): {column} is {value!r}: {what}"
            + (f" ({len(rows)} such rows)" if len(rows) > 1 else "")
            + ".",
            remedy=remedy,
            details={"table": table, "row": row + 1, "column": column, "value": value},
        )

    def check(bad: pl.Series, what: str, remedy: str, column: str = "count") -> None:
        rows = bad.arg_true()
        if len(rows):
            refuse(rows, what, remedy, column)

    count = counts["count"]
    if not count.dtype.is_numeric():
        raise InputRefused(
            f"Table {table}: column 'count' holds {count.dtype}, not whole numbers.",
            remedy="A blank or a symbol is not a count; give the true table.",
            details={"table": table, "column": "count"},
        )
    check(count.is_null(), "a count is missing", "Unknown is not zero: give the count.")
    if count.dtype.is_float():
        check(~count.is_finite(), "not a number", "Give a whole number.")
        check(count != count.floor(), "not a whole number", "Counts are whole numbers.")
    elif not count.dtype.is_integer():
        check(
            count.cast(pl.Float64) != count.cast(pl.Float64).floor(),
            "not a whole number",
            "Counts are whole numbers.",
        )
    check(count < 0, "negative", "Counts cannot be below 0.")
    check(count.cast(pl.Float64) > 1e12, "too large to be a count", "Correct the count.")
    counts = counts.with_columns(pl.col("count").cast(pl.Int64))
    for name in names:
        check(
            counts[name].is_null(),
            "the code is missing",
            "Give the code; what is not known has its own code.",
            name,
        )
    counts = counts.with_columns(pl.col(names).cast(pl.String))
    check(
        counts.select(pl.struct(names).is_duplicated()).to_series(),
        "the cell stands in more than one row",
        "One row per cell; add the rows up, or remove one.",
        names[0],
    )
    return counts


def positions(
    counts: pl.DataFrame, names: list[str], trees: list[CodeTree]
) -> tuple[np.ndarray, ...]:
    """Per dimension, the index of each row's code in its tree."""

    def column(name: str, tree: CodeTree) -> np.ndarray:
        index = counts[name].replace_strict(tree.index, return_dtype=pl.Int64)
        return index.to_numpy().astype(np.int64)

    return tuple(column(name, tree) for name, tree in zip(names, trees, strict=True))


def _flags(table: str, counts: pl.DataFrame, column: str) -> np.ndarray:
    """Read the singleton column: true/false, or a number of contributors (1 is a singleton)."""
    words = counts[column].cast(pl.String).fill_null("0").str.strip_chars().str.to_lowercase()
    yes = words.is_in(["true", "yes", "1", "1.0"])
    bad = (
        ~yes & ~words.is_in(["false", "no", ""]) & ~words.str.contains(r"^\d+(\.0)?$")
    ).arg_true()
    if len(bad):
        row = int(bad[0])
        value = counts[column][row]
        raise InputRefused(
            f"Table {table}, row {row + 1}: {column} is {value!r}, which says neither yes nor no.",
            remedy="Write true where one contributor alone stands behind the cell, else false.",
            details={"table": table, "row": row + 1, "column": column, "value": value},
        )
    flags: np.ndarray = yes.to_numpy().astype(bool)
    return flags
