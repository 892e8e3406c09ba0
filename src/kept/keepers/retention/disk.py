"""SQLite while many rows go: a log written back now and then, and memory for a batch's pages.

By itself SQLite copies its log into the database file after the commit that fills it, page by page,
and a page that every batch changes is copied every time; and it has memory for 2 MB of pages, where
a batch changes ten times as many, so that they are written twice. Rules: only this connection's
habits are changed, and put back; the log is written back between transactions, where it holds up no
writer; nothing of the durability of a commit changes. Other databases are left alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections

_LEAST = 10_000
"""Rows between two times of writing back, at least."""
_SHARE = 2
"""And one row for so many pages of the file: the log stays smaller than the file is."""
_MEMORY = -64 * 1024
"""Kibibytes of pages (SQLite's own sign for that) while the block runs."""


@contextmanager
def sparing_disk(using: str) -> Iterator[Callable[[int], None]]:
    """While the block runs; what it gives is to be told after every batch how many rows it was."""
    connection = connections[using]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield lambda _rows: None
        return
    done = 0

    def rest(rows: int) -> None:
        nonlocal done
        done += rows
        if done >= most:
            done = 0
            _run("PRAGMA wal_checkpoint(PASSIVE)")

    def _run(statement: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    most = max(_LEAST, _run("PRAGMA page_count") // _SHARE)
    before, memory = _run("PRAGMA wal_autocheckpoint"), _run("PRAGMA cache_size")
    _run("PRAGMA wal_autocheckpoint = 0")
    _run(f"PRAGMA cache_size = {_MEMORY}")
    try:
        yield rest
    finally:
        _run(f"PRAGMA wal_autocheckpoint = {before}")
        _run(f"PRAGMA cache_size = {memory}")
        _run("PRAGMA wal_checkpoint(PASSIVE)")
