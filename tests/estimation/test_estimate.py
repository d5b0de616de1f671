import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.cli.estimate import command
from tutela.errors import Misuse
from tutela.estimation.bootstrap import bca_interval
from tutela.estimation.design import design_of
from tutela.estimation.estimate import CANNOT, FRAGILE, estimate
from tutela.estimation.lists import ListTable, table_from_frame
from tutela.estimation.profile import profile
from tutela.estimation.stepwise import choose


def frame(seed=1, people=3000, chances=(0.2, 0.15, 0.1, 0.08)):
    rng = np.random.default_rng(seed)
    seen = rng.random((people, len(chances))) < np.array(chances)
    seen = seen[seen.any(axis=1)]
    return pl.DataFrame({chr(65 + i): seen[:, i].astype(int) for i in range(len(chances))})


def test_independent_lists_give_back_the_known_population():
    answer = estimate(table_from_frame(frame()), bootstraps=400)
    assert answer.lower < 3000 < answer.upper
    assert answer.by_method["bma"]["lower"] < 3000 < answer.by_method["bma"]["upper"]


@settings(max_examples=4, deadline=None)
@given(st.permutations(["A", "B", "C", "D"]), st.randoms(use_true_random=False))
def test_the_order_of_lists_and_rows_changes_nothing(order, shuffler):
    whole = frame()
    rows = list(range(whole.height))
    shuffler.shuffle(rows)
    one = estimate(table_from_frame(whole), bootstraps=100)
    other = estimate(table_from_frame(whole[rows].select(order)), bootstraps=100)
    assert one == other


def test_a_list_that_knows_nobody_warns_and_changes_nothing():
    whole = frame()
    plain = estimate(table_from_frame(whole), bootstraps=200)
    padded = estimate(table_from_frame(whole.with_columns(Z=pl.lit(0))), bootstraps=200)
    assert (padded.estimate, padded.lower, padded.upper) == (
        plain.estimate,
        plain.lower,
        plain.upper,
    )
    assert [w.code for w in padded.warnings if w not in plain.warnings] == ["empty-list"]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([0, 30, 20, 0], "no person is on two lists"),
        ([0, 30, 20, 4], "only 4 persons"),
        ([0, 30], "one list alone"),
    ],
)
def test_lists_that_cannot_carry_an_estimate_say_so(counts, words):
    names = ("A", "B")[: len(counts) // 2]
    answer = estimate(ListTable(names, np.array(counts)))
    assert answer.verdict == CANNOT
    assert words in answer.reason
    assert answer.as_dict()["estimate"] is None


def test_two_lists_are_never_more_than_fragile():
    answer = estimate(ListTable(("A", "B"), np.array([0, 300, 200, 100])), method="stepwise")
    assert answer.verdict == FRAGILE
    assert answer.estimate == pytest.approx(1200)


def test_lists_fed_by_referral_are_named():
    rng = np.random.default_rng(4)
    whole = frame().with_columns(E=pl.col("A") * pl.Series(rng.random(frame().height) < 0.9))
    answer = estimate(table_from_frame(whole.cast(pl.Int64)), method="stepwise", bootstraps=100)
    assert "fed-by-referral" in {w.code for w in answer.warnings}


def test_the_profile_is_highest_near_the_estimate_and_brackets_it():
    table = table_from_frame(frame())
    chosen = choose(design_of(4), table.counts[None, 1:].astype(float))
    total = float(chosen.totals[0])
    followed = profile(4, table.counts, chosen.pairs[0], chosen.infinite[0], total)
    assert followed.lower < total < followed.upper
    assert followed.totals[np.argmax(followed.relative)] == pytest.approx(total, rel=0.1)


def test_more_resamplings_move_the_interval_little():
    table = table_from_frame(frame())
    design, counts = design_of(4), table.counts[1:]
    total = float(choose(design, counts[None, :].astype(float)).totals[0])
    few, many = (
        bca_interval(design, counts, total, bootstraps=b, seed=s) for b, s in ((800, 1), (3200, 2))
    )
    assert few.lower == pytest.approx(many.lower, rel=0.06)
    assert few.upper == pytest.approx(many.upper, rel=0.06)


@pytest.mark.parametrize("arguments", [{"method": "guess"}, {"bootstraps": 3}])
def test_wrong_calls_are_misuse(arguments):
    with pytest.raises(Misuse):
        estimate(table_from_frame(frame()), **arguments)


def test_the_command_prints_one_json_object(tmp_path):
    path = tmp_path / "lists.csv"
    frame().write_csv(path)
    result = CliRunner().invoke(
        command, [str(path), "--merge", "CD=C+D", "--bootstraps", "100", "--json"]
    )
    answer = json.loads(result.output)
    assert set(answer) >= {
        "observed", "estimate", "lower", "upper", "method", "verdict", "warnings", "seconds",
        "models",
    }  # fmt: skip
    assert answer["lower"] < answer["estimate"] < answer["upper"]


def test_strata_are_estimated_apart_or_refused(tmp_path):
    path = tmp_path / "lists.csv"
    whole = frame()
    few = pl.DataFrame({"A": [1, 0, 1], "B": [0, 1, 1], "C": [0, 0, 0], "D": [0, 0, 0]})
    pl.concat(
        [
            whole.with_columns(band=pl.lit("14-15")),
            few.cast(pl.Int64).with_columns(band=pl.lit("0-5")),
        ]
    ).write_csv(path)
    result = CliRunner().invoke(
        command, [str(path), "--by", "band", "--bootstraps", "100", "--json"]
    )
    strata = json.loads(result.output)["strata"]
    assert strata["0-5"]["verdict"] == CANNOT
    assert strata["14-15"]["estimate"] > whole.height
    words = CliRunner().invoke(command, [str(path), "--by", "band", "--bootstraps", "100"]).output
    assert "the missing ones are not zero" in words
