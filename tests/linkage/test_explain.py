import re

import numpy as np
import pytest

from tests.linkage.people import nation
from tutela.linkage.block import build_blocks
from tutela.linkage.calibration import Calibration
from tutela.linkage.compare import Comparison
from tutela.linkage.encode import Encoder
from tutela.linkage.explain import Step, Verdict, explain, rows_of
from tutela.linkage.explain_words import LANGUAGES, in_words, percent
from tutela.linkage.known import known_of
from tutela.linkage.model import train
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.table import read_table

CALIBRATION = Calibration("logistic", np.array([-8.0, 20.0]), np.array([-5.0, 12.0]))


@pytest.fixture(scope="module")
def compared():
    encoder = Encoder(DEFAULT_SCHEMA, LinkageSecret.create())
    encoded = encoder.encode(nation(150)).sort("record_id")
    table = read_table(encoded, encoder.filters(), DEFAULT_SCHEMA)
    comparison = Comparison(table)
    return comparison, train(comparison, build_blocks(table)), known_of(table)


def test_the_steps_add_up_to_what_the_model_says(compared):
    comparison, model, known = compared
    rng = np.random.default_rng(1)
    for row, other in rng.integers(0, comparison.table.rows, (20, 2)):
        if row == other:
            continue
        found = explain(comparison, model, known, CALIBRATION, int(row), int(other))
        total = found.prior + sum(step.adds for step in found.steps)
        assert total == pytest.approx(found.sum, abs=1e-6)
        assert found.calibrated == pytest.approx(float(CALIBRATION(np.array([found.sum]))[0]))
        assert 0 < found.probability < 1
        assert found.settled is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_name_every_field_and_no_value(compared, language):
    comparison, model, known = compared
    row, other = rows_of(comparison, "a1", "b1").tolist()
    found = explain(comparison, model, known, CALIBRATION, row, other)
    lines = in_words(found, language, together=True)
    assert len(lines) == len(found.steps) + 3
    text = " ".join(lines)
    assert not re.search("Bogdan|Vandenbroucke|2001", text)
    assert "{" not in text


def test_what_is_known_is_said(compared):
    comparison, model, known = compared
    labels = comparison.table.record_id.to_list()
    row, other = labels.index("a1"), labels.index("b2")
    parted = np.array([min(row, other) * len(labels) + max(row, other)])
    apart = type(known)(known.group, parted)
    found = explain(comparison, model, apart, None, row, other)
    assert found.settled == "cannot_link"
    assert found.probability == pytest.approx(0.0, abs=1e-9)
    assert found.calibrated is None
    assert any("two persons" in line for line in in_words(found, "en"))


@pytest.mark.parametrize(
    ("level", "adds", "verdict"),
    [
        (0, 0.0, Verdict.MISSING),
        (3, 0.1, Verdict.LITTLE),
        (5, 1.0, Verdict.FOR),
        (8, 4.0, Verdict.STRONG_FOR),
        (1, -1.0, Verdict.AGAINST),
        (1, -4.0, Verdict.STRONG_AGAINST),
    ],
)
def test_a_field_speaks_by_what_it_adds(level, adds, verdict):
    assert Step("sex", level, adds).verdict is verdict


def test_no_probability_is_said_to_be_none_or_all():
    assert percent(1.0, "en") == "99.99%"
    assert percent(0.0, "fr") == "0,01\u00a0%"
    assert percent(0.456, "de") == "46\u00a0%"


def test_an_unknown_label_has_no_row(compared):
    assert rows_of(compared[0], "a1", "nobody")[1] == -1
