"""The mixture of classes: EM, kin, the sample that stands for all pairs."""

import numpy as np
import polars as pl
import pytest

from tests.linkage.people import FAMILY, GIVEN, linked
from tutela.errors import InputRefused
from tutela.linkage.block import build_blocks
from tutela.linkage.compare import Comparison
from tutela.linkage.encode import Encoder
from tutela.linkage.evaluate import cluster_scores, count_error
from tutela.linkage.mixture import CLASSES, SAME, estimate
from tutela.linkage.model import Model, train
from tutela.linkage.sample import draw_patterns
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.table import read_table


def families(size: int, seed: int = 1) -> pl.DataFrame:
    """Two records of each child; brothers and sisters share family name, mother, home, phone."""
    rng = np.random.default_rng(seed)
    rows = []
    for n in range(size):
        family = n // 3
        given = f"{GIVEN[rng.integers(10)]} {GIVEN[rng.integers(10)]}"
        name, mother = FAMILY[family % 15], f"{GIVEN[family % 10]} {FAMILY[family * 7 % 15]}"
        born = f"{2000 + rng.integers(15)}-{rng.integers(1, 13):02d}-{rng.integers(2, 29):02d}"
        for source in "ab":
            slip = rng.random() < 0.3
            rows.append(
                (
                    f"{source}{n}", source, given[1:] if slip else given, name, mother,
                    None if rng.random() < 0.1 else born, "F", f"{family % 40}",
                    f"047{family:07d}", f"p{n}",
                )
            )  # fmt: skip
    columns = [
        "record_id", "source", "given_names", "family_names", "mother_names", "birth_date", "sex",
        "residence", "phone", "truth",
    ]  # fmt: skip
    return pl.DataFrame(rows, orient="row", schema=columns)


@pytest.fixture(scope="module")
def compared():
    encoder = Encoder(DEFAULT_SCHEMA, LinkageSecret(bytes(32), 1))
    encoded = encoder.encode(families(600)).sort("record_id")
    table = read_table(encoded, encoder.filters(), DEFAULT_SCHEMA)
    return Comparison(table), build_blocks(table)


def test_em_never_falls_inside_a_stage(compared):
    comparison, blocks = compared
    classes = estimate(comparison.features, draw_patterns(comparison, blocks), 1200)
    for stage in classes.fits:
        assert (np.diff(stage) >= -1e-7 * np.abs(stage[:-1])).all()


def test_the_sample_stands_for_all_pairs(compared):
    comparison, blocks = compared
    patterns = draw_patterns(comparison, blocks)
    rows = comparison.table.rows
    assert patterns.counts.sum() == pytest.approx(rows * (rows - 1) / 2, rel=0.02)
    i, j = (side.astype(np.int32) for side in np.triu_indices(rows, 1))
    levels = comparison.levels(i, j)
    for column, feature in enumerate(comparison.features):
        true = np.bincount(levels[:, column], minlength=feature.levels)
        drawn = np.bincount(
            patterns.levels[:, column], weights=patterns.counts, minlength=feature.levels
        )
        assert np.abs(drawn - true).max() < 0.03 * len(i)


def test_chances_are_chances(compared):
    model = train(*compared)
    assert model.shares.sum() == pytest.approx(1.0)
    start = 0
    for feature in model.features:
        known = model.chances[start + 1 : start + feature.levels]
        assert known.sum(axis=0) == pytest.approx(np.ones(CLASSES), abs=1e-6)
        assert (model.chances[start] == 1.0).all()
        start += feature.levels


def test_brothers_and_sisters_stay_apart():
    frame = families(900)
    clusters = linked(frame).clusters.join(frame.select("record_id", "truth"), on="record_id")
    found = cluster_scores(clusters)
    assert found["precision"] > 0.9
    assert found["recall"] > 0.9
    assert abs(count_error(clusters)) < 0.05


def test_contributions_and_prior_sum_to_the_log_odds(compared):
    comparison, blocks = compared
    model = train(comparison, blocks)
    i, j = blocks.pairs(0, 100)
    levels = comparison.levels(i, j)
    total = model.prior + model.contributions(levels).sum(axis=1)
    assert total == pytest.approx(model.log_odds(levels))


def test_log_odds_are_those_of_the_classes(compared):
    comparison, blocks = compared
    model = train(comparison, blocks)
    i, j = blocks.pairs(0, 20)
    levels = comparison.levels(i, j)
    starts = np.cumsum([0, *(f.levels for f in model.features)])[:-1]
    product = model.chances[levels + starts].prod(axis=1) * model.shares
    expected = np.log(product[:, SAME]) - np.log(product[:, SAME + 1 :].sum(axis=1))
    assert model.log_odds(levels) == pytest.approx(expected)


def test_an_unknown_field_says_nothing_and_other_levels_are_refused(compared):
    comparison, blocks = compared
    model = train(comparison, blocks)
    shorter = Model(
        model.features[:-1],
        model.chances[: -model.features[-1].levels],
        model.shares,
        model.rounds,
    )
    fitted = shorter.fitted(model.features)
    levels = np.array([[f.levels - 1 for f in model.features]], np.uint8)
    without = levels.copy()
    without[:, -1] = 0
    assert fitted.log_odds(levels) == pytest.approx(model.log_odds(without))
    wrong = Model(model.features[:1], model.chances[:3], model.shares, 0)
    with pytest.raises(InputRefused, match="other levels"):
        wrong.fitted(model.features)
