"""What a person learns of their own account, and passwords that anybody would guess here."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from tests.site.staff import PASSWORD, TOTP_SECRET, make_person
from tests.site.test_emergency import tasks
from tutela.site.permissions.roles import Role


def test_a_changed_password_is_told_and_having_looked_closes_it(browser_of):
    ann = browser_of(Role.OPERATOR, name="Ann")
    assert tasks(ann, "account_changed") == 0
    new = "a kingfisher waits on the weir"
    said = {"old_password": PASSWORD, "password": new, "again": new}
    assert ann.post("/account/password/", said).status_code == 302
    assert tasks(ann, "account_changed") == 1
    text = ann.get("/account/events/").content.decode()
    assert "password chosen" in text
    assert "signed in" in text
    assert tasks(ann, "account_changed") == 0


def test_somebody_who_guesses_is_told_to_whose_account_it_is(browser_of):
    ann = browser_of(Role.OPERATOR, name="Ann")
    stranger = Client(HTTP_HOST="localhost")
    for _ in range(5):
        stranger.post("/account/sign-in/", {"login": ann.person.email, "password": "wrong"})
    assert tasks(ann, "account_changed") == 1
    assert "wrong passwords" in ann.get("/account/events/").content.decode()


def test_nobody_sees_what_happened_to_another(browser_of):
    ann, bea = (browser_of(Role.OPERATOR, name=name) for name in ("Ann", "Bea"))
    before = ann.get("/account/events/").content.decode().count("<tr>")
    bea.get("/account/events/")
    assert ann.get("/account/events/").content.decode().count("<tr>") == before


@pytest.mark.parametrize(
    "password",
    ["Tutela-Hotline-2026", "Wachtwoord Politie 1234", "HôtlineBodyTutela!!", "Bödy hotline 99 99"],
)
def test_words_of_the_place_make_no_password(hotline, password):
    person = make_person(hotline, Role.OPERATOR)
    with pytest.raises(ValidationError, match="names of this system"):
        validate_password(password, person)


@pytest.mark.parametrize("password", [PASSWORD, "tutela meets a grey heron", "x" * 200])
def test_other_passwords_stand_however_long(hotline, password):
    validate_password(password, make_person(hotline, Role.OPERATOR))


def test_a_code_that_somebody_read_over_a_shoulder_works_once(browser_of, monkeypatch):
    """Replay: within the minute and a half for which the clock would accept it."""
    ann = browser_of(Role.OPERATOR, name="Ann")
    moment = time.time() + 600
    code = format_hotp_value(hotp_value(TOTP_SECRET, int(moment) // 30))

    def show(client, seconds):
        monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: moment + seconds)
        said = {"login": ann.person.email, "password": PASSWORD}
        assert client.post("/account/sign-in/", said).status_code == 302
        return client.post("/account/second-factor/show/", {"code": code}).status_code

    assert show(Client(HTTP_HOST="localhost"), 0) == 302
    # What the library remembers for one period is over; the code would still be accepted.
    cache.delete(f"allauth.mfa.totp.used?user={ann.person.id}&code={code}")
    assert show(Client(HTTP_HOST="localhost"), 29) == 200
    assert tasks(ann, "account_changed") == 1


def test_a_right_password_with_a_wrong_factor_is_told(browser_of):
    ann = browser_of(Role.OPERATOR, name="Ann")
    thief = Client(HTTP_HOST="localhost")
    thief.post("/account/sign-in/", {"login": ann.person.email, "password": PASSWORD})
    assert thief.post("/account/second-factor/show/", {"code": "000000"}).status_code == 200
    assert tasks(ann, "account_changed") == 1
    assert "second factor wrong" in ann.get("/account/events/").content.decode()
