"""The release's files: at addresses that carry their hash, verified at each reading."""

import json
import shutil

import pytest

from tutela.publication.release import Release
from tutela.site.explorer.downloads import all_downloads


def test_every_file_is_served_whole_and_for_ever(client, release):
    opened = Release.open(release)
    for one in all_downloads(opened):
        answer = client.get(one.url)
        assert answer.status_code == 200, one.path
        assert answer.content == (release / one.path).read_bytes()
        assert "immutable" in answer.headers["Cache-Control"]
        assert one.sha256 in answer.headers["ETag"]


def test_a_known_file_is_not_sent_again(client, release):
    url = all_downloads(Release.open(release))[0].url
    tag = client.get(url).headers["ETag"]
    assert client.get(url, HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_a_wrong_hash_finds_nothing(client, release):
    one = all_downloads(Release.open(release))[0]
    assert client.get(f"/files/{'0' * 16}/{one.path}").status_code == 404
    assert client.get(f"/files/{one.sha256[:16]}/../manifest.json").status_code == 404


def test_charts_may_style_themselves_and_nothing_more(client, release):
    chart = next(one for one in all_downloads(Release.open(release)) if one.path.endswith(".svg"))
    policy = client.get(chart.url).headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


def test_the_manifest_is_asked_for_each_time(client, release):
    answer = client.get("/files/manifest.json")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert json.loads(answer.content)["id"] == Release.open(release).manifest["id"]


def test_a_file_changed_while_the_site_runs_is_not_shown(release, tmp_path, reading):
    copy = shutil.copytree(release, tmp_path / "release")
    client = reading(copy)
    assert client.get("/healthz").status_code == 200
    one = next(d for d in all_downloads(Release.open(copy)) if d.path.startswith("tables/"))
    (copy / one.path).write_text("year,count,status\n2025,1,shown\n")
    assert client.get(one.url).status_code == 503


@pytest.mark.parametrize("page", ["/en/", "/fr/figures/", "/healthz"])
def test_a_release_that_does_not_verify_is_not_shown(release, tmp_path, reading, page):
    copy = shutil.copytree(release, tmp_path / "release")
    (copy / "added.txt").write_text("not of this release")
    assert reading(copy).get(page).status_code == 503
    assert reading(None).get(page).status_code == 503
