"""The front door as a browser without scripts meets it: one question a page, nothing kept."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tutela.site.reports.doors import DOORS
from tutela.site.reports.sealed_state import State, seal, unseal

LANGUAGES = ("fr", "nl", "de", "en")


def _state(response):
    return re.search(r'name="state" value="([^"]+)"', response.content.decode())[1]


def _at(response):
    return re.search(r'name="at" value="([^"]+)"', response.content.decode())[1]


def _walk(client, door, language="en", fill=()):
    """Answer nothing but what is needed, until all answers are shown."""
    address = f"/{language}/report/{door}/"
    answers = {"words": ["something"], "country": ["TH"], "addresses": ["x.org"], **dict(fill)}
    response = client.get(address)
    response = client.post(address, {"state": _state(response), "go": "next"})
    for _ in range(len(DOORS[door].questions)):
        at = _at(response)
        sent = {"state": _state(response), "at": at, "go": "next", "answer": answers.get(at, [])}
        response = client.post(address, sent)
        assert response.status_code == 200
        if "way-back" in response.content.decode():
            return response
    raise AssertionError("the questions do not end")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("door", sorted(DOORS))
def test_every_door_leads_to_all_answers_in_every_language(client, door, language):
    response = _walk(client, door, language)
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.parametrize("path", ["", "picture/", "child/", "leave/"])
def test_no_page_sets_a_cookie_or_may_be_stored(client, path):
    response = client.get(f"/en/report/{path}")
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "same-origin"


def test_the_emergency_numbers_are_on_every_page(client):
    for response in (client.get("/en/report/"), client.get("/en/report/child/"),
                     client.get("/en/report/picture/"), _walk(client, "child")):  # fmt: skip
        text = response.content.decode()
        assert 'href="tel:112"' in text
        assert 'href="tel:116000"' in text
        assert "/en/report/leave/" in text


def test_the_leave_link_goes_elsewhere_and_clears(client):
    response = client.get("/en/report/leave/")
    assert response.status_code == 302
    assert response["Location"].startswith("https://")
    assert '"cookies"' in response["Clear-Site-Data"]


def test_an_answer_is_kept_when_going_back_and_changing(client):
    response = _walk(client, "worried", fill={"danger": ["no"]})
    address = "/en/report/worried/"
    changed = client.post(address, {"state": _state(response), "go": "change:danger"})
    assert re.search(r'value="no" checked', changed.content.decode())
    back = client.post(
        address, {"state": _state(changed), "at": "danger", "answer": "yes", "go": "back"}
    )
    assert b"Begin" in back.content
    assert unseal(_state(response)).answers["danger"] == ["no"]


def test_danger_is_answered_with_the_telephone(client):
    address = "/en/report/worried/"
    state = _state(client.get(address))
    response = client.post(address, {"state": state, "at": "danger", "answer": "yes", "go": "next"})
    assert b"Call 112 or 101" in response.content


def test_what_is_needed_is_asked_again_and_nothing_is_lost(client):
    address = "/en/report/images/"
    state = seal(State.new("images").with_answer("danger", ["no"]))
    response = client.post(address, {"state": state, "at": "addresses", "answer": "", "go": "next"})
    assert response.status_code == 422
    assert unseal(_state(response)).answers == {"danger": ["no"]}


def test_a_text_over_the_limit_comes_back_whole(client):
    text = "y" * 8001
    state = seal(State.new("child"))
    response = client.post(
        "/en/report/child/", {"state": state, "at": "words", "answer": text, "go": "next"}
    )
    assert response.status_code == 422
    assert text in response.content.decode()


def test_a_country_without_a_mechanism_gets_an_alternative(client):
    with_own = _walk(client, "travel", fill={"country": ["TH"]}).content.decode()
    without = _walk(client, "travel", fill={"country": ["TD"]}).content.decode()
    assert "own reporting point" in with_own
    assert "dontlookaway" in without
    assert "Belgium can act" in without
    at_home = _walk(client, "travel", fill={"country": ["BE"]}).content.decode()
    assert "reporting point" not in at_home


# Threat: a stored script in any field.
@pytest.mark.parametrize("door", sorted(DOORS))
def test_what_is_written_is_shown_as_text(client, door):
    script = '"><script>alert(1)</script>'
    texts = {q.name: [script] for q in DOORS[door].questions if not q.options}
    texts |= {"country": ["TH"]}
    page = _walk(client, door, fill=texts).content.decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


# Threat: an abusive reporter sends illegal files.
@pytest.mark.parametrize("name", ["a.jpg", "a.pdf", "a.docx", "a.txt", "a"])
def test_files_are_refused_with_the_reason(client, name):
    file = SimpleUploadedFile(name, b"%PDF-1.4", content_type="application/octet-stream")
    response = client.post("/en/report/child/", {"state": seal(State.new("child")), "file": file})
    assert response.status_code == 415
    assert b"The file was not kept" in response.content


# Threat: another site sends a form in the visitor's name.
@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://elsewhere.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused(client, headers):
    response = client.post(
        "/en/report/child/", {"state": seal(State.new("child")), "go": "next"}, **headers
    )
    assert response.status_code == 400
    assert b"from another site" in response.content


@pytest.mark.parametrize(
    "headers",
    [{}, {"HTTP_ORIGIN": "http://localhost"}, {"HTTP_SEC_FETCH_SITE": "same-origin"}],
)
def test_a_form_of_this_site_passes_with_old_browsers_too(client, headers):
    response = client.post(
        "/en/report/child/", {"state": seal(State.new("child")), "go": "next"}, **headers
    )
    assert response.status_code == 200


# Threat: a form that was tampered with, or is replayed at another door.
def test_a_changed_form_or_another_doors_begins_again(client):
    for state in ("", "nonsense", seal(State.new("worried"))):
        response = client.post("/en/report/child/", {"state": state, "go": "next"})
        assert response.status_code == 400
        assert b"Nothing was sent" in response.content


def test_an_unknown_door_is_not_found(client):
    assert client.get("/en/report/window/").status_code == 404
