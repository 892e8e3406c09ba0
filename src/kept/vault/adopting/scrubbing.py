"""Clear text that was dropped goes out of the database's own files, too.

Rules: SQLite: everything deleted is overwritten, the file is written anew, its log emptied; where
another connection prevents that, it is an error. PostgreSQL: dropping a column leaves its values in
the table's pages and its samples in the statistics, so both are written anew. Neither reaches
backups, replicas or archived logs; done again, it changes nothing.
"""

from typing import Any

from django.db import DatabaseError

from kept.vault.errors import NOT_SCRUBBED, RefusedError


def require_known(connection: Any) -> None:
    """Raise `RefusedError` V074 for an engine of which it is not known how it is scrubbed."""
    if connection.vendor not in ("sqlite", "postgresql"):
        raise RefusedError(
            NOT_SCRUBBED, f"it is not known how {connection.vendor} is scrubbed",
            do="use SQLite or PostgreSQL",
        )  # fmt: skip


def scrub(connection: Any, table: str) -> None:
    """Write the files of `table` anew. Raises `RefusedError` V074 where that is prevented."""
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                _sqlite(cursor, table)
            else:
                _postgresql(cursor, connection.ops.quote_name(table))
    except DatabaseError as error:
        raise RefusedError(NOT_SCRUBBED, f"{error}".strip(), place=table) from error


def _sqlite(cursor: Any, table: str) -> None:
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4'")
    if cursor.fetchone():
        cursor.execute("DELETE FROM sqlite_stat4 WHERE tbl = %s", [table])
    cursor.execute("VACUUM")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    busy, _, _ = cursor.fetchone()
    if busy:
        raise RefusedError(
            NOT_SCRUBBED, "another connection still reads the write-ahead log", place=table
        )


def _postgresql(cursor: Any, table: str) -> None:
    cursor.execute(f"VACUUM (FULL) {table}")
    cursor.execute("VACUUM (FULL) pg_catalog.pg_statistic")
