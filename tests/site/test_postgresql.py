"""Accounts, vault, audit log, retention on PostgreSQL: the same tests, chosen by one variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = ("test_accounts.py", "test_vault.py", "test_audit.py", "test_retention.py")


@pytest.mark.postgresql
def test_accounts_vault_and_audit_log_stand_on_postgresql(postgresql_url):
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-q", *[str(here / name) for name in FILES]],
        cwd=here.parents[1],
        env={**os.environ, "TUTELA_DATABASE_URL": postgresql_url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
