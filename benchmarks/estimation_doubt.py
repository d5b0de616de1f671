"""What doubt about links, heterogeneity and thin strata do to the coverage of estimates.

    python benchmarks/estimation_doubt.py [--replicates 500] [--only linkage|strata|classes|nations]

Every table gives the share of nominal 95 % intervals that hold the true total, with its Monte Carlo
error. The failures are part of it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.estimation import from_effects
from tutela.estimation.averaging import average
from tutela.estimation.bootstrap import bca_interval
from tutela.estimation.design import design_of
from tutela.estimation.draws import carry, linkage_effect
from tutela.estimation.estimate import estimate
from tutela.estimation.existence import ExistenceCheck
from tutela.estimation.lists import ListTable, membership
from tutela.estimation.shrinkage import shrink
from tutela.estimation.stepwise import choose
from tutela.linkage.draws import draw_clusterings

NAMES = tuple("ABCDEF")
DRAWS = 20


def rate(held):
    share = np.mean(held)
    return f"{share:.1%} ± {np.sqrt(share * (1 - share) / len(held)):.1%}"


def stepwise(table, seed, bootstraps=300):
    """Point and interval, or None."""
    design = design_of(len(table.names))
    counts = table.counts[1:]
    check = ExistenceCheck(design)
    point = float(choose(design, counts[None, :].astype(float), check=check).totals[0])
    if not np.isfinite(point):
        return None
    found = bca_interval(design, counts, point, bootstraps=bootstraps, seed=seed, check=check)
    return (point, found.lower, found.upper) if np.isfinite(found.upper) else None


# Linkage


def records_of(population, rng, doubtful):
    """Records of one replicate: list and true person of each, and pairs with probabilities that are
    true: of the pairs given probability p, a share p is of one person.

    Of two records of one person a share `doubtful` is in doubt. Doubtful pairs of one person have
    density proportional to p h(p), those of two persons to (1 - p) h(p); h is uniform.
    """
    counts = rng.multinomial(population.total, population.chances)
    member = membership(population.lists)
    person_lists = [member[m] for m in np.repeat(np.arange(1, counts.size), counts[1:])]
    lists, person = [], []
    for number, on in enumerate(person_lists):
        for i in np.flatnonzero(on):
            lists.append(i)
            person.append(number)
    lists, person = np.array(lists), np.array(person)
    pairs = []
    starts = np.flatnonzero(np.r_[True, person[1:] != person[:-1]])
    ends = np.r_[starts[1:], person.size]
    true_doubts = 0
    for start, end in zip(starts, ends, strict=True):
        rows = np.arange(start, end)
        if rows.size < 2:
            continue
        # One record of the person may have come loose from the others.
        loose = rng.integers(rows.size) if rng.random() < doubtful else -1
        p_loose = np.sqrt(rng.random())
        true_doubts += loose >= 0
        for a in range(rows.size):
            for b in range(a + 1, rows.size):
                pairs.append((rows[a], rows[b], p_loose if loose in (a, b) else 0.9999))
    # As many false doubts as true ones, since a uniform h has mean one half: single records of two
    # persons who are on one list each, different ones.
    alone = starts[ends - starts == 1]
    rng.shuffle(alone)
    made = 0
    for a, b in zip(alone[::2], alone[1::2], strict=False):
        if made >= true_doubts:
            break
        if lists[a] != lists[b]:
            pairs.append((min(a, b), max(a, b), 1 - np.sqrt(rng.random())))
            made += 1
    return lists, person, pairs


def table_of(lists, clusters, count):
    frame = np.zeros(clusters.max() + 1, dtype=np.int64)
    np.bitwise_or.at(frame, clusters, 1 << lists)
    counts = np.bincount(frame[frame > 0], minlength=1 << count)
    return ListTable(NAMES[:count], counts)


def linkage_coverage(population, doubtful, replicates, *, sharpen=1.0, seed=5):
    rng = np.random.default_rng(seed)
    ways = ("true links", "as linked (p ≥ .5)", "as linked, doubt carried", "strict (p ≥ .9)",
            "strict, doubt carried")  # fmt: skip
    held = {way: [] for way in ways}
    errors = {way: [] for way in ways}
    widths = {way: [] for way in ways}
    for replicate in range(replicates):
        lists, person, pairs = records_of(population, rng, doubtful)
        pairs = [(a, b, 1 / (1 + ((1 - p) / p) ** sharpen)) for a, b, p in pairs]
        names = [f"r{i:06d}" for i in range(lists.size)]
        frame = pl.DataFrame(
            {
                "record_id_1": [names[a] for a, _, _ in pairs],
                "record_id_2": [names[b] for _, b, _ in pairs],
                "probability": [p for _, _, p in pairs],
            }
        )
        draws = None
        for cut, plain, carried in ((0.5, ways[1], ways[2]), (0.9, ways[3], ways[4])):
            linked = linked_at(lists.size, pairs, cut)
            table = table_of(lists, linked, population.lists)
            if draws is None:
                clusters = pl.DataFrame({"record_id": names, "cluster_id": linked})
                drawn = draw_clusterings(clusters, frame, DRAWS, seed=replicate)
                draws = [table_of(lists, drawn.numbers(d), population.lists) for d in range(DRAWS)]
            found = stepwise(table, replicate)
            if found is None:
                continue
            note(held, errors, widths, plain, population.total, *found)
            effect = linkage_effect(found[0], draws)
            if effect is not None:
                wide = carry(*found, shift=effect.shift, spread=effect.spread)
                note(held, errors, widths, carried, population.total,
                     wide.estimate, wide.lower, wide.upper)  # fmt: skip
        found = stepwise(table_of(lists, person, population.lists), replicate)
        if found is not None:
            note(held, errors, widths, ways[0], population.total, *found)
    name = f"{doubtful:.0%} in doubt" + (", log odds doubled" if sharpen > 1 else "")
    for way in ways:
        print(
            f"| {name} | {way} | {rate(held[way])} "
            f"| {np.mean(errors[way]):+.1%} | {np.median(widths[way]):.0%} |",
            flush=True,
        )


def linked_at(records, pairs, cut):
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    kept = [(a, b) for a, b, p in pairs if p >= cut]
    rows, columns = (np.array(side) for side in zip(*kept, strict=True))
    graph = coo_matrix((np.ones(rows.size), (rows, columns)), shape=(records, records))
    return connected_components(graph, directed=False)[1]


def note(held, errors, widths, way, total, point, lower, upper):
    held[way].append(lower <= total <= upper)
    errors[way].append(point / total - 1)
    widths[way].append((upper - lower) / total)


def print_linkage(replicates):
    print(f"\nLinkage in doubt, probabilities true; {replicates} replicates, {DRAWS} draws")
    print("Population: 2,000 on four independent lists\n")
    print("| links in doubt | how linked | coverage | mean error | median width |")
    print("| --- | --- | --- | --- | --- |")
    population = from_effects("four independent lists", 2000, [-1.1, -1.7, -2.0, -2.2], {})
    for doubtful in (0.1, 0.3):
        linkage_coverage(population, doubtful, replicates)
    # Probabilities that claim to know more than they do.
    linkage_coverage(population, 0.3, replicates, sharpen=2.0)


# Strata


def print_strata(replicates, seed=9):
    print(f"\nSix strata of 150 to 2,000, listing chances differ; {replicates} replicates\n")
    print("| method | coverage | coverage of the three thinnest | median width of these |")
    print("| --- | --- | --- | --- |")
    rng = np.random.default_rng(seed)
    sizes = np.array([150, 200, 300, 500, 1000, 2000])
    held = {"own": [], "shrunken": []}
    thin = {"own": [], "shrunken": []}
    widths = {"own": [], "shrunken": []}
    for replicate in range(replicates):
        answers = {}
        for i, people in enumerate(sizes):
            logits = np.array([-1.0, -1.2, -1.4]) + rng.normal(0, 0.3)
            seen = rng.random((people, 3)) < 1 / (1 + np.exp(-logits))
            counts = np.bincount(seen @ np.array([1, 2, 4]), minlength=8)
            counts[0] = 0
            answers[str(i)] = estimate(
                ListTable(NAMES[:3], counts), method="stepwise", bootstraps=200, seed=replicate
            )
        shrunk = shrink(answers)
        for i, people in enumerate(sizes):
            own, other = answers[str(i)], shrunk.get(str(i))
            for way, each in (("own", own), ("shrunken", other)):
                if each is None or each.estimate is None:
                    continue
                good = each.lower <= people <= each.upper
                held[way].append(good)
                if i < 3:
                    thin[way].append(good)
                    widths[way].append((each.upper - each.lower) / people)
    for way in held:
        print(f"| {way} | {rate(held[way])} | {rate(thin[way])} | {np.median(widths[way]):.0%} |")


# Nations


def print_nations(nations):
    """The release's method on synthetic nations with true links, every settled year."""
    from tutela.indicators.compared_lists import compared_lists, list_table
    from tutela.simulation.nation import simulate

    print(f"\n{nations} synthetic nations of 20,000 children, true links, 2011 to 2025\n")
    print("| method | coverage | mean error | mean share unseen |")
    print("| --- | --- | --- | --- |")
    declared = compared_lists()
    held, errors, unseen = {}, {}, []
    for seed in range(nations):
        with tempfile.TemporaryDirectory() as folder:
            simulate(Path(folder), 20_000, 100 + seed)
            truth = Path(folder) / "truth"
            persons = pl.read_parquet(truth / "persons.parquet")
            records = pl.read_parquet(truth / "records.parquet")
        place = {a: each.id for each in declared.lists for a in each.agencies}
        own = records.filter(
            (pl.col("role") == "victim") & pl.col("agency").is_in(list(place))
        ).select("person_id", pl.col("agency").replace_strict(place).alias("list"))
        histories = (
            own.unique().with_columns(on=pl.lit("yes"))
            .pivot("list", index="person_id", values="on")
            .with_columns(pl.col(declared.names).fill_null("no"))
            .join(persons.select("person_id", year=pl.col("found_on").dt.year()), on="person_id")
            .group_by("year", *declared.names).agg(pl.len().cast(pl.Int64).alias("count"))
        )  # fmt: skip
        children = persons.filter(pl.col("role") == "victim")
        true = dict(children.group_by(pl.col("found_on").dt.year()).len().iter_rows())
        for year in range(2011, 2026):
            table = list_table(histories.filter(pl.col("year") == year), declared.names)
            unseen.append(1 - table.observed / true[year])
            found = {"stepwise": stepwise(table, year), "independence": None}
            averaged = average(table)
            found["model averaging"] = (averaged.estimate, averaged.lower, averaged.upper)
            del found["independence"]
            for way, interval in found.items():
                if interval is None:
                    continue
                point, lower, upper = interval
                held.setdefault(way, []).append(lower <= true[year] <= upper)
                errors.setdefault(way, []).append(point / true[year] - 1)
    for way in held:
        print(
            f"| {way} | {rate(held[way])} | {np.mean(errors[way]):+.1%} | {np.mean(unseen):.1%} |"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--nations", type=int, default=8)
    parser.add_argument("--only", choices=["linkage", "strata", "nations"])
    arguments = parser.parse_args()
    if arguments.only in (None, "linkage"):
        print_linkage(arguments.replicates)
    if arguments.only in (None, "strata"):
        print_strata(arguments.replicates)
    if arguments.only in (None, "nations"):
        print_nations(arguments.nations)


if __name__ == "__main__":
    main()
