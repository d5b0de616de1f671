"""Levels of agreement, against plain arithmetic and by hand."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.linkage.agreement import EQUAL, STEPS
from tutela.linkage.compare import Comparison
from tutela.linkage.encode import Encoder
from tutela.linkage.schema import DEFAULT_SCHEMA
from tutela.linkage.secret import LinkageSecret
from tutela.linkage.table import read_table

NAMES = st.sampled_from(["Amina", "Aminata", "Amina Fatou", "Nguyen Thi", "Jo", "Bogdan", None])
DATES = st.sampled_from(
    ["2009-03-12", "2009-12-03", "2009-03-01", "2009", "2010-03-12", "2010-01-01", "1999", None]
)
PEOPLE = st.fixed_dictionaries(
    {"given_names": NAMES, "family_names": NAMES, "other_names": NAMES, "mother_names": NAMES,
     "birth_date": DATES, "sex": st.sampled_from(["F", "M", None])}
)  # fmt: skip


def compared(people: list[dict[str, str | None]]) -> Comparison:
    frame = pl.DataFrame(
        [{"record_id": f"r{n:03d}", **person} for n, person in enumerate(people)],
        infer_schema_length=None,
    )
    encoder = Encoder(DEFAULT_SCHEMA, LinkageSecret(bytes(32), 1))
    return Comparison(read_table(encoder.encode(frame), encoder.filters(), DEFAULT_SCHEMA))


@settings(max_examples=60, deadline=None)
@given(st.lists(PEOPLE, min_size=2, max_size=8))
def test_agreement_is_symmetric_and_with_oneself_whole(people):
    comparison = compared(people)
    size = len(people)
    i, j = (side.astype(np.int32).ravel() for side in np.indices((size, size)))
    levels = comparison.levels(i, j)
    assert (levels == comparison.levels(j, i)).all()
    assert all((levels[:, c] < f.levels).all() for c, f in enumerate(comparison.features))
    names = [f.name for f in comparison.features]
    for n, person in enumerate(people):
        own = dict(zip(names, comparison.levels(*[np.array([n], np.int32)] * 2)[0], strict=True))
        for field, name in (("given_names", "given"), ("family_names", "family")):
            if person[field] is not None:
                assert own[name] >= EQUAL


def test_the_steps_are_those_of_dice_in_plain_arithmetic():
    rng = np.random.default_rng(3)
    letters = np.array(list("abdeiklmnorstu"))
    people = [
        {"given_names": "".join(rng.choice(letters, rng.integers(4, 9))), "sex": "F"}
        for _ in range(120)
    ]
    people += [{"given_names": p["given_names"][:-1] + "o", "sex": "F"} for p in people]
    comparison = compared(people)
    table = comparison.table
    i, j = (side.astype(np.int32) for side in np.triu_indices(len(people), 1))
    found = comparison.levels(i, j)[:, 0]
    filters = table.names["given_names"]
    bits = np.unpackbits(table.bits, axis=1).astype(int)
    shared = (bits[filters[i]] & bits[filters[j]]).sum(axis=1)
    sizes = bits[filters].sum(axis=1)
    dice = 2 * shared / (sizes[i] + sizes[j])
    held = (dice < STEPS[3]) & (shared >= 0.97 * np.minimum(sizes[i], sizes[j]))
    far = ~held & (dice < STEPS[2])
    assert (found[far] == 1 + np.searchsorted(STEPS, dice[far], side="right")).all()
    assert ((found >= EQUAL) == (filters[i] == filters[j])).all()


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("2009-03-12", "2009-03-12", 13), ("2009-03-12", "2009-12-03", 10),
        ("2009-03-12", "2009-03-01", 9), ("2009-03-12", "2009-04-12", 8),
        ("2009-03-12", "2009-04-13", 6), ("2009-03-12", "2009", 7),
        ("2009-03-12", "2010-03-12", 5), ("2009-03-12", "2010-04-13", 3),
        ("2010", "2009-03-12", 4), ("2009-03-12", "1999-04-13", 1), ("1999", "2009-03-12", 2),
        ("2009-03-12", None, 0),
    ],
)  # fmt: skip
def test_levels_of_dates(one, other, level):
    comparison = compared([{"birth_date": one}, {"birth_date": other}])
    place = [f.name for f in comparison.features].index("birth_date")
    both = np.array([0], np.int32), np.array([1], np.int32)
    assert comparison.levels(*both)[0, place] == level


def test_a_date_that_many_have_is_a_guess():
    people = [{"birth_date": "2009-07-01", "given_names": f"n{k}"} for k in range(60)]
    people += [{"birth_date": f"20{k // 28:02d}-03-{1 + k % 28:02d}"} for k in range(500)]
    comparison = compared([{"given_names": None, **person} for person in people])
    place = [f.name for f in comparison.features].index("birth_date")
    first, second = np.array([0], np.int32), np.array([1], np.int32)
    assert comparison.levels(first, second)[0, place] == 11


def test_exchanged_names_and_aliases_are_found():
    comparison = compared(
        [
            {"given_names": "Thi Lan", "family_names": "Nguyen", "other_names": None},
            {"given_names": "Nguyen", "family_names": "Thi Lan", "other_names": None},
            {"given_names": "Bibi", "family_names": "Nguyen", "other_names": "Thi Lan"},
        ]
    )
    i, j = np.array([0, 0], np.int32), np.array([1, 2], np.int32)
    assert (comparison.levels(i, j)[:, :2] >= EQUAL).all()
