"""Sending, the way back and the conversation, as somebody without an account meets them."""

import re
import time

import pytest
from django.test import Client

from tests.site.staff import make_person, sign_in
from tutela.site.permissions.roles import Role
from tutela.site.reports import conversing, receipts
from tutela.site.reports.models import Address, Message, Report, WayBack
from tutela.site.reports.sealed_state import State, seal

SECRET_TEXT = "my uncle comes at night"
NEEDED = {"words": [SECRET_TEXT], "country": ["TH"], "addresses": ["http://Bad.example/a?b=1"]}


@pytest.fixture(autouse=True)
def cheap(settings):
    settings.REPORT_ARGON2 = (1, 8192)


@pytest.fixture
def operator(hotline):
    """Somebody of the hotline who has signed in, so that the hotline has a key."""
    person = make_person(hotline, Role.OPERATOR, name="Olga")
    client = sign_in(person)
    client.person = person
    return client


@pytest.fixture
def public(operator):
    return Client(HTTP_HOST="localhost")


def send(client, door="child", *, age=60, way="words", phrase="", language="en", **answers):
    said = NEEDED | {"danger": ["no"], "forms": ["other"]} | answers
    state = State(door, int(time.time()) - age, said)
    address = f"/{language}/report/{door}/send/"
    return client.post(address, {"state": seal(state), "way": way, "phrase": phrase})


def words_of(answer):
    """The look-up and the secret words that the last page shows."""
    shown = re.search(r'class="receipt-words">(.*?)</p>', answer.content.decode(), re.S)[1]
    text = re.sub(r"<span.*?</span>|<br>", "|", shown)
    return [part.strip() for part in text.split("|") if part.strip()]


def come_back(client, lookup, secret):
    return client.post("/en/report/return/", {"lookup": lookup, "secret": secret})


def state_of(answer):
    return re.search(r'name="state" value="([^"]+)"', answer.content.decode())[1]


@pytest.mark.parametrize("door", ["child", "worried", "travel", "images"])
def test_a_report_is_kept_and_nothing_else_is(public, door):
    answer = send(public, door)
    assert answer.status_code == 200, answer.content.decode()
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    report = Report.objects.get()
    assert (report.door, report.stage, report.language) == (door, "received", "en")


def test_the_way_back_opens_the_conversation_and_says_how_far_it_came(public, operator):
    lookup, secret = words_of(send(public))
    answer = come_back(public, lookup, secret)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Nobody has read it yet" in answer.content.decode()
    report = Report.objects.get()
    operator.post(f"/desk/reports/{report.id}/read/")
    assert "Your report was read." in come_back(public, lookup, secret).content.decode()


def test_reporter_and_operator_talk(public, operator):
    lookup, secret = words_of(send(public))
    report = Report.objects.get()
    operator.post(f"/desk/reports/{report.id}/answer/", {"text": "Good that you write."})
    page = come_back(public, lookup, secret)
    assert "Good that you write." in page.content.decode()
    written = public.post(
        "/en/report/conversation/",
        {"state": state_of(page), "go": "write", "message": "He comes on Sundays.", "safe": "yes"},
    )
    assert "He comes on Sundays." in written.content.decode()
    shown = operator.get(f"/desk/reports/{report.id}/").content.decode()
    assert "He comes on Sundays." in shown
    assert SECRET_TEXT in shown


def test_nobody_writes_while_it_is_not_safe(public, operator):
    lookup, secret = words_of(send(public))
    page = come_back(public, lookup, secret)
    public.post("/en/report/conversation/",
                {"state": state_of(page), "go": "write", "safe": "no"})  # fmt: skip
    report = Report.objects.get()
    answer = operator.post(f"/desk/reports/{report.id}/answer/", {"text": "hello there"})
    assert answer.status_code == 400
    assert "not safe to write now" in answer.content.decode()
    assert "hello there" in answer.content.decode(), "what was typed is not lost"
    assert Message.objects.count() == 0


@pytest.mark.parametrize("phrase", ["", "abc", "one two three", "aaaa aaaa aaaa aaaa", "a b c d"])
def test_a_weak_sentence_is_refused_and_nothing_is_lost(public, phrase):
    answer = send(public, way="phrase", phrase=phrase)
    assert answer.status_code == 422
    assert SECRET_TEXT in answer.content.decode()
    assert Report.objects.count() == 0


def test_ones_own_sentence_opens_whatever_its_spaces_and_capitals(public):
    (lookup,) = words_of(send(public, way="phrase", phrase="Green herons sleep on Tuesdays"))
    assert come_back(public, lookup, "green  HERONS sleep, on tuesdays").status_code == 200
    assert come_back(public, lookup, "green herons sleep on mondays").status_code == 422


def test_without_a_way_back_nobody_can_answer(public, operator):
    assert "You chose not to come back" in send(public, way="none").content.decode()
    report = Report.objects.get()
    answer = operator.post(f"/desk/reports/{report.id}/answer/", {"text": "hello"})
    assert answer.status_code == 400
    assert not WayBack.objects.exists()


