"""What a full run leaves behind so that later records can join it: its table, keys and scores.

An index holds encodings, like the records it was made from, and is as confidential as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tutela import __version__
from tutela.errors import InputRefused
from tutela.linkage.calibration import Calibration
from tutela.linkage.cluster import Edges, components
from tutela.linkage.codebook import Codebook, marked
from tutela.linkage.kept_arrays import Array, keep_arrays, open_arrays
from tutela.linkage.known import COLUMNS
from tutela.linkage.lookup import block_arrays
from tutela.linkage.model import Floats, Model
from tutela.linkage.schema import Schema
from tutela.linkage.stack import columns_of, table_of
from tutela.linkage.table import Ints, Table
from tutela.linkage.uncertain import pair_keys

FORMAT = 2
_LABELS, _SETTINGS, _CONSTRAINTS = "labels.arrow", "index.json", "constraints.parquet"


@dataclass(frozen=True)
class Linked:
    """Where a full run stands: its table and codebook, scored pairs and besides, the cluster number
    and the probability of each row, and what it was told."""

    table: Table
    codebook: Codebook
    edges: Edges
    besides: Edges
    numbers: Ints
    believed: Floats
    model: Model
    calibration: Calibration | None
    threshold: float
    key: tuple[int, int]
    constraints: pl.DataFrame


@dataclass(frozen=True)
class Index:
    """A kept full run. Arrays are mapped from the folder and cost nothing until they are used."""

    labels: pl.Series
    arrays: Mapping[str, Array]
    settings: Mapping[str, Any]
    constraints: pl.DataFrame
    schema: Schema

    @classmethod
    def open(cls, folder: Path, schema: Schema) -> Index:
        """Open a folder that `keep_index` wrote.

        Raises InputRefused where it is none, was made by another version or for other fields.
        """
        try:
            settings = json.loads((folder / _SETTINGS).read_text(encoding="utf-8"))
            labels = pl.read_ipc(folder / _LABELS)["record_id"]
            constraints = pl.read_parquet(folder / _CONSTRAINTS)
            arrays = open_arrays(folder / "arrays")
        except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
            raise InputRefused(
                f"{folder} is no index of a linkage run: {error}", remedy="Make a full run."
            ) from error
        if (settings["format"], settings["version"]) != (FORMAT, __version__):
            raise InputRefused(
                f"{folder} was made by version {settings['version']}.", remedy="Make a full run."
            )
        if settings["schema"] != _plain(schema):
            raise InputRefused(
                f"{folder} was made for other fields.",
                remedy="Give the same schema, or make a full run.",
            )
        return cls(labels, arrays, settings, constraints, schema)

    def part(self, prefix: str) -> dict[str, Array]:
        """The arrays whose name begins with `prefix`, without it."""
        found = self.arrays.items()
        return {name.removeprefix(prefix): a for name, a in found if name.startswith(prefix)}

    @property
    def key(self) -> tuple[int, int]:
        """Epoch and mark of the secret under which the kept records were encoded."""
        return int(self.settings["key_epoch"]), int(self.settings["key_check"])

    @property
    def model(self) -> Model:
        """The model of the full run."""
        return Model.from_dict(self.settings["model"])

    @property
    def calibration(self) -> Calibration | None:
        """The calibration of the full run, if it had one."""
        plain = self.settings["calibration"]
        return Calibration.from_dict(plain) if plain else None

    def codebook(self) -> Codebook:
        """The codebook as the full run left it."""
        return Codebook(self.part("list/"))

    @cached_property
    def table(self) -> Table:
        """The table of the full run."""
        names = tuple(self.arrays["list/source"].tolist()) if "list/source" in self.arrays else ()
        return table_of(
            self.part("table/"),
            self.labels,
            self.arrays["list/filters"],
            self.arrays["popcount"],
            names,
            self.schema,
        )

    def rows_of_components(self, chosen: Ints) -> Ints:
        """All rows of these components."""
        return _slices(self.arrays["component starts"], self.arrays["component rows"], chosen)

    def edges_of_components(self, chosen: Ints) -> Edges:
        """All scored pairs inside these components."""
        starts = self.arrays["edge starts"]
        place = _slices(starts, np.arange(starts[-1]), chosen)
        inside = [self.arrays[f"edges/{part}"][place] for part in ("i", "j", "odds")]
        cut = [self.arrays[f"cut/{part}"] for part in ("i", "j", "odds")]
        component = self.arrays["component"]
        taken = np.zeros(len(starts), dtype=bool)
        taken[chosen] = True
        near = taken[component[cut[0]]] & taken[component[cut[1]]]
        return Edges(*(np.concatenate([a, b[near]]) for a, b in zip(inside, cut, strict=True)))


def keep_index(folder: Path, linked: Linked) -> None:
    """Write the index of a full run into a new folder."""
    folder.mkdir(parents=True)
    table, edges = linked.table, linked.edges
    threshold = float(np.log(linked.threshold / (1 - linked.threshold)))
    component = components(table.rows, edges, threshold)
    inside = component[edges.i] == component[edges.j]
    order = np.flatnonzero(inside)
    order = order[np.argsort(component[edges.i[order]], kind="stable")]
    # Pairs that would link, but for components that had grown too large.
    cut = ~inside & (edges.log_odds > threshold)
    count = int(component.max()) + 1
    rows = np.argsort(component, kind="stable").astype(np.int32)
    arrays: dict[str, Array] = {
        "popcount": table.popcount,
        "component": component,
        "component rows": rows,
        "component starts": _starts(component, count),
        "edge starts": _starts(component[edges.i[order]], count),
        "edges/i": edges.i[order],
        "edges/j": edges.j[order],
        "edges/odds": edges.log_odds[order],
        "cut/i": edges.i[cut],
        "cut/j": edges.j[cut],
        "cut/odds": edges.log_odds[cut],
        "besides": np.sort(pair_keys(linked.besides.i, linked.besides.j, table.rows)),
        "numbers": linked.numbers,
        "believed": linked.believed,
    }
    arrays |= {f"table/{name}": column for name, column in columns_of(table).items()}
    arrays |= {f"block/{name}": array for name, array in block_arrays(table).items()}
    arrays |= {f"list/{name}": values for name, values in linked.codebook.lists.items()}
    arrays["list/filters marks"], arrays["list/filters order"] = marked(table.bits)
    keep_arrays(folder / "arrays", arrays)
    pl.DataFrame({"record_id": table.record_id}).write_ipc(folder / _LABELS)
    linked.constraints.write_parquet(folder / _CONSTRAINTS)
    settings = {
        "format": FORMAT,
        "version": __version__,
        "schema": _plain(table.schema),
        "threshold": linked.threshold,
        "key_epoch": linked.key[0],
        "key_check": linked.key[1],
        "model": linked.model.as_dict(),
        "calibration": linked.calibration and linked.calibration.as_dict(),
    }
    (folder / _SETTINGS).write_text(json.dumps(settings, indent=1), encoding="utf-8")


def no_constraints() -> pl.DataFrame:
    """Constraints that say nothing."""
    return pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))


def _plain(schema: Schema) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(asdict(schema)))
    return plain


def _starts(values: npt.NDArray[np.integer], count: int) -> npt.NDArray[np.int64]:
    sizes = np.bincount(values, minlength=count)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _slices(starts: Array, members: Array, chosen: Ints) -> Ints:
    low, high = starts[chosen], starts[chosen + 1]
    counts = high - low
    before = np.cumsum(counts) - counts
    place = np.arange(int(counts.sum())) + np.repeat(low - before, counts)
    return np.asarray(members[place])
