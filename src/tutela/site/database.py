"""The site's database setting: SQLite by default, PostgreSQL by TUTELA_DATABASE_URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

POSTGRESQL_SCHEMES = ("postgres", "postgresql")


def database_setting(url: str | None, folder: Path) -> dict[str, Any]:
    """Django's setting of one database.

    Without `url` it is `folder/site.sqlite3`. A URL reads
    `postgresql://user:password@host:port/name?option=value`; a Unix socket's folder goes in
    the option `host` (`postgresql:///name?host=/run/postgresql`).
    """
    if not url:
        return sqlite_setting(folder / "site.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in POSTGRESQL_SCHEMES:
        raise ImproperlyConfigured(
            f"TUTELA_DATABASE_URL has the scheme {parts.scheme!r}; "
            "it must begin with postgresql:// (leave it empty for SQLite)."
        )
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured(
            "TUTELA_DATABASE_URL names no database: postgresql://user:password@host/NAME"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def sqlite_setting(path: Path) -> dict[str, Any]:
    """SQLite with transactions that take the write lock at once, so that none fails half-way."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            # What was erased must not stay readable in the file.
            " PRAGMA secure_delete=ON;",
        },
    }
