"""Accounts, vault, audit log, retention on PostgreSQL: the same tests, chosen by one variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = ("test_accounts.py", "test_vault.py", "test_audit.py", "test_retention.py")
#: Set for the whole site's tests instead of these (`.ci/extra` does).
WHOLE = "TUTELA_TEST_WHOLE_SITE_ON_POSTGRESQL"


@pytest.mark.postgresql
def test_accounts_vault_and_audit_log_stand_on_postgresql(postgresql_url):
    here = Path(__file__).parent
    some = ["-n", "0", *[str(here / name) for name in FILES]]
    whole = ["-n", "2", "-m", "not postgresql", "-k", "not stand_on_sqlite", str(here)]
    chosen = whole if os.environ.get(WHOLE) else some
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *chosen],
        cwd=here.parents[1],
        env={**os.environ, "TUTELA_DATABASE_URL": postgresql_url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
