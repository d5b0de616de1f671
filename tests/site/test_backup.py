"""The drill: records are made, copied, destroyed and read again; with keys, and not without."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "the words of a child"
#: In a process of its own, with a site of its own: makes a report, or reads it again.
WORK = """
import sys
from tutela.site.start import start
start("agency")
from django.test import Client
from django.conf import settings
settings.ALLOWED_HOSTS = ["*"]
from tests.site import staff
from tutela.site.permissions.roles import Role
from tutela.site.reports.models import Report
settings.VAULT_KDF = (1, 8192)
settings.REPORT_ARGON2 = (1, 8192)
settings.SESSION_COOKIE_SECURE = False
if sys.argv[1] == "make":
    from pathlib import Path
    staff.make_recovery_key(Path(sys.argv[2]))
    person = staff.make_person(staff.make_organisation(), Role.SUPERVISOR, name="Sam")
    staff.sign_in(person)
    from tutela.site.permissions.actor import Actor
    from tutela.site.reports.receiving import receive_report
    receive_report(actor=Actor.system("reports.receive"), door="child", language="en",
                   answers={"words": [sys.argv[3]]})
    from tutela.site.audit.seal import seal
    seal()
else:
    from tutela.site.demo_keys import actor_of
    from tutela.site.reports.access import open_report
    actor = actor_of({"email": "sam@hotline.example", "password": staff.PASSWORD})
    print(open_report(Report.objects.get().id, actor=actor).answers["words"][0])
"""


@pytest.fixture
def site(tmp_path):
    """site(*command) → a finished process over a site in `tmp_path/site`."""
    (tmp_path / "work.py").write_text(WORK)

    def run(*command, data=tmp_path / "site", url="", fails=False):
        done = subprocess.run(
            [sys.executable, *map(str, command)],
            env={**os.environ, "TUTELA_ROLE": "agency", "TUTELA_SITE_DATA": str(data),
                 "TUTELA_DATABASE_URL": url, "PYTHONPATH": str(Path.cwd())},
            capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done

    return run


def drill(site, tmp_path, url=""):
    backup = ("-m", "tutela.cli.main", "backup", "--role", "agency")
    site(tmp_path / "work.py", "make", tmp_path, SECRET, url=url)
    site(*backup, "create", tmp_path / "copy", url=url)
    assert not any(SECRET.encode() in one.read_bytes() for one in (tmp_path / "copy").iterdir())
    return backup


def test_the_drill_on_sqlite(site, tmp_path):
    backup = drill(site, tmp_path)
    shutil.move(tmp_path / "site", tmp_path / "burnt")
    without = site(*backup, "restore", tmp_path / "copy", data=tmp_path / "new", fails=True)
    assert without.returncode == 3
    assert "blind-index.key" in without.stderr
    # The keys come back from where they were kept apart.
    shutil.copytree(tmp_path / "burnt" / "keys", tmp_path / "other" / "keys")
    if (tmp_path / "burnt" / "secret.key").exists():
        shutil.copy(tmp_path / "burnt" / "secret.key", tmp_path / "other")
    done = site(*backup, "restore", tmp_path / "copy", "--json", data=tmp_path / "other")
    assert json.loads(done.stdout)["audit_faults"] == []
    read = site(tmp_path / "work.py", "read", data=tmp_path / "other")
    assert read.stdout.strip() == SECRET
    again = site(*backup, "restore", tmp_path / "copy", data=tmp_path / "other", fails=True)
    assert "holds accounts" in again.stderr


@pytest.mark.postgresql
def test_the_drill_on_postgresql(site, tmp_path, postgresql_url):
    from urllib.parse import parse_qs, urlsplit

    host = parse_qs(urlsplit(postgresql_url).query)["host"][0]
    url = f"postgresql://tutela@/drill?host={host}"

    def fresh():
        for words in ("drop database if exists drill", "create database drill"):
            subprocess.run(["psql", "-h", host, "-U", "tutela", "-d", "tutela", "-qc", words],
                           check=True)  # fmt: skip

    fresh()
    backup = drill(site, tmp_path, url)
    fresh()
    site(*backup, "restore", tmp_path / "copy", url=url)
    assert site(tmp_path / "work.py", "read", url=url).stdout.strip() == SECRET
    fresh()


def test_a_changed_copy_is_refused_and_nothing_is_written_over(site, tmp_path):
    backup = drill(site, tmp_path)
    assert site(*backup, "verify", tmp_path / "copy").returncode == 0
    assert "exists" in site(*backup, "create", tmp_path / "copy", fails=True).stderr
    file = tmp_path / "copy" / "database.sqlite3"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    changed = site(*backup, "verify", tmp_path / "copy", fails=True)
    assert changed.returncode == 3
    assert "was changed" in changed.stderr
