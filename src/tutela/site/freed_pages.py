"""What was deleted must not stay readable in the database's file.

SQLite overwrites deleted rows (`secure_delete`, see `database`), but its write-ahead log keeps
earlier pages until it is cut off. PostgreSQL keeps dead rows until they are vacuumed, and may leave
their bytes in freed space: there, the disk must be encrypted and the log archive short.
"""

from __future__ import annotations

from django.db import connection


def wipe_freed_pages() -> bool | None:
    """Cut SQLite's write-ahead log off; False where somebody still reads it, None elsewhere."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy: int = cursor.fetchone()[0]
    return not busy
