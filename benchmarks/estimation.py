"""Coverage of the estimates on populations whose truth is known, and time by number of lists.

    python benchmarks/estimation.py [--replicates 500] [--bootstraps 400] [--only NAME]

Prints one table of coverage (share of nominal 95 % intervals that hold the true total, with its
Monte Carlo error) and one of seconds and memory from 3 to 10 lists. The failures are part of it.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tutela.estimation.averaging import average
from tutela.estimation.bootstrap import bca_interval
from tutela.estimation.design import design_of
from tutela.estimation.estimate import estimate
from tutela.estimation.existence import ExistenceCheck
from tutela.estimation.lists import ListTable, membership, read_lists
from tutela.estimation.stepwise import choose

UK = Path(__file__).parents[1] / "tests" / "published" / "data" / "uk_2013_six_lists.csv"


@dataclass(frozen=True)
class Population:
    """A true total, the chance of each capture history (unseen first) and the true model."""

    name: str
    total: int
    chances: np.ndarray
    pairs: np.ndarray

    @property
    def lists(self) -> int:
        return int(np.log2(self.chances.size))


def from_effects(name, total, main, pairs):
    """Histories from log-linear effects: logits of the lists and log odds ratios of pairs."""
    lists = len(main)
    design = design_of(lists, with_unseen=True)
    effects = np.array([pairs.get(p, 0.0) for p in design.pairs])
    logs = design.matrix @ np.r_[0.0, main, effects]
    chances = np.exp(logs) / np.exp(logs).sum()
    return Population(name, total, chances, effects != 0)


def like_the_uk():
    """The model that the UK's six lists of 2013 choose, taken as the truth."""
    table = read_lists(UK)
    design = design_of(6)
    chosen = choose(design, table.counts[None, 1:].astype(float))
    expected = np.r_[chosen.totals[0] - table.observed, chosen.fits.expected[0]]
    return Population(
        "six lists, as UK 2013", round(chosen.totals[0]), expected / expected.sum(), chosen.pairs[0]
    )


def populations():
    return [
        from_effects("four independent lists", 2000, [-1.1, -1.7, -2.0, -2.2], {}),
        from_effects(
            "five lists, two pairs dependent",
            3000,
            [-1.5, -1.8, -2.0, -2.2, -2.0],
            {(0, 1): 1.2, (2, 3): -1.0},
        ),
        like_the_uk(),
    ]


def mislink(table, rng, split):
    """A share of those on several lists come apart into one person per list (missed links)."""
    counts = table.counts.copy()
    member = membership(len(table.names))
    for mask in np.flatnonzero(member.sum(axis=1) >= 2):
        lost = rng.binomial(counts[mask], split)
        counts[mask] -= lost
        for i in np.flatnonzero(member[mask]):
            counts[1 << i] += lost
    return ListTable(table.names, counts)


def coverage(population, kind, replicates, bootstraps, seed=11):
    """Share of intervals that hold the truth, mean relative error, mean width over truth."""
    design, rng = design_of(population.lists), np.random.default_rng(seed)
    check = ExistenceCheck(design)
    held, errors, widths, refused = 0, [], [], 0
    names = tuple("ABCDEFGHIJ"[: population.lists])
    for replicate in range(replicates):
        counts = rng.multinomial(population.total, population.chances)
        counts[0] = 0
        table = ListTable(names, counts)
        if kind == "selection, 10 % of links missed":
            table = mislink(table, rng, 0.10)
        if kind == "model averaging":
            result = average(table)
            point, lower, upper = result.estimate, result.lower, result.upper
        else:
            fixed = population.pairs if kind == "true model fixed" else None
            cells = table.counts[1:]
            point = float(
                choose(design, cells[None, :].astype(float), check=check, fixed=fixed).totals[0]
            )
            if not np.isfinite(point):
                refused += 1
                continue
            interval = bca_interval(
                design,
                cells,
                point,
                bootstraps=bootstraps,
                seed=replicate,
                fixed=fixed,
                check=check,
            )
            lower, upper = interval.lower, interval.upper
        held += lower <= population.total <= upper
        errors.append(point / population.total - 1)
        widths.append((upper - lower) / population.total)
    done = replicates - refused
    share = held / done
    return share, np.sqrt(share * (1 - share) / done), np.mean(errors), np.median(widths), refused


KINDS = (
    "true model fixed",
    "after selection",
    "model averaging",
    "selection, 10 % of links missed",
)


def print_coverage(replicates, bootstraps, only):
    print(f"{replicates} replicates, {bootstraps} bootstraps each; nominal 95 %\n")
    print("| population | method | coverage | mean error of the point | median width |")
    print("| --- | --- | --- | --- | --- |")
    for population in populations():
        if only and only not in population.name:
            continue
        for kind in KINDS:
            share, error, bias, width, refused = coverage(population, kind, replicates, bootstraps)
            note = f" ({refused} without estimate)" if refused else ""
            print(
                f"| {population.name} | {kind} | {share:.1%} ± {error:.1%}{note} "
                f"| {bias:+.1%} | {width:.0%} |",
                flush=True,
            )


def print_growth():
    print("\n| lists | stepwise, 1,000 bootstraps (s) | model averaging (s) | peak MB so far |")
    print("| --- | --- | --- | --- |")
    for lists in range(3, 11):
        truth = from_effects("", 4000, [-1.6 - 0.05 * i for i in range(lists)], {(0, 1): 0.8})
        counts = np.random.default_rng(lists).multinomial(truth.total, truth.chances)
        counts[0] = 0
        table = ListTable(tuple("ABCDEFGHIJ"[:lists]), counts)
        began = time.perf_counter()
        estimate(table, method="stepwise", bootstraps=1000)
        stepped = time.perf_counter()
        average(table)
        ended = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"| {lists} | {stepped - began:.2f} | {ended - stepped:.2f} | {peak:.0f} |", flush=True
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--bootstraps", type=int, default=400)
    parser.add_argument("--only", help="populations whose name contains this")
    arguments = parser.parse_args()
    uk = read_lists(UK)
    answer = estimate(uk, method="stepwise", bootstraps=1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"UK six lists, stepwise, 1,000 bootstraps: {answer.seconds:.2f} s, {peak:.0f} MB\n")
    print_growth()
    print()
    print_coverage(arguments.replicates, arguments.bootstraps, arguments.only)


if __name__ == "__main__":
    main()
