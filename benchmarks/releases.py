"""Two releases of one table: what a reader of both finds out.

    python benchmarks/releases.py [--small] [--seed 3]

2,496 cells at 5,000 and 5,060 records, or 385 cells at 870 and 900. The second release is protected
jointly with the first, then alone; auditing the latter takes long, for each unsafe cell is settled.
The attack knows that counts only grow and targets every small count of the second release and
every small change between them.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import polars as pl

from tutela.disclosure.audit import AuditReport, audit_published
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.earlier import EarlierTable
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import protect
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.table import FrequencyTable

#: Region (two levels), form, age: 2,496 cells with margins, as a national table has.
PARENTS = {f"p{i:02}": f"R{i // 8}" for i in range(22)}
DIMENSIONS = [
    Dimension("region", parents=PARENTS),
    Dimension("form", codes=tuple(f"f{i:02}" for i in range(11))),
    Dimension("age", codes=tuple(f"a{i}" for i in range(7))),
]
POLICY = Policy(zeros="structural", seed=2018)


def people(rows: int, seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    columns = {}
    for name, codes in (
        ("region", tuple(DIMENSIONS[0].parents)),
        ("form", DIMENSIONS[1].codes),
        ("age", DIMENSIONS[2].codes),
    ):
        share = random.dirichlet(np.full(len(codes), 3.0))
        columns[name] = np.array(codes)[random.choice(len(codes), rows, p=share)].tolist()
    return pl.DataFrame(columns)


def counted(rows: pl.DataFrame) -> FrequencyTable:
    names = [dimension.name for dimension in DIMENSIONS]
    return FrequencyTable("t", DIMENSIONS, rows.group_by(names).len("count"))


def read(table: FrequencyTable, cells: pl.DataFrame) -> PublishedTable:
    return PublishedTable("t", table.dimensions, cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    if options.small:
        DIMENSIONS[:] = [
            Dimension("region", parents={f"p{i:02}": f"R{i // 4}" for i in range(8)}),
            Dimension("form", codes=tuple(f"f{i:02}" for i in range(6))),
            Dimension("age", codes=tuple(f"a{i}" for i in range(4))),
        ]
    records, more = (870, 30) if options.small else (5000, 60)
    everybody = people(records + more, options.seed)
    before, after = counted(everybody.head(records)), counted(everybody)
    small = int(((before.values > 0) & (before.values < 5)).sum())
    print(
        f"{before.values.size} cells, {int((before.values > 0).sum())} not zero, {small} small\n",
        flush=True,
    )
    print("| second release | hidden | attacked | unsafe | exact | plain changes | s | audit s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    first = protect([before], POLICY).tables["t"]
    then = EarlierTable("r1", read(before, first), before, "grown")
    for name, earlier in (("jointly with the first", [then]), ("alone", [])):
        began = time.perf_counter()
        second = protect([after], POLICY, earlier).tables["t"]
        took = time.perf_counter() - began
        report = audit_published([read(after, second)], POLICY, [after], [then])
        print(row(name, first, second, report, took), flush=True)


def row(
    name: str, first: pl.DataFrame, second: pl.DataFrame, report: AuditReport, took: float
) -> str:
    both = first.join(second, on=[d.name for d in DIMENSIONS], suffix="_now")
    change = (both["count_now"] - both["count"]).drop_nulls()
    plain = int(change.abs().is_between(1, 4).sum())
    hidden = int((second["status"] == "hidden").sum())
    return (
        f"| {name} | {hidden} | {report.attacked} | {report.unsafe} | {report.exact} | {plain} | "
        f"{took:.1f} | {report.seconds:.1f} |"
    )


if __name__ == "__main__":
    main()
