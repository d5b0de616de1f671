"""The lists that turn encoded values into small whole numbers, so that later records get the same.

A list that is new is numbered in order of its values; a list that was kept before keeps its numbers
and gives the next ones to values it has not seen, again in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela.linkage.filters import BYTES

MISSING = -1
Ints = npt.NDArray[np.int32]
Values = npt.NDArray[Any]


class Codebook:
    """Lists by name; `lists` holds the values of each in the order of their codes."""

    def __init__(self, lists: Mapping[str, Values] | None = None) -> None:
        self.lists: dict[str, Values] = dict(lists or {})
        self._kept = {name: len(values) for name, values in self.lists.items()}

    def code(self, name: str, values: pl.Series) -> Ints:
        """The codes of `values` in the list `name`; null is -1."""
        distinct = values.drop_nulls().unique().sort()
        if name in self.lists:
            codes = self._extended(name, distinct)
        else:
            codes = np.arange(len(distinct), dtype=np.int32)
            self.lists[name] = _array(distinct)
        table = pl.DataFrame({"value": distinct, "code": codes})
        joined = (
            values.alias("value")
            .to_frame()
            .join(table, on="value", how="left", maintain_order="left")
        )
        return joined["code"].cast(pl.Int32).fill_null(MISSING).to_numpy()

    def _extended(self, name: str, distinct: pl.Series) -> Ints:
        """Codes of sorted distinct values in a list that is there; unseen ones join its end."""
        held = self.lists[name]
        # Only what was kept first is sorted; what joined it since stands behind.
        sorted_part = held[: self._kept.get(name, len(held))]
        wanted = _array(distinct)
        place = np.searchsorted(sorted_part, wanted).clip(max=max(len(sorted_part) - 1, 0))
        found = sorted_part[place] == wanted if len(sorted_part) else np.zeros(len(wanted), bool)
        later = {value: n for n, value in enumerate(held[len(sorted_part) :].tolist())}
        codes = place.astype(np.int32)
        fresh = []
        for row in np.flatnonzero(~found).tolist():
            value = wanted[row].item() if isinstance(wanted[row], np.generic) else wanted[row]
            if value not in later:
                later[value] = len(later)
                fresh.append(value)
            codes[row] = len(sorted_part) + later[value]
        if fresh:
            self.lists[name] = np.concatenate([held, np.array(fresh, dtype=held.dtype)])
        return codes

    def rows(self, name: str, bits: pl.Series) -> tuple[Ints, npt.NDArray[np.uint8]]:
        """The rows of filters (64 bytes each) in the dictionary `name`, and the whole dictionary.

        A new dictionary keeps the order in which the filters come.
        """
        flat = np.frombuffer(b"".join(bits.to_list()), dtype=np.uint8).reshape(len(bits), BYTES)
        held = self.lists.get(name)
        if held is None:
            self.lists[name] = flat
            return np.arange(len(flat), dtype=np.int32), flat
        marks = self.lists.get(f"{name} marks")
        order = self.lists.get(f"{name} order")
        if marks is None or order is None:
            marks, order = marked(held)
        wanted = _marks(flat)
        place = np.searchsorted(marks, wanted).clip(max=max(len(marks) - 1, 0))
        rows = order[place] if len(marks) else np.zeros(len(flat), np.int32)
        found = (held[rows] == flat).all(axis=1) if len(marks) else np.zeros(len(flat), dtype=bool)
        codes = np.where(found, rows, len(held) + np.cumsum(~found) - 1).astype(np.int32)
        together = np.concatenate([held, flat[~found]])
        self.lists[name] = together
        return codes, together


def marked(bits: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint64], Ints]:
    """Sorted 64-bit marks of filters, and the rows in that order: to look filters up."""
    marks = _marks(bits)
    order = np.argsort(marks, kind="stable").astype(np.int32)
    return marks[order], order


def _marks(bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    words = np.ascontiguousarray(bits).view(np.uint64)
    mark = np.zeros(len(words), dtype=np.uint64)
    for column in range(words.shape[1]):
        mark = (mark ^ words[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        mark ^= mark >> np.uint64(29)
    return mark


def _array(values: pl.Series) -> Values:
    """Values as an array: texts as objects, numbers as they are."""
    if values.dtype == pl.String:
        return np.array(values.to_list(), dtype=object)
    return values.to_numpy()
