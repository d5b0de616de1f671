"""Addresses of material: one form for the same place, a keyed hash, nothing to click."""

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from tutela.site.reports.addresses import addresses, keyed_hash, normalise


@pytest.mark.parametrize(
    "other",
    [
        "https://www.Example.org/a/?b=2&a=1",
        "http://example.org:80/a?a=1&b=2#top",
        "hxxps://example[.]org/a/?a=1&b=2&utm_source=x&fbclid=y",
        "  example.org/a?b=2&a=1 ",
    ],
)
def test_the_same_place_has_one_form(other):
    assert normalise(other) == "example.org/a?a=1&b=2"


def test_other_ports_and_paths_are_other_places():
    assert normalise("https://example.org:8443/a") == "example.org:8443/a"
    assert normalise("example.org/A") != normalise("example.org/a")


@pytest.mark.parametrize("text", ["@Some User", "telegram: Group Name", "user@example.org"])
def test_what_is_no_web_address_is_only_folded(text):
    assert normalise(text) == " ".join(text.casefold().split())


@pytest.mark.parametrize("text", ["http://[::1", "http://a:b:c/", "http://x.y:99999999/"])
def test_a_broken_address_is_kept_as_words(text):
    assert normalise(text) == text.casefold()


@given(st.text())
def test_bringing_to_one_form_settles_and_never_fails(text):
    assert normalise(normalise(text)) == normalise(text)


def test_lines_are_read_once_each():
    assert addresses("a.org\n\n b.org \na.org") == ["a.org", "b.org"]


def test_the_hash_needs_the_sites_key():
    first = keyed_hash("https://example.org/a")
    assert first == keyed_hash("http://www.example.org/a/")
    with override_settings(SECRET_KEY="another"):
        assert keyed_hash("https://example.org/a") != first
