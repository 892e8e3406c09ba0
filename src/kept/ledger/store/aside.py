"""A lost ledger's database: put aside as it is, never deleted, and read for what still waits there.

Rules: nothing of it is believed but what its codes prove; a file that cannot be read is put aside
all the same.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from kept.ledger.entries import Entry
from kept.ledger.store.connect import FILE, Store

_SIDES = ("", "-wal", "-shm")
_WAITING = "SELECT mark, subject, day, body, mac FROM {}inbox"


def put(place: str, number: int) -> str:
    """Put the database at `place` aside as that of log `number`; where it stands now, or empty."""
    if place.startswith(("postgresql://", "postgres://")):
        return _put_schema(place, number)
    folder = Path(place)
    target = f"lost-{number}.sqlite3"
    for side in _SIDES:
        if (folder / (FILE + side)).exists():
            (folder / (FILE + side)).rename(folder / (target + side))
    return target if (folder / target).exists() else ""


def waiting(store: Store, where: str) -> list[Entry]:
    """What waited in the database put aside at `where`, as far as it can be read."""
    if not where:
        return []
    if store.engine == "postgresql":
        return [Entry(*row) for row in store.rows(_WAITING.format(f"{where}."))]
    path = Path(store.place) / where
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as open_:
            return [Entry(*row) for row in open_.execute(_WAITING.format(""))]
    except sqlite3.DatabaseError:
        return []


def _put_schema(place: str, number: int) -> str:
    import psycopg

    target = f"kept_ledger_lost_{number}"
    with psycopg.connect(place, autocommit=True) as open_:
        if open_.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'kept_ledger'").fetchone():
            open_.execute(f"ALTER SCHEMA kept_ledger RENAME TO {target}")
        there = open_.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (target,)).fetchone()
    return target if there else ""
