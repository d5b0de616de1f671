"""Answers travel sealed in the form: only this site reads and makes them."""

import base64

import pytest
from django.test import override_settings

from tutela.site.reports.sealed_state import (
    LARGEST,
    LIFETIME,
    State,
    StateRefusedError,
    seal,
    unseal,
)


def test_what_is_sealed_comes_back_and_cannot_be_read():
    state = State.new("child").with_answer("words", ["in the house behind the church"])
    sealed = seal(state)
    assert unseal(sealed) == state
    assert b"church" not in base64.urlsafe_b64decode(sealed)


def test_an_answer_taken_back_is_gone():
    state = State.new("child").with_answer("words", ["a"]).with_answer("words", [])
    assert state.answers == {}


@pytest.mark.parametrize("place", [0, 30, -2])
def test_a_changed_letter_is_refused(place):
    raw = bytearray(base64.urlsafe_b64decode(seal(State.new("child"))))
    raw[place] ^= 1
    with pytest.raises(StateRefusedError):
        unseal(base64.urlsafe_b64encode(bytes(raw)).decode())


@pytest.mark.parametrize("text", ["", "x", "é", "=" * 10, "A" * (LARGEST + 1)])
def test_what_is_no_seal_is_refused(text):
    with pytest.raises(StateRefusedError):
        unseal(text)


def test_another_sites_seal_is_refused():
    sealed = seal(State.new("child"))
    with override_settings(SECRET_KEY="another site's key"), pytest.raises(StateRefusedError):
        unseal(sealed)


def test_a_form_that_was_open_too_long_is_refused():
    began = State.new("child").began
    assert unseal(seal(State("child", began - LIFETIME + 60)))
    with pytest.raises(StateRefusedError):
        unseal(seal(State("child", began - LIFETIME - 60)))
    with pytest.raises(StateRefusedError):
        unseal(seal(State("child", began + 600)))
