"""The cube against counting each table by itself."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.disclosure import cube as engine
from tutela.disclosure.cube import count_cube
from tutela.disclosure.dimension import Dimension
from tutela.errors import InputRefused, Misuse

PARENTS = {"p0": "north", "p1": "north", "p2": "south"}


def events(rows: int, seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "place": [f"p{i}" for i in random.integers(0, 3, rows)],
            "form": [f"f{i}" for i in random.integers(0, 4, rows)],
            "age": [f"a{i}" for i in random.integers(0, 2, rows)],
        },
        schema=dict.fromkeys(("place", "form", "age"), pl.String),
    )


DIMENSIONS = [Dimension("place", parents=PARENTS), Dimension("form"), Dimension("age")]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 60), st.integers(0, 99), st.booleans(), st.sampled_from([1, 8, 10**6]))
def test_every_table_is_what_counting_it_alone_gives(
    rows: int, seed: int, dense: bool, block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "DENSE", 10**6 if dense else 0)
        patch.setattr(engine, "BLOCK", block)
        frame = events(rows, seed)
        cube = count_cube(frame, DIMENSIONS)
        assert cube.total == rows
        assert len(list(cube.subsets())) == 8
        above = {name: {"_T"} for name in ("north", "south")} | {
            p: {q, "_T"} for p, q in PARENTS.items()
        }
        counted = Counter(
            cell
            for row in frame.iter_rows()
            for cell in product(*({code, "_T"} | above.get(code, set()) for code in row))
        )
        order = [d.name for d in DIMENSIONS]
        for names in cube.subsets():
            table = cube.table(names)
            for place in np.ndindex(*table.shape):
                codes = {n: cube.trees[n].codes[i] for n, i in zip(names, place, strict=True)}
                assert table[place] == counted[tuple(codes.get(n, "_T") for n in order)], codes


def test_a_file_gives_what_a_frame_gives(tmp_path: Path) -> None:
    frame = events(500, 1)
    path = tmp_path / "events.parquet"
    frame.write_parquet(path, row_group_size=64)
    one, two = count_cube(frame, DIMENSIONS), count_cube(path, DIMENSIONS)
    for names in one.subsets():
        assert np.array_equal(one.table(names), two.table(names))
    shown = two.frame(["form", "place"])
    assert shown.columns == ["form", "place", "count"]
    total = shown.filter((pl.col("form") == "_T") & (pl.col("place") == "_T"))
    assert total["count"].to_list() == [500]


def test_bad_columns_are_refused() -> None:
    frame = events(5, 1)
    with pytest.raises(InputRefused, match="'colour' is missing"):
        count_cube(frame, [Dimension("colour")])
    with pytest.raises(InputRefused, match="rows have no code"):
        count_cube(pl.DataFrame({"a": ["x", None]}), [Dimension("a")])
    with pytest.raises(InputRefused, match="has codes below it"):
        count_cube(pl.DataFrame({"place": ["north"]}), DIMENSIONS[:1])
    with pytest.raises(InputRefused, match="not in the hierarchy"):
        count_cube(pl.DataFrame({"place": ["p9"]}), DIMENSIONS[:1])
    with pytest.raises(Misuse, match="has no table over"):
        count_cube(frame, DIMENSIONS).table(["form", "form"])
    with pytest.raises(Misuse, match="at least one dimension"):
        count_cube(frame, [])
    many = pl.DataFrame({f"d{i}": [f"c{j}" for j in range(999)] for i in range(7)})
    with pytest.raises(Misuse, match="cells together"):
        count_cube(many, [Dimension(name) for name in many.columns])
