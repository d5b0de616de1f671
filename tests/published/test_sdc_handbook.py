"""The Handbook on Statistical Disclosure Control (ESSnet), section 4.2.2: worked examples.

https://sdctools.github.io/HandbookSDC/04-magnitude-tabular-data.html
"""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.disclosure.brute_force import two_way
from tutela.disclosure.audit import audit_published, find, situation
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import published_tables
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.table import FrequencyTable


def test_example_3_feasibility_intervals() -> None:
    """Geurts 1992, table 10: two columns of three rows, of which four cells are hidden."""
    shown = {
        ("_T", "_T"): 16, ("r0", "_T"): 7, ("r1", "_T"): 3, ("r2", "_T"): 6, ("_T", "c0"): 9,
        ("_T", "c1"): 7, ("r2", "c0"): 3, ("r2", "c1"): 3,
    }  # fmt: skip
    codes = [(r, c) for r in ("_T", "r0", "r1", "r2") for c in ("_T", "c0", "c1")]
    frame = pl.DataFrame(
        [(r, c, shown.get((r, c))) for r, c in codes], schema=["r", "c", "count"], orient="row"
    )
    table = PublishedTable("t", [Dimension("r"), Dimension("c")], frame)
    policy = Policy(protection=4)
    case = situation([table], policy)
    found = find(case, policy).unsafe
    ranges = {tuple(case.graph.cell_name(cell).values()): ends for cell, ends in found.items()}
    assert ranges["r0", "c0"] == (3, 6)  # as printed
    assert ranges == {
        ("r0", "c0"): (3, 6),
        ("r0", "c1"): (1, 4),
        ("r1", "c0"): (0, 3),
        ("r1", "c1"): (0, 3),
    }


def test_two_singletons_in_one_sum_tell_each_other() -> None:
    """No matter how large the cells: each of the two knows its own, and so the other's."""
    counts = two_way(np.array([[20, 30, 40], [50, 60, 70], [80, 90, 95]])).counts
    alone = (pl.col("r") == "r0") & pl.col("c").is_in(["c0", "c1"])
    table = FrequencyTable(
        "t",
        [Dimension("r"), Dimension("c")],
        counts.with_columns(alone=alone),
        singletons="alone",
    )
    hidden = np.zeros(table.values.shape, dtype=bool)
    hidden[1:3, 1:3] = True
    shown = pl.Series("count", table.values.ravel()).set(pl.Series(hidden.ravel()), None)
    frame = table.frame().with_columns(shown)
    published = PublishedTable(*published_tables([table], {"t": frame})[0])
    report = audit_published([published], Policy(threshold=31), [table])
    assert report.by_attacker == {"outsider": (0, 0), "insider": (2, 2)}
