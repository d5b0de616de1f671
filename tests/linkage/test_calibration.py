import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from tests.linkage.people import linked, nation
from tutela.errors import InputRefused
from tutela.linkage.calibration import MOST, Calibration, expected_error, fit, log_loss, reliability
from tutela.linkage.encode import Encoder
from tutela.linkage.fairness import fairness, measures
from tutela.linkage.link import LinkOptions, link
from tutela.linkage.planted import KnownPairs, Planted, with_reviewed
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.secret import LinkageSecret


def over_confident(size: int = 4000, seed: int = 1):
    """Log odds that claim twice what is true."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(1.0, 4.0, size)
    return raw, rng.random(size) < expit(raw / 2 - 0.5), np.ones(size)


@pytest.mark.parametrize("method", ["logistic", "isotonic"])
def test_an_over_confident_model_is_brought_back_to_what_is_found(method):
    found = fit(*over_confident(), method)
    raw, same, weight = over_confident(seed=2)
    truth = expit(raw / 2 - 0.5)
    assert np.abs(expit(found(raw)) - truth).mean() < 0.03
    assert log_loss(found(raw), same, weight) < log_loss(raw, same, weight) - 0.1
    before = reliability(expit(raw), same, weight)
    after = reliability(expit(found(raw)), same, weight)
    assert expected_error(after) < 0.03 < expected_error(before)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-40, 40), st.booleans()), min_size=4, max_size=60),
    st.sampled_from(["logistic", "isotonic"]),
)
def test_a_calibration_never_turns_an_order_round_and_never_claims_certainty(pairs, method):
    raw = np.array([value for value, _ in pairs] + [-1.0, 1.0])
    same = np.array([label for _, label in pairs] + [False, True])
    found = fit(raw, same, np.ones(len(raw)), method)
    curve = found(np.linspace(-60, 60, 500))
    assert (np.diff(curve) >= -1e-12).all()
    assert np.abs(curve).max() <= MOST


@pytest.mark.parametrize("method", ["logistic", "isotonic"])
def test_weights_count_as_repeated_pairs(method):
    raw, same, _ = over_confident(400)
    times = np.where(np.arange(400) % 2, 1, 3)
    weighted = fit(raw, same, times.astype(float), method)
    repeated = fit(np.repeat(raw, times), np.repeat(same, times), np.ones(800), method)
    assert np.abs(expit(weighted(raw)) - expit(repeated(raw))).max() < 0.1
    plain = fit(raw, same, np.ones(400), method)
    assert np.abs(plain(raw) - repeated(raw)).max() > 1e-3


def test_a_calibration_survives_its_report():
    found = fit(*over_confident(500))
    again = Calibration.from_dict(found.as_dict())
    assert again(np.array([-3.0, 0.0, 9.0])) == pytest.approx(
        found(np.array([-3.0, 0.0, 9.0])), abs=1e-3
    )
    with pytest.raises(InputRefused, match="rise"):
        Calibration.from_dict({"method": "logistic", "raw": [0, 1], "calibrated": [1, 0]})


def test_one_kind_of_pairs_alone_says_little():
    raw = np.linspace(2, 12, 50)
    found = fit(raw, np.ones(50, bool), np.ones(50))
    assert (found(raw) > 0).all()
    with pytest.raises(InputRefused, match="known truth"):
        fit(raw[:0], np.ones(0, bool), raw[:0])


def test_reviewed_pairs_join_with_their_weight():
    known = KnownPairs(np.zeros(4), np.zeros(4, bool), np.full(4, 2.0), np.zeros(4, np.int32))
    more = with_reviewed(known, np.ones(2), np.ones(2, bool))
    assert more.weight.tolist() == [2.0] * 4 + [10.0] * 2
    assert more.same.sum() == 2


def planted_nation(secret: LinkageSecret):
    """Half of the invented persons are the table, the other half is planted in it."""
    frame = nation(150).with_columns(
        household=pl.col("truth"),
        group=pl.when(pl.col("truth") < "p4").then(pl.lit("x")).otherwise(pl.lit("y")),
    )
    mine = pl.col("truth").str.slice(1).cast(pl.Int32) % 2 == 1
    encoder = Encoder(DEFAULT_SCHEMA, secret)
    table, apart = encoder.encode(frame.filter(~mine)), encoder.encode(frame.filter(mine))
    truth = frame.filter(mine).select("record_id", "household", "group", person_id="truth")
    return table, encoder.filters(), Planted(apart, truth)


def test_planted_records_calibrate_and_stay_out_of_everything():
    table, filters, planted = planted_nation(LinkageSecret.create())
    plain = link(table, filters)
    judged = link(table, filters, DEFAULT_SCHEMA, LinkOptions(planted=planted))
    for frame in (judged.clusters, judged.pairs, judged.besides):
        names = set(pl.concat([frame[c] for c in frame.columns if c.startswith("record_id")]))
        assert names.isdisjoint(planted.records["record_id"])
    assert judged.clusters.height == plain.clusters.height
    assert judged.model.as_dict() == plain.model.as_dict()
    assert judged.calibration is not None
    report = judged.report
    assert report["calibration"]["true_pairs"] > 50
    assert report["planted"]["all"]["persons"] == planted.truth["person_id"].n_unique()
    assert set(report["planted"]["by"]) == {"group"}
    assert len(report["count_correction"]) == 100
    assert report["count_correction"] == sorted(report["count_correction"])


def test_planted_records_without_truth_are_refused():
    table, filters, planted = planted_nation(LinkageSecret.create())
    less = Planted(planted.records, planted.truth.head(5))
    with pytest.raises(InputRefused, match="no truth"):
        link(table, filters, DEFAULT_SCHEMA, LinkOptions(planted=less))


def test_measures_of_a_case_counted_by_hand():
    # Persons 1 (a, b, c: a and b found together, c with a stranger of the table) and 2 (d alone).
    found = pl.DataFrame(
        {
            "record_id": list("abcd"),
            "person": [1, 1, 1, 2],
            "household": [1, 1, 1, 2],
            "together": [1, 1, 1, 0],
            "right": [1, 1, 0, 0],
            "others": [2, 2, 2, 0],
            "found": [0.5, 0.5, 0.5, 1.0],
        }
    )
    result = measures(found)
    assert result["precision"] == pytest.approx(2 / 3, abs=1e-4)
    assert result["recall"] == pytest.approx(2 / 6, abs=1e-4)
    assert result["count_error"] == 0.25
    groups = pl.DataFrame({"record_id": list("abcd"), "sex": list("FFFM")})
    by = fairness(found, groups, ("sex",))["by"]["sex"]
    assert by["M"]["count_error"] == 0.0
    assert by["F"]["persons"] == 1


def test_without_planted_records_probabilities_are_the_models():
    assert linked(nation(40)).calibration is None
