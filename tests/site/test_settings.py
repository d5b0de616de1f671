"""Settings from the environment: the secret key, the database, a deployment behind TLS."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured

from tutela.site.data_folder import secret_key
from tutela.site.database import database_setting


def django(*arguments, **environment):
    """Run one of Django's commands with the site's settings, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "django", *arguments],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tutela.site.settings", **environment},
        capture_output=True,
        text=True,
    )


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path, monkeypatch):
    monkeypatch.delenv("TUTELA_SECRET_KEY")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(secret_key, [tmp_path / "new"] * 8))
    assert len(keys) == 1
    assert len(keys.pop()) >= 64
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]
    mode = (tmp_path / "new" / "secret.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_database_address_is_understood(tmp_path):
    setting = database_setting("postgresql://me:p%40ss@db.example:5433/figures", tmp_path)
    assert setting["ENGINE"].endswith("postgresql")
    assert (setting["NAME"], setting["USER"], setting["PASSWORD"]) == ("figures", "me", "p@ss")
    assert (setting["HOST"], setting["PORT"]) == ("db.example", "5433")
    assert database_setting("postgresql:///x?host=/run/pg", tmp_path)["HOST"] == "/run/pg"
    assert database_setting(None, tmp_path)["NAME"] == str(tmp_path / "site.sqlite3")


@pytest.mark.parametrize("url", ["mysql://me@db/x", "postgresql://me@db/", "x"])
def test_a_database_address_that_is_none_is_refused(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match="TUTELA_DATABASE_URL"):
        database_setting(url, tmp_path)


@pytest.mark.parametrize("role", ["agency", "centre", "public"])
def test_a_deployment_behind_tls_has_no_warning(tmp_path, role):
    done = django(
        *("check", "--deploy", "--fail-level", "WARNING"),
        TUTELA_ROLE=role,
        TUTELA_HTTPS="1",
        TUTELA_HOSTS="figures.example",
        TUTELA_SITE_DATA=str(tmp_path),
        TUTELA_SECRET_KEY="a1B2" * 20 + "xyz-0189",
    )
    assert done.returncode == 0, done.stderr


def accounts_work(**environment):
    """Migrate an empty database, make a user, and be refused a second spelling of the address."""
    assert django("migrate", "--verbosity", "0", **environment).returncode == 0
    missing = django("makemigrations", "--check", "--dry-run", **environment)
    assert missing.returncode == 0, missing.stdout
    script = """
from django.db import IntegrityError, connection
from tutela.site.accounts.models import User
User.objects.create_user("Someone@Example.org", "a long enough password")
user = User.objects.get_by_natural_key("someone@example.ORG")
assert user.check_password("a long enough password")
try:
    User.objects.bulk_create([User(email="SOMEONE@example.org")])
except IntegrityError:
    print(connection.vendor)
"""
    done = django("shell", "--no-imports", "-c", script, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_accounts_stand_on_sqlite(tmp_path):
    assert accounts_work(TUTELA_SITE_DATA=str(tmp_path)) == "sqlite"


@pytest.mark.postgresql
def test_accounts_stand_on_postgresql(tmp_path, postgresql_url):
    environment = {"TUTELA_SITE_DATA": str(tmp_path), "TUTELA_DATABASE_URL": postgresql_url}
    assert accounts_work(**environment) == "postgresql"
