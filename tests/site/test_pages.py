"""Headers, addresses and refusals of the site, without a browser."""

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from tests.publication.sample_release import write_sample_release


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "release"
    write_sample_release(folder)
    return folder


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    """The site's collected assets, as `tutela site` collects them before it serves."""
    folder = tmp_path_factory.mktemp("assets")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def client(release, assets):
    with override_settings(RELEASE=str(release), STATIC_ROOT=assets):
        yield Client(HTTP_HOST="localhost")


@pytest.mark.parametrize(
    "page", ["", "figures/", "published/", "release/", "methodology/", "accessibility/"]
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
