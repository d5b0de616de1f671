"""Disclosure control: cells hidden, seconds and unsafe cells, beside peers in the same run.

    python benchmarks/disclosure.py [--only CASE ...] [--peer-seconds 300]

The tables are generated (hierarchical, with margins; skewed, seeded). tau-ARGUS (pytauargus) is
installed into a fresh temporary directory and run there; every table of a peer is attacked by the
same audit as ours. Small tables are compared with the true optimum, found by enumeration.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

from tutela.disclosure.audit import audit_published
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.earlier import EarlierTable
from tutela.disclosure.policy import Policy
from tutela.disclosure.protect import protect, published_tables
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.table import FrequencyTable
from tutela.errors import SafetyBlock

#: Per dimension, the number of leaf codes under each group (a number alone: no groups).
SHAPES = {
    "region": [8, 8, 6],  # 26 codes with the total
    "form": [4, 5],  # 12
    "age": [2, 3],  # 8
    "sex": [3],  # 4
    "nationality": [4, 8, 9],  # 25
    "bloc": [3, 3],  # 9
}
OUTSIDER = Policy(zeros="structural", attackers=("outsider",))
PEER = """
import csv, json, os, sys, time
from pytauargus import protect
records, tree, method, rule, work = sys.argv[1:]
rows = list(csv.DictReader(open(records)))
hrc = {}
for name, groups in json.load(open(tree)).items():
    if groups:
        hrc[name] = os.path.join(work, name + ".hrc")
        with open(hrc[name], "w") as f:
            for group, leaves in groups.items():
                f.write(group + "\\n" + "".join("@" + leaf + "\\n" for leaf in leaves))
names = list(json.load(open(tree)))
columns = {n: [r[n] for r in rows] for n in names} | {"one": [1] * len(rows)}
began = time.perf_counter()
result = protect(columns, [names], "one", safety_rules=rule, suppress=method, hrc=hrc,
                 hierleadstring="@", workdir=os.path.join(work, "run"))
seconds = time.perf_counter() - began
cells = result.tables[0].dataframe()
cells = cells if isinstance(cells, list) else cells.to_dict("records")
json.dump({"seconds": seconds, "cells": [[c[n] for n in names] + [c["status"]] for c in cells]},
          open(os.path.join(work, "out.json"), "w"))
"""


def dimension(name):
    """A dimension of the generator: leaf codes under groups, all codes of one length."""
    groups = SHAPES[name]
    if len(groups) == 1:
        return Dimension(name, codes=tuple(f"x{i}" for i in range(groups[0])))
    letters = "abcdef"
    parents = {
        f"{letters[g]}{i}": f"{letters[g].upper()}x" for g, n in enumerate(groups) for i in range(n)
    }
    return Dimension(name, parents=parents)


def generate(names, records, seed=1, skew=0.55):
    """A table of `records` random records over the named dimensions."""
    rng = np.random.default_rng(seed)
    dimensions = [dimension(name) for name in names]
    columns = {}
    for d in dimensions:
        leaves = list(d.parents) or list(d.codes)
        weight = np.exp(rng.normal(0, skew, len(leaves)))
        columns[d.name] = rng.choice(leaves, size=records, p=weight / weight.sum())
    counts = pl.DataFrame(columns).group_by(names).len("count").sort(names)
    return FrequencyTable("-".join(names), dimensions, counts)


def published(tables, result):
    return [PublishedTable(*fields) for fields in published_tables(tables, result.tables)]


def attack(shown, tables, policy, earlier=()):
    """Unsafe and exact small counts under a policy's attackers."""
    report = audit_published(shown, policy, tables, earlier)
    return report.unsafe, report.exact, report.seconds


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def timed(tables, policy, earlier=()):
    wall, cpu = time.perf_counter(), time.process_time()
    result = protect(tables, policy, earlier)
    return result, time.perf_counter() - wall, time.process_time() - cpu


def hidden(result):
    return sum(report["hidden"] for report in result.report.values())


def peak():
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def report(label, tables, policy, earlier=()):
    """Protect, and print what it took."""
    result, wall, cpu = timed(tables, policy, earlier)
    cells = sum(r["cells"] for r in result.report.values())
    primary = sum(r["primary"] for r in result.report.values())
    audit = result.audit
    row(label, cells, primary, hidden(result), audit.unsafe, audit.exact,
        f"{wall:.1f}", f"{cpu:.1f}", peak())  # fmt: skip
    return result


def heading():
    row("case", "cells", "primary", "hidden", "unsafe", "exact", "s", "CPU s", "peak MB so far")
    row(*["---"] * 9)


def with_singletons(table):
    counts = table.counts.with_columns(alone=pl.col("count") == 1)
    return FrequencyTable(table.name, table.dimensions, counts, singletons="alone")


