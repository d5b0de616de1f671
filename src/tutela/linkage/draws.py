"""Draw clusterings that agree with the pairs' probabilities, to carry doubt into what is counted.

Each draw disturbs the log odds of all pairs and clusters again (perturb and maximise: Papandreou
and Yuille 2011), so that every draw is a clustering and never a set of independent edges. A pair's
disturbance is logistic: alone, it comes out a match exactly as often as its probability says. Pairs
of one record share part of it (a Gaussian copula), because one slip in a record shows in all its
pairs; how much they share was measured (docs/linkage.md).

    draws = draw_clusterings(clusters, pairs, 100, seed=1)
    draws.counts()             # persons in each draw
    draws.numbers(0)           # cluster number of each record of draws.record_id in draw 0
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import ndtr

from tutela.errors import Misuse
from tutela.linkage.cluster import Edges, cluster
from tutela.linkage.table import Ints
from tutela.linkage.uncertain import Floats, pair_keys, uncertain_rows

#: Share of a pair's disturbance that comes from its two records.
SHARED = 0.9
#: Log odds of a pair that nobody scored: blocking did not propose it, no cluster needed it.
UNSCORED = -8.0
#: Log odds beyond these are certain.
_CERTAIN = 30.0


@dataclass(frozen=True)
class ClusteringDraws:
    """`record_id` gives the records; `base` the cluster number of each as linked; a draw differs
    from it in the rows `changed` only, whose numbers in draw d are `drawn[d]`."""

    record_id: pl.Series
    base: Ints
    changed: Ints
    drawn: tuple[Ints, ...]

    def __len__(self) -> int:
        return len(self.drawn)

    def numbers(self, draw: int) -> Ints:
        """The cluster number of every record in one draw; numbers have gaps."""
        numbers = self.base.copy()
        numbers[self.changed] = self.drawn[draw]
        return numbers

    def frames(self) -> Iterator[pl.DataFrame]:
        """record_id and cluster_id (Int32) of each draw."""
        for draw in range(len(self)):
            yield pl.DataFrame({"record_id": self.record_id, "cluster_id": self.numbers(draw)})

    def counts(self, chosen: npt.NDArray[np.bool_] | None = None) -> Ints:
        """Persons in each draw; of `chosen` records only, a person counts with any of them."""
        mask = np.ones(len(self.base), bool) if chosen is None else chosen
        firm = mask.copy()
        firm[self.changed] = False
        settled = len(np.unique(self.base[firm]))
        mine = mask[self.changed]
        found = [settled + len(np.unique(numbers[mine])) for numbers in self.drawn]
        return np.array(found, dtype=np.int32)


def draw_clusterings(
    clusters: pl.DataFrame,
    pairs: pl.DataFrame,
    n: int,
    seed: int = 0,
    *,
    shared: float = SHARED,
    threshold: float = 0.5,
) -> ClusteringDraws:
    """Draw `n` clusterings.

    `clusters` has record_id and cluster_id; `pairs` has record_id_1, record_id_2 and probability
    (calibrated), of the candidates and of every pair that `link` scored besides. The same input and
    seed give the same draws, whatever the order of rows. Raises Misuse when `n` is not positive.
    """
    if n < 1:
        raise Misuse(f"{n} draws cannot be made", remedy="Ask for one or more.")
    records = clusters.select("record_id", "cluster_id").sort("record_id")
    names = records["record_id"]
    base = records["cluster_id"].rank("dense").cast(pl.Int32).to_numpy() - 1
    i, j, odds = _scored(names, pairs)
    loose = uncertain_rows(base, i, j, odds)
    rows = np.flatnonzero(loose).astype(np.int32)
    local = np.full(len(base), -1, np.int32)
    local[rows] = np.arange(len(rows), dtype=np.int32)
    kept = loose[i] & loose[j]
    i, j, odds = local[i[kept]], local[j[kept]], odds[kept]
    first_free = int(base.max(initial=-1)) + 1
    rng = np.random.default_rng(seed)
    cut = float(np.log(threshold / (1 - threshold)))
    drawn = tuple(
        first_free + _draw(len(rows), i, j, odds + _disturbance(rng, len(rows), i, j, shared), cut)
        for _ in range(n)
    )
    return ClusteringDraws(names, base.astype(np.int32), rows, drawn)


@dataclass(frozen=True)
class CountInterval:
    """Persons counted, persons expected after correction, and an interval of 95 %.

    `counted` is what the run counts; `expected`, `lower` and `upper` say where the true number of
    persons behind these records lies.
    """

    counted: int
    expected: float
    lower: float
    upper: float
    draws: int

    def as_dict(self) -> dict[str, float | int]:
        """The interval as plain data."""
        return {
            "counted": self.counted,
            "expected": round(self.expected, 1),
            "lower": round(self.lower, 1),
            "upper": round(self.upper, 1),
            "level": 0.95,
            "draws": self.draws,
        }


_Z95 = 1.959964


def count_interval(
    counted: int, drawn: npt.NDArray[np.number], ratios: Floats, planted: int
) -> CountInterval:
    """The interval of a count from drawn counts and from true persons per person found.

    `drawn` are the counts of draws: their spread is the doubt of pairs. `ratios` are bootstrap
    values of the correction, measured on `planted` persons: their mean is the level, their spread
    the sampling of planted persons; the table's own errors are a sample of that kind too, of as
    many persons as it holds. The three are taken for normal and independent.
    """
    expected = counted * float(ratios.mean())
    measured = counted * float(ratios.std())
    own = measured * float(np.sqrt(planted / max(counted, 1)))
    spread = float(np.sqrt(drawn.var(ddof=1) + measured**2 + own**2))
    return CountInterval(
        counted, expected, expected - _Z95 * spread, expected + _Z95 * spread, len(drawn)
    )


def _scored(names: pl.Series, pairs: pl.DataFrame) -> tuple[Ints, Ints, Floats]:
    """Row numbers and log odds of the pairs, in one order whatever theirs."""
    rows = pl.DataFrame({"name": names, "row": np.arange(len(names), dtype=np.int32)})
    joined = (
        pairs.select("record_id_1", "record_id_2", "probability")
        .join(rows.rename({"row": "i"}), left_on="record_id_1", right_on="name")
        .join(rows.rename({"row": "j"}), left_on="record_id_2", right_on="name")
        .select(low=pl.min_horizontal("i", "j"), high=pl.max_horizontal("i", "j"), p="probability")
        .sort("low", "high")
    )
    p = joined["p"].to_numpy().astype(np.float64)
    with np.errstate(divide="ignore"):
        odds = np.log(p) - np.log1p(-p)
    i, j = joined["low"].to_numpy(), joined["high"].to_numpy()
    return i.astype(np.int32), j.astype(np.int32), np.clip(odds, -_CERTAIN, _CERTAIN)


def _disturbance(rng: np.random.Generator, rows: int, i: Ints, j: Ints, shared: float) -> Floats:
    """Logistic noise of each pair; pairs of one record are correlated by `shared` / 2."""
    of_record = rng.standard_normal(rows)
    own = rng.standard_normal(len(i))
    normal = np.sqrt(shared / 2) * (of_record[i] + of_record[j]) + np.sqrt(1 - shared) * own
    chance = np.clip(ndtr(normal), 1e-16, 1 - 1e-16)
    return np.asarray(np.log(chance) - np.log1p(-chance))


def _draw(rows: int, i: Ints, j: Ints, odds: Floats, threshold: float) -> Ints:
    """Cluster the loose rows by disturbed log odds."""
    keys = pair_keys(i, j, max(rows, 1))
    order = np.argsort(keys)
    keys, values = keys[order], odds[order]

    def score(a: Ints, b: Ints) -> Floats:
        wanted = pair_keys(a, b, rows)
        at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        found = keys[at] == wanted
        return np.where(found, values[at], UNSCORED)

    if not rows:
        return np.zeros(0, np.int32)
    near = odds > -6.0
    edges = Edges(i[near], j[near], odds[near])
    return cluster(rows, edges, score, threshold=threshold).numbers
