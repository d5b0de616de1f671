"""The methodology page says how far linkage can be trusted, and for whom."""

import json
import shutil

import pytest


@pytest.mark.parametrize(
    ("language", "heading", "name", "error"),
    [
        ("fr", "Le couplage est-il sûr", "Nom : arabe", "+5,0\u00a0%"),
        ("nl", "Is de koppeling betrouwbaar", "Naam: Arabisch", "+5,0%"),
        ("de", "Ist die Verknüpfung verlässlich", "Name: arabisch", "+5,0\u00a0%"),
        ("en", "Can the linkage be trusted", "Name: Arabic", "+5.0%"),
    ],
)
def test_the_page_shows_interval_chart_and_measures(client, language, heading, name, error):
    page = client.get(f"/{language}/methodology/").content.decode()
    assert heading in page
    assert name in page
    assert error in page
    assert f"charts/linkage_reliability.{language}.svg" in page
    assert "linkage/fairness.csv" in page
    assert ("98,5" if language != "en" else "98.5") in page


def test_a_release_that_was_not_measured_claims_nothing(reading, release, tmp_path):
    folder = shutil.copytree(release, tmp_path / "release")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["linkage"]["roles"]
    content = json.dumps(manifest, ensure_ascii=False)
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    page = reading(folder).get("/en/methodology/").content.decode()
    assert "Can the linkage be trusted" not in page
    assert "How the figures are made" in page