def with_agency(table, seed=3):
    """One agency that knows each unit of half of the cells' units, at random."""
    rng = np.random.default_rng(seed)
    own = rng.binomial(table.counts["count"].to_numpy(), 0.3)
    counts = table.counts.with_columns(agency=pl.Series(own))
    return FrequencyTable(table.name, table.dimensions, counts, contributors=("agency",))


def prices(_):
    """What each attacker costs, on the table of about 2,500 cells."""
    table = generate(["region", "form", "age"], 5000)
    heading()
    report("outsider", [table], OUTSIDER)
    aware = replace(OUTSIDER, attackers=("outsider", "zero-aware"))
    report("and zero-aware", [table], aware)
    alone = with_singletons(table)
    report("outsider and insiders", [alone], replace(OUTSIDER, attackers=("outsider", "insider")))
    report("zero-aware and insiders", [alone], Policy(zeros="structural"))
    report("zeros hidden", [table], Policy())
    report("zeros hidden, insiders", [alone], Policy())
    report("outsider and one agency", [with_agency(table)],
           replace(OUTSIDER, attackers=("outsider", "agency")))  # fmt: skip


def sizes(_):
    """Larger tables, under the outsider and under everybody."""
    heading()
    cases = [
        (["region", "age", "nationality"], 50_000),
        (["region", "form", "age", "sex"], 50_000),
        (["region", "form", "age", "sex", "bloc"], 500_000),
    ]
    for names, records in cases:
        table = generate(names, records)
        report(f"{table.name}, outsider", [table], OUTSIDER)
        if table.values.size < 50_000:
            report(f"{table.name}, zero-aware", [table], Policy(zeros="structural"))


def linked(_):
    """Four tables of one population, protected one by one and together."""
    wide = generate(["region", "form", "age", "sex", "nationality"], 5000)
    pairs = [("region", "form"), ("region", "age"), ("form", "nationality", "sex"),
             ("region", "nationality")]  # fmt: skip
    tables = []
    for names in pairs:
        counts = wide.counts.group_by(names).agg(pl.col("count").sum()).sort(names)
        tables.append(FrequencyTable("-".join(names), [dimension(n) for n in names], counts))
    heading()
    policy = replace(OUTSIDER, attackers=("outsider",))
    alone = [protect([table], policy) for table in tables]
    shown = [
        PublishedTable(*fields)
        for table, result in zip(tables, alone, strict=True)
        for fields in published_tables([table], result.tables)
    ]
    try:
        unsafe, exact, _ = attack(shown, tables, policy)
    except Exception as error:  # noqa: BLE001 - printed as the result
        unsafe, exact = type(error).__name__, "-"
    row("one by one", sum(t.values.size for t in tables), "", sum(map(hidden, alone)), unsafe,
        exact, "", "", peak())  # fmt: skip
    report("together", tables, policy)


def releases(_):
    """The same table at 5,000 and at 5,060 records."""
    before = generate(["region", "form", "age"], 5000)
    names = before.names
    more = before.counts.select(names).sample(60, with_replacement=True, seed=3)
    counts = pl.concat([before.counts, more.group_by(names).len("count")])
    now = FrequencyTable(
        before.name, before.dimensions, counts.group_by(names).agg(pl.col("count").sum())
    )
    heading()
    for policy, label in ((OUTSIDER, "outsider"), (Policy(zeros="structural"), "zero-aware")):
        policy = replace(policy, attackers=(*policy.attackers, "earlier"))
        policy = replace(policy, attackers=tuple(dict.fromkeys(policy.attackers)))
        first = protect([before], policy)
        earlier = EarlierTable("first", published([before], first)[0], before, "grown")
        report(f"second release, {label}", [now], policy, [earlier])


def audits(_):
    """The attack on all small counts of a published table, without any witness."""
    table = generate(["region", "form", "age"], 5000)
    row("attack on", "attacked", "unsafe", "exact", "s")
    row(*["---"] * 5)
    for policy, label in ((OUTSIDER, "outsider"), (Policy(zeros="structural"), "everybody")):
        result = protect([table], policy)
        done = audit_published(published([table], result), policy, [table])
        row(f"ours, {label}", done.attacked, done.unsafe, done.exact, f"{done.seconds:.2f}")


