"""Headers, addresses and refusals of the site, without a browser."""

import pytest


@pytest.mark.parametrize(
    "page",
    ["", "figures/", "hidden-figure/", "published/", "release/", "methodology/", "accessibility/"],
)
@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_pages_answer_with_strict_headers_and_no_cookie(client, page, language):
    answer = client.get(f"/{language}/{page}")
    assert answer.status_code == 200
    assert answer.cookies == {}
    policy = answer.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Referrer-Policy" in answer.headers
    assert "Permissions-Policy" in answer.headers


@pytest.mark.parametrize(("accept", "language"), [("nl-BE", "nl"), ("de", "de"), ("fr", "fr")])
def test_the_root_speaks_the_readers_language(client, accept, language):
    answer = client.get("/", HTTP_ACCEPT_LANGUAGE=accept)
    assert answer.status_code in (301, 302)
    assert answer.headers["Location"] == f"/{language}/"


@pytest.mark.parametrize("path", ["/en/figures/nothing-here/", "/en/nothing/", "/files/x/y.csv"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_health_is_told(client):
    assert client.get("/healthz").status_code == 200


def test_an_indicator_has_chart_table_meaning_and_downloads(client, release):
    text = client.get("/en/figures/victims_by_form/").content.decode()
    assert text.count("<img") >= 2
    assert 'scope="row"' in text
    for part in ("How to read it", "Who sees what", "Safety", "SYNTHETIC · Child victims"):
        assert part in text
    assert "All rows as a table" in text


def test_hidden_unknown_and_zero_are_three_things(client):
    text = client.get("/en/figures/reports_received/").content.decode()
    assert (
        '<span class="cell-hidden"><span class="visually-hidden">hidden</span></span></td>' in text
    )
    assert '<span class="cell-word">unknown</span></td>' in text
    assert '<td class="number">0</td>' in text
    assert ">None<" not in text


def test_the_reports_figures_stand_apart_from_invented_ones(client):
    text = client.get("/en/published/").content.decode()
    assert "<title>Figures published" in text
    assert text.count('<span class="stat">') == 2
    assert 'class="synthetic-mark"' not in text
    assert "/charts/" not in text


@pytest.mark.parametrize(("language", "thousand"), [("fr", "3\u202f997"), ("de", "3.997")])
def test_numbers_are_written_as_the_language_does(client, language, thousand):
    text = client.get(f"/{language}/published/").content.decode().replace("\xa0", "\u202f")
    assert thousand in text
    assert "116000" in text


def test_the_language_changes_and_the_page_stays(client):
    text = client.get("/fr/figures/victims_by_form/").content.decode()
    assert 'href="/de/figures/victims_by_form/"' in text


def test_only_reading_is_possible(client):
    assert client.post("/en/").status_code == 405