# Threat: enumeration and timing of receipts. Work is counted, not timed.
def test_unknown_words_cost_the_same_work_and_tell_nothing(public, monkeypatch):
    lookup, secret = words_of(send(public))
    made = []
    real = receipts.private_key
    monkeypatch.setattr(receipts, "private_key", lambda *a: made.append(a) or real(*a))
    pages = [
        come_back(public, *pair)
        for pair in ((lookup, "wrong words here"), ("babab babab", secret), ("", ""))
    ]
    assert len(made) == 3
    assert {page.status_code for page in pages} == {422}
    assert len({page.content for page in pages}) == 1


def test_a_conversation_closes_after_half_an_hour(public, monkeypatch):
    lookup, secret = words_of(send(public))
    page = come_back(public, lookup, secret)
    later = time.time() + conversing.LIFETIME + 1
    monkeypatch.setattr(conversing.time, "time", lambda: later)
    answer = public.post(
        "/en/report/conversation/", {"state": state_of(page), "go": "write", "message": "x"}
    )
    assert answer.status_code == 422
    assert "open for too long" in answer.content.decode()
    assert Message.objects.count() == 0


# Threat: a state of somebody else, or a forged one (IDOR).
@pytest.mark.parametrize("state", ["", "nonsense", "AAAA"])
def test_a_forged_state_opens_nothing(public, state):
    answer = public.post("/en/report/conversation/", {"state": state, "go": "refresh"})
    assert answer.status_code == 422


def test_a_letter_that_is_too_long_comes_back_whole(public):
    lookup, secret = words_of(send(public))
    page = come_back(public, lookup, secret)
    text = "z" * (conversing.LONGEST + 1)
    answer = public.post(
        "/en/report/conversation/", {"state": state_of(page), "go": "write", "message": text}
    )
    assert answer.status_code == 422
    assert text in answer.content.decode()


@pytest.mark.parametrize(
    ("door", "answers", "held"),
    [
        ("child", {}, ""),
        ("worried", {"danger": ["yes"]}, ""),
        ("worried", {}, "quick"),
    ],
)
def test_a_child_and_present_danger_pass_every_sieve(public, door, answers, held):
    send(public, door, age=1, **answers)
    assert Report.objects.get().held_back == held


def test_a_flood_waits_aside_and_a_child_does_not(public, monkeypatch):
    from tutela.site.reports import receiving

    monkeypatch.setattr(receiving, "BUDGET", 3)
    for number in range(5):
        send(public, "worried", words=[f"text {number}"])
    send(public, "child", words=["help"])
    assert Report.objects.filter(held_back="budget").count() == 2
    assert Report.objects.get(door="child").held_back == ""


def test_many_links_look_like_spam_and_are_kept_all_the_same(public):
    send(public, "worried", words=["http://a " * 9])
    report = Report.objects.get()
    assert report.held_back == "spam"
    assert (report.due_at - report.received_at).total_seconds() <= 24 * 3600


def test_the_same_words_sent_twice_are_folded_but_never_a_childs(public):
    send(public, "worried")
    send(public, "worried")
    assert Report.objects.exclude(folded_into=None).count() == 1
    send(public, "child")
    send(public, "child")
    assert Report.objects.filter(door="child", folded_into=None).count() == 2


def test_an_address_that_was_reported_before_is_recognised_and_never_a_link(public, operator):
    send(public, "images", words=["first"])
    send(public, "images", words=["again"], addresses=["https://www.bad.example/a/?b=1#x"])
    assert Address.objects.values("digest").distinct().count() == 1
    report = Report.objects.order_by("received_at").last()
    page = operator.get(f"/desk/reports/{report.id}/").content.decode()
    assert "reported 1 time before" in page
    assert not re.search(r'href="[^"]*bad\.example', page)


def test_while_nobody_can_receive_nothing_is_lost(hotline):
    answer = send(Client(HTTP_HOST="localhost"))
    assert answer.status_code == 503
    assert SECRET_TEXT in answer.content.decode()
    assert Report.objects.count() == 0


# Threat: somebody steals the database.
def test_a_stolen_database_holds_no_word_of_it(public, operator):
    from django.apps import apps

    lookup, secret = words_of(send(public, "images", place=["Nowhereville"], words=[SECRET_TEXT]))
    page = come_back(public, lookup, secret)
    public.post("/en/report/conversation/",
                {"state": state_of(page), "go": "write", "message": "the blue door"})  # fmt: skip
    report = Report.objects.get()
    operator.post(f"/desk/reports/{report.id}/note/", {"text": "spoke with the school"})
    stolen = []
    for model in apps.get_models():
        for row in model._default_manager.values_list():
            stolen += [bytes(v) if isinstance(v, memoryview) else v for v in row]
    text = " ".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in stolen)
    for word in (SECRET_TEXT, "Nowhereville", "bad.example", "blue door", "school", secret, lookup):
        assert word not in text, word


# Threat: a network address that is stored or logged.
def test_no_network_address_is_stored(public, caplog):
    from django.apps import apps

    send(Client(HTTP_HOST="localhost", REMOTE_ADDR="203.0.113.77"), "worried")
    stolen = [
        str(value)
        for model in apps.get_models()
        for row in model._default_manager.values_list()
        for value in row
    ]
    assert not any("203.0.113.77" in value for value in stolen)
    assert "203.0.113.77" not in caplog.text
