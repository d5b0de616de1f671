"""`tutela site` as it is run: it starts, says where it is, and refuses in words."""

import http.client
import json
import os
import socket
import subprocess
import sys
from urllib.parse import urlsplit


def command(*arguments):
    return [sys.executable, "-m", "tutela.cli.main", "site", *map(str, arguments)]


def refused(*arguments, cwd):
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env={**os.environ, "TUTELA_ROLE": "public", "TUTELA_SITE_DATA": str(cwd / "data")},
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_it_serves_pages_and_compressed_assets(release, tmp_path):
    process = subprocess.Popen(
        command("--release", release, "--port", 0, "--json"),
        cwd=tmp_path,
        env={**os.environ, "TUTELA_ROLE": "public", "TUTELA_SITE_DATA": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        server = http.client.HTTPConnection("127.0.0.1", urlsplit(told["address"]).port)
        server.request("GET", "/en/", headers={"Host": "localhost"})
        page = server.getresponse().read().decode()
        sheet = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        server.request("GET", sheet, headers={"Host": "localhost", "Accept-Encoding": "gzip"})
        answer = server.getresponse()
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
        server.close()
    finally:
        process.terminate()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_a_port_in_use_is_named(release, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = refused("--release", release, "--port", port, cwd=tmp_path)
    assert done.returncode == 2
    assert f"port {port} of 127.0.0.1 is already in use" in done.stderr
    assert "--port" in done.stderr


def test_without_a_release_it_says_how_to_get_one(tmp_path):
    done = refused("--json", cwd=tmp_path)
    assert done.returncode == 2
    assert "tutela demo" in json.loads(done.stdout)["error"]["remedy"]
    assert not (tmp_path / "data").exists()


def test_a_folder_that_is_no_release_is_refused(tmp_path):
    assert refused("--release", tmp_path, cwd=tmp_path).returncode == 1
