"""The page on the children whom nobody saw."""

import re

import pytest

from tutela.publication.folder import write_folder
from tutela.publication.release import Release
from tutela.site.explorer.hidden_figure import hidden_figure

PAGE = "hidden-figure/"


def visible(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_what_is_known_and_the_interval_come_first_and_no_multiplier(client):
    words = visible(client.get(f"/en/{PAGE}").content.decode())
    first = words.index("children were known to at least one service")
    assert first < words.index("How far this can be trusted") < words.index("Year by year")
    assert "There is no factor by which to multiply" in words
    assert not re.search(r"\d(\.\d+)? times|× ?\d|\bfactor of\b", words)


def test_every_year_stands_with_interval_or_reason(client, release):
    told = Release.open(release).hidden_figure()
    text = client.get(f"/en/{PAGE}").content.decode()
    for year in told["years"]:
        row = re.search(rf'<th scope="row">{year["year"]}</th>(.*?)</tr>', text, re.DOTALL)[1]
        if year["lower"] is None:
            assert "Cannot be estimated" in row
            assert told["words"]["reasons"][year["reason"]]["en"] in row
        else:
            assert f"{year['lower']:,}–{year['upper']:,}" in row
            assert f"{year['observed']:,}" in row
            # The point alone would be read as the answer.
            assert f">{year['estimate']:,}<" not in row
    assert any(year["lower"] is None for year in told["years"])


def test_cautions_are_named_by_letter_with_their_years(client):
    text = client.get(f"/fr/{PAGE}").content.decode()
    for letter in re.findall(r'href="#caution-(\w)"', text):
        assert f'id="caution-{letter}"' in text
    assert "Des dossiers de cette année arrivent encore." in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "Les enfants que personne n’a vus"),
        ("nl", "Kinderen die niemand heeft gezien"),
        ("de", "Kinder, die niemand gesehen hat"),
        ("en", "Children whom nobody saw"),
    ],
)
def test_the_page_stands_in_four_languages_and_is_found(client, language, words):
    text = client.get(f"/{language}/{PAGE}").content.decode()
    assert words in text
    assert "SYNTHETIC · " in text
    for page in ("", "figures/", "methodology/"):
        assert f'href="/{language}/{PAGE}"' in client.get(f"/{language}/{page}").content.decode()


def test_the_unseen_are_never_fewer_than_none_and_are_told_in_tens(release):
    for year in hidden_figure(Release.open(release), "en").years:
        if year.unseen is not None:
            low, high = year.unseen
            assert 0 <= low <= year.lower - year.observed
            assert high >= year.upper - year.observed
            assert low % 10 == high % 10 == 0


def test_a_release_without_it_has_no_page_and_no_link(release, tmp_path, reading):
    opened = Release.open(release)
    files = {
        path: opened.read(path)
        for path in opened.manifest["files"]
        if not path.startswith("hidden_figure")
    }
    older = tmp_path / "older"
    write_folder(older, {k: v for k, v in opened.manifest.items() if k != "files"}, files)
    client = reading(older)
    assert client.get(f"/en/{PAGE}").status_code == 404
    for page in ("", "figures/", "methodology/"):
        answer = client.get(f"/en/{page}")
        assert answer.status_code == 200
        assert PAGE not in answer.content.decode()
