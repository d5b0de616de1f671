"""Two releases of one table, 5,000 and 5,060 records: what a reader of both finds out.

    python benchmarks/releases.py [--records 5000] [--more 60] [--seed 3]

Each protected alone, then the second jointly with the first. The attack knows that counts only grow
and targets every small count of the second release and every small change between them.
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
        ("region", list(PARENTS)), ("form", DIMENSIONS[1].codes), ("age", DIMENSIONS[2].codes),
    ):  # fmt: skip
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
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--more", type=int, default=60)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    everybody = people(options.records + options.more, options.seed)
    before, after = counted(everybody.head(options.records)), counted(everybody)
    small = int(((before.values > 0) & (before.values < 5)).sum())
    print(f"{before.values.size} cells, {int((before.values > 0).sum())} not zero, {small} small\n")
    print("| second release | hidden | attacked | unsafe | exact | plain changes | s | audit s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    first = protect([before], POLICY).tables["t"]
    then = EarlierTable("r1", read(before, first), before, "grown")
    for name, earlier in (("alone", []), ("jointly with the first", [then])):
        began = time.perf_counter()
        second = protect([after], POLICY, earlier).tables["t"]
        took = time.perf_counter() - began
        report = audit_published([read(after, second)], POLICY, [after], [then])
        print(row(name, first, second, report, took))


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
