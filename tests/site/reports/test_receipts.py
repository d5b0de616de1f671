"""Receipts: words that open one report, and nothing in the database that opens it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.site.reports import receipts

LOW_COST = (1, 8192)


@pytest.fixture(autouse=True)
def cheap(settings):
    settings.REPORT_ARGON2 = LOW_COST


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_words_are_five_letters_and_differ_when_their_bits_do(first, second):
    assert re.fullmatch("[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]",
                        receipts.word(first))  # fmt: skip
    assert (receipts.word(first) == receipts.word(second)) == (first == second)


def test_known_words():
    # The published example of proquints: 127.0.0.1 is lusab-babad.
    assert receipts.word(0x7F00) == "lusab"
    assert receipts.word(0x0001) == "babad"


def test_a_secret_opens_its_lock_however_it_is_typed():
    secret = receipts.make_words(receipts.SECRET_WORDS)
    lock = receipts.new_lock(secret)
    for typed in (secret, secret.upper(), secret.replace(" ", "-"), f"  {secret}\n"):
        assert receipts.open_lock(lock, typed) is not None
    assert receipts.open_lock(lock, receipts.make_words(receipts.SECRET_WORDS)) is None


def test_no_lock_is_opened_by_nothing():
    assert receipts.open_lock(None, "anything") is None
    assert receipts.open_lock(None, "") is None


def test_a_secret_is_worth_at_least_eighty_bits():
    assert receipts.SECRET_WORDS * 16 >= 80


def test_the_live_cost_is_that_of_the_decision(settings):
    from tutela.site import settings as declared

    assert declared.REPORT_ARGON2 == (3, 64 * 1024 * 1024)
