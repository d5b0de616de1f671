"""Three deployments of one package: what each has, what each refuses."""

import json
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from tutela.errors import SafetyBlock
from tutela.linkage.secret import FORMAT
from tutela.site.deployment import (
    Deployment,
    deployment,
    installed_apps,
    middleware,
    refuse_what_the_role_may_not_hold,
)


def run(*arguments, cwd, **environment):
    """The command line in a process of its own, in which nothing is said but `environment`."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TUTELA_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "tutela.cli.main", *arguments],
        cwd=cwd, env={**clean, **environment}, capture_output=True, text=True, timeout=60,
        input="a heron stands in shallow water\n",
    )  # fmt: skip


def test_nothing_said_is_the_role_that_can_do_least():
    assert deployment({}) is Deployment.PUBLIC
    assert deployment({"TUTELA_ROLE": "centre"}) is Deployment.CENTRE
    with pytest.raises(ImproperlyConfigured, match="agency, centre or public"):
        deployment({"TUTELA_ROLE": "everything"})


def test_the_public_role_has_no_accounts_no_sessions_and_no_way_to_a_person():
    apps = installed_apps(Deployment.PUBLIC)
    assert not [app for app in apps if "accounts" in app or "auth" in app or "sessions" in app]
    assert not [layer for layer in middleware(Deployment.PUBLIC) if "session" in layer.lower()]


LIST_ADDRESSES = """
import django; django.setup()
from tests.site.addresses import all_addresses
from tutela.site.permissions.gate import declared
import json; print(json.dumps([[a, declared(v).door.name] for a, v in all_addresses()]))
"""


def addresses_of(role, tmp_path):
    environment = {**os.environ, "TUTELA_ROLE": role, "TUTELA_SITE_DATA": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "tutela.site.settings"
    done = subprocess.run(
        [sys.executable, "-c", LIST_ADDRESSES], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_public_role_serves_open_pages_only(tmp_path):
    assert {door for _, door in addresses_of("public", tmp_path)} == {"OPEN"}


def test_the_centre_has_staff_but_no_vault(tmp_path):
    found = addresses_of("centre", tmp_path)
    assert "GUARDED" in {door for _, door in found}
    assert not [address for address, _ in found if "vault" in address]


@pytest.mark.parametrize("place", ["data", "named"])
def test_a_centre_that_can_read_a_linkage_secret_does_not_start(tmp_path, place):
    folder = tmp_path / ("data" if place == "data" else "elsewhere")
    folder.mkdir()
    secret = folder / "holiday.txt"
    secret.write_text(FORMAT)
    environment = {"TUTELA_LINKAGE_SECRET": str(secret)} if place == "named" else {}
    started = ["site", "--role", "centre", "--data", "data", "--port", "0"]
    done = run(*started, cwd=tmp_path, **environment)
    assert done.returncode == 3, done.stderr
    assert "linkage secret" in done.stderr


def test_the_public_site_may_not_read_one_either(tmp_path):
    (tmp_path / "linkage.secret").touch()
    with pytest.raises(SafetyBlock):
        refuse_what_the_role_may_not_hold(Deployment.PUBLIC, [tmp_path])


def test_an_agency_may_hold_the_linkage_secret_and_makes_its_first_account(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "linkage.secret").write_text(FORMAT)
    create = [
        "admin", "--data", "data", "create", "--email", "a@b.example", "--name", "A",
        "--as", "administrator", "--password-stdin", "--json", "--organisation", "hotline",
    ]  # fmt: skip
    refused = run(*create, cwd=tmp_path)
    assert refused.returncode == 1
    assert "--organisation-name" in refused.stderr
    new = ["--organisation-name", "Hotline", "--level", "ngo", "--as", "operator"]
    refused = run(*create, *new, cwd=tmp_path)
    assert refused.returncode == 1
    assert "tutela admin recovery-key" in refused.stderr
    recovery = ["recovery-key", "--out", "safe/recovery.key", "--passphrase-stdin"]
    assert run("admin", "--data", "data", *recovery, cwd=tmp_path).returncode == 0
    assert (tmp_path / "safe" / "recovery.key").stat().st_mode & 0o077 == 0
    done = run(*create, *new, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) == {"user", "organisation"}
    again = run(*create, cwd=tmp_path)
    assert again.returncode == 1
    clocks = run("admin", "--data", "data", "clocks", "--json", cwd=tmp_path)
    assert set(json.loads(clocks.stdout).values()) == {0}, clocks.stderr
    database = tmp_path / "data" / "site.sqlite3"
    assert database.stat().st_mode & 0o077 == 0