def peers(options):
    """tau-ARGUS on the table of about 2,500 cells, each result attacked as ours is."""
    table = generate(["region", "form", "age"], 5000)
    row("engine", "hidden", "unsafe A0", "exact A0", "unsafe A1", "exact A1", "s")
    row(*["---"] * 7)
    aware = Policy(zeros="structural")
    for label, policy in (("Tutela, outsider", OUTSIDER), ("Tutela, zero-aware", aware)):
        result, wall, _ = timed([table], policy)
        shown = published([table], result)
        one, two = attack(shown, [table], OUTSIDER), attack(shown, [table], aware)
        row(label, hidden(result), one[0], one[1], two[0], two[1], f"{wall:.1f}")
    with tempfile.TemporaryDirectory() as place:
        python = install_peer(Path(place))
        if python is None:
            print("\npytauargus cannot be installed here; it was not run.")
            return
        for method, rule in (("OPT(1)", 100), ("OPT(1)", 40), ("OPT(1)", 20), ("MOD(1)", 100)):
            label = f"tau-ARGUS {method[:3]}, margin {rule} %"
            answer = run_peer(python, Path(place), table, method, rule, options.peer_seconds)
            if answer is None:
                row(label, "nothing in time", "", "", "", "", options.peer_seconds)
                continue
            shown = [peer_table(table, answer["cells"])]
            one, two = attack(shown, [table], OUTSIDER), attack(shown, [table], aware)
            count = int(shown[0].hidden.sum())
            row(label, count, one[0], one[1], two[0], two[1], f"{answer['seconds']:.1f}")


def install_peer(place):
    try:
        subprocess.run([sys.executable, "-m", "venv", place / "peer"], check=True)
        python = place / "peer" / "bin" / "python"
        command = [python, "-m", "pip", "install", "--quiet", "pytauargus==0.6.0"]
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return python


def run_peer(python, place, table, method, rule, seconds):
    """Each run in a fresh directory: the modular method reads what an earlier run left behind."""
    work = Path(tempfile.mkdtemp(dir=place))
    with (work / "records.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.names)
        for *codes, count in table.counts.select(*table.names, "count").iter_rows():
            writer.writerows([codes] * count)
    trees = {}
    for d in table.dimensions:
        groups = trees.setdefault(d.name, {})
        for leaf, group in d.parents.items():
            groups.setdefault(group, []).append(leaf)
    (work / "tree.json").write_text(json.dumps(trees))
    (work / "peer.py").write_text(PEER)
    command = [python, work / "peer.py", work / "records.csv", work / "tree.json", method,
               f"FREQ(5,{rule})", work]  # fmt: skip
    try:
        subprocess.run(command, check=True, timeout=seconds, capture_output=True, cwd=work)
        return json.loads((work / "out.json").read_text())
    except (subprocess.SubprocessError, OSError, ValueError):
        return None


def peer_table(table, cells):
    values = table.values.copy()
    secret = np.zeros(values.shape, dtype=bool)
    for *codes, status in cells:
        place = tuple(
            tree.index.get(code, 0) for code, tree in zip(codes, table.trees, strict=True)
        )
        secret[place] = status in ("U", "M")
    count = pl.Series("count", values.ravel()).set(pl.Series(secret.ravel()), None)
    frame = table.frame().with_columns(count)
    return PublishedTable(*published_tables([table], {table.name: frame})[0])


def optimum(_):
    """Small tables: ours beside the least that any pattern hides, by enumeration."""
    rng = np.random.default_rng(4)
    row("attackers", "tables", "primary", "least hidden", "ours", "more")
    row(*["---"] * 6)
    for policy, label in ((OUTSIDER, "outsider"), (Policy(zeros="structural"), "zero-aware")):
        primary = least = ours = number = 0
        for _ in range(25):
            counts = rng.integers(1, 16, (3, 3))
            table = FrequencyTable(
                "t",
                [Dimension("r"), Dimension("c")],
                pl.DataFrame([(f"r{i}", f"c{j}", int(counts[i, j])) for i in range(3)
                              for j in range(3)], schema=["r", "c", "count"], orient="row"),
            )  # fmt: skip
            small = table.values < 5
            if not small.any():
                continue
            try:
                found = hidden(protect([table], policy))
            except SafetyBlock:
                continue
            number, primary = number + 1, primary + int(small.sum())
            least, ours = least + fewest(table, small, policy, found), ours + found
        row(label, number, primary, least, ours, f"{ours / least - 1:.1%}")


def fewest(table, small, policy, bound):
    """The least number of hidden cells that is safe, `bound` being one that is."""
    others = np.flatnonzero(~small.ravel())
    base = int(small.sum())
    for extra in range(bound - base):
        for chosen in combinations(others.tolist(), extra):
            secret = small.ravel().copy()
            secret[list(chosen)] = True
            count = pl.Series("count", table.values.ravel()).set(pl.Series(secret), None)
            frame = table.frame().with_columns(count)
            shown = PublishedTable("t", table.dimensions, frame)
            if audit_published([shown], policy, [table]).passed:
                return base + extra
    return bound


CASES = {
    f.__name__: f for f in (prices, sizes, peers, optimum, audits, linked, releases)
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", choices=CASES, default=list(CASES))
    parser.add_argument("--peer-seconds", type=int, default=300)
    options = parser.parse_args()
    protect([generate(["form", "age"], 500)], Policy())  # starts the auditor, loads the libraries
    for name in options.only:
        print(f"\n{CASES[name].__doc__.splitlines()[0]}\n")
        CASES[name](options)


if __name__ == "__main__":
    main()
