"""Each attacker wins against the naive table and loses against ours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.disclosure.brute_force import two_way
from tutela.disclosure.attackers import ATTACKERS
from tutela.disclosure.audit import audit_published
from tutela.disclosure.dimension import Dimension
from tutela.disclosure.policy import KINDS, Policy
from tutela.disclosure.protect import protect, published_tables
from tutela.disclosure.published import PublishedTable
from tutela.disclosure.replay import Replayer, hidden_by
from tutela.disclosure.table import FrequencyTable
from tutela.errors import InputRefused

BIG = np.array([[3, 40, 50, 60], [40, 4, 60, 70], [50, 60, 80, 90], [60, 70, 90, 95]])


def published(table: FrequencyTable, hidden: np.ndarray) -> PublishedTable:
    count = pl.Series("count", table.values.ravel()).set(pl.Series(hidden.ravel()), None)
    frame = table.frame().with_columns(count)
    return PublishedTable(*published_tables([table], {table.name: frame})[0])


def test_the_policy_names_the_attackers_there_are() -> None:
    assert tuple(attacker.name for attacker in ATTACKERS) == KINDS


def test_outsider() -> None:
    table, policy = two_way(BIG), Policy(zeros="structural", attackers=("outsider",))
    naive = audit_published([published(table, table.values < 5)], policy, [table])
    assert naive.by_attacker["outsider"] == (2, 2)
    assert protect([table], policy).audit.by_attacker["outsider"] == (0, 0)


def test_zero_aware() -> None:
    # Four ones in a square: outsiders see 0 to 2 each, whoever knows that none is 0 sees all.
    table = two_way(np.array([[1, 1, 50], [1, 1, 50], [50, 50, 50]]))
    square = np.zeros(table.values.shape, dtype=bool)
    square[1:3, 1:3] = True
    rules = Policy(2, 2, "structural")
    naive = audit_published([published(table, square)], rules, [table])
    assert naive.by_attacker == {"outsider": (0, 0), "zero-aware": (4, 4)}
    assert protect([table], rules).audit.by_attacker["zero-aware"] == (0, 0)


def test_insider_with_one_case() -> None:
    # Two small counts hide each other: whoever is alone in one of them knows the other.
    counts = np.array([[1, 9, 60], [9, 9, 60], [60, 60, 60]])
    frame = two_way(counts).counts.with_columns(one=pl.col("count") == 1)
    frame = frame.with_columns(one=pl.col("one") | ((pl.col("r") == "r0") & (pl.col("c") == "c1")))
    table = FrequencyTable("t", [Dimension("r"), Dimension("c")], frame, singletons="one")
    policy = Policy(10, 5, "structural")
    square = np.zeros(table.values.shape, dtype=bool)
    square[1:3, 1:3] = True
    naive = audit_published([published(table, square)], policy, [table])
    assert naive.by_attacker["insider"][1] > 0
    ours = protect([table], policy).audit
    assert "insider" in ours.attackers
    assert ours.by_attacker["insider"] == (0, 0)


def test_agency_that_knows_its_own_cases() -> None:
    # 19 of 20 are the agency's own: it sees the one child that is not, unless 20 is hidden.
    counts = np.array([[20, 30, 40], [50, 60, 70], [80, 90, 95]])
    frame = two_way(counts).counts.with_columns(
        own=pl.when((pl.col("r") == "r0") & (pl.col("c") == "c0")).then(19).otherwise(0)
    )
    table = FrequencyTable("t", [Dimension("r"), Dimension("c")], frame, contributors=("own",))
    nothing = np.zeros(table.values.shape, dtype=bool)
    naive = audit_published([published(table, nothing)], Policy(), [table])
    assert naive.by_attacker["agency"] == (1, 1)
    ours = protect([table], Policy())
    assert ours.audit.by_attacker["agency"] == (0, 0)
    assert ours.report["t"]["hidden"] >= 4


def test_reader_of_the_agencies_own_publications() -> None:
    counts = np.array([[3, 3, 60], [3, 3, 60], [60, 60, 60]])
    frame = two_way(counts).counts.with_columns(
        told=pl.when(pl.col("count") == 3).then(2).otherwise(0)
    )
    table = FrequencyTable("t", [Dimension("r"), Dimension("c")], frame, publications=("told",))
    square = np.zeros(table.values.shape, dtype=bool)
    square[1:3, 1:3] = True
    rules = Policy(5, 5)
    naive = audit_published([published(table, square)], rules, [table])
    assert naive.by_attacker == {"outsider": (0, 0), "publications": (4, 0)}
    assert protect([table], rules).audit.by_attacker["publications"] == (0, 0)


def test_replayer_of_the_algorithm() -> None:
    """Who knows the seed tells a count exactly; who does not cannot leave out the other seeds."""
    table = two_way(np.array([[1, 2, 2], [5, 2, 4]]))
    policy = Policy(3, 3, "structural", attackers=("outsider", "zero-aware"))
    shown = published(table, hidden_by(table, replace(policy, seed=1)))
    knows = Replayer(policy, [1]).ranges(shown, 9)
    guesses = Replayer(policy, range(8)).ranges(shown, 9)
    told = {place for place, (low, high) in knows.items() if low == high}
    guessed = {place for place, (low, high) in guesses.items() if low == high}
    assert guessed < told


@pytest.mark.parametrize("own", [11, -1])
def test_more_own_cases_than_there_are_is_refused(own: int) -> None:
    frame = pl.DataFrame({"r": ["a", "b"], "count": [10, 20], "own": [own, 0]})
    with pytest.raises(InputRefused, match="row 1: own"):
        FrequencyTable("t", [Dimension("r")], frame, contributors=("own",))
