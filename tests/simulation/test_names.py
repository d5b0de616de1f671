"""Names: pools, spellings and slips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from tutela.simulation.chance import stream
from tutela.simulation.name_pools import CULTURES, draw, load_pools
from tutela.simulation.slips import slip
from tutela.simulation.spelling import MOST_SPELLINGS, spellings, titled, transliterate


def test_every_culture_has_many_names() -> None:
    pools = load_pools()
    for culture, pool in zip(CULTURES, pools.cultures, strict=True):
        least = 40 if culture == "vietnamese" else 2000
        assert min(len(pool.family[0]), len(pool.family[1])) >= least
        assert min(len(pool.given[0]), len(pool.given[1])) >= 50


def test_spellings_of_a_name_are_neighbours() -> None:
    pools = load_pools()
    size = len(pools.first)
    assert len(pools.native) == size + 1
    assert (pools.first <= np.arange(size)).all()
    assert (np.arange(size) < pools.first + pools.count).all()
    assert (pools.first[pools.first] == pools.first).all()


def test_another_spelling_is_one_of_the_same_name() -> None:
    pools = load_pools()
    spelling = np.arange(0, len(pools.first), 7)
    other = pools.other_spelling(stream(1, "test"), spelling)
    assert (pools.first[other] == pools.first[spelling]).all()
    assert (other != spelling).any()
    missing = np.full(3, -1)
    assert (pools.other_spelling(stream(1, "test"), missing) == -1).all()


def test_letters_fit_the_systems_that_store_them() -> None:
    pools = load_pools()
    assert all(text.isascii() for text in pools.plain)
    for text in pools.latin:
        text.encode("latin-1")
    assert not all(text.isascii() for text in pools.native)


def test_common_names_are_drawn_more_often() -> None:
    names = np.arange(1000)
    drawn = draw(stream(3, "test"), names, 20_000)
    assert (drawn < 100).mean() > 0.25
    assert (drawn >= 500).mean() > 0.15


def test_women_have_womens_family_names_in_cyrillic_cultures() -> None:
    pools = load_pools()
    pool = pools.cultures[CULTURES.index("cyrillic")]
    women = pools.plain.gather(pool.family[0]).to_list()
    men = pools.plain.gather(pool.family[1]).to_list()
    assert any(her == f"{his}a" for her, his in zip(women, men, strict=True))


@pytest.mark.parametrize(
    ("system", "written"), [(0, "Zhuk"), (1, "Jouk"), (2, "Zjoek"), (3, "Žuk")]
)
def test_one_name_in_four_systems(system: int, written: str) -> None:
    letters = {
        "ж": ["zh", "j", "zj", "ž"],
        "у": ["u", "ou", "oe", "u"],
        "к": ["k", "k", "k", "k"],
    }
    assert transliterate("Жук", letters, system) == written


def test_spellings_start_with_the_name_and_are_few() -> None:
    found = spellings("Yıldırım", [("ı", "i"), ("y", "j"), ("d", "t"), ("l", "ll"), ("r", "rr")])
    assert found[0] == "Yıldırım"
    assert "Yildirim" in found
    assert len(found) == len(set(found)) == MOST_SPELLINGS


def test_titles_start_each_part() -> None:
    assert titled("van de velde-o'brien") == "Van De Velde-O'Brien"


@settings(max_examples=200, deadline=None)
@given(
    st.text("abcdefghijklmnopqrstuvwxyzéÉABC -'", min_size=3, max_size=30),
    st.integers(0, 5),
    st.integers(0, 999),
)
def test_a_slip_is_small_and_keeps_the_first_letter_near(text: str, kind: int, place: int) -> None:
    wrong = slip(text, kind, place)
    assert wrong
    assert Levenshtein.distance(text, wrong) <= 3
    assert slip(text, kind, place) == wrong


def test_short_names_are_left_alone() -> None:
    assert slip("Vy", 0, 0) == "Vy"


def test_each_kind_of_slip_changes_something() -> None:
    assert {slip("Bernadette", kind, 4) for kind in range(6)}.isdisjoint({"Bernadette"})
