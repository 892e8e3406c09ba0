"""A backup of the key store: one SQLite file of its own shape, on every engine.

Rules: one moment of the store, row by row into a fresh file, so that nothing deleted comes along;
verified by unwrapping every key in the copy with the current master; master keys are never in it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kept._kit.errors import KeptError
from kept.vault.backups.errors import NOT_WHOLE
from kept.vault.backups.manifest import Told
from kept.vault.keystore import KeyStore, verify
from kept.vault.keystore.database import Row, Writer
from kept.vault.keystore.sqlite import SQLiteDatabase, SQLiteWriter

NAME = "keys.sqlite3"
TABLES = {
    "master": ("version", "state", "made", "proof"),
    "subject_key": ("id", "subject", "keep", "master", "wrapped", "made"),
    "blind_key": ("kind", "master", "wrapped"),
    "identifier": ("kind", "digest", "subject"),
    "journal": ("entry", "kind", "subject", "day", "detail"),
    "suppression": ("kind", "digest", "purpose", "day"),
    "position": ("number",),
}
_ORDER = {
    "identifier": "kind, digest",
    "subject_key": "id",
    "journal": "entry",
    "suppression": "kind, digest",
}
_BATCH = 5_000


def copy(store: KeyStore, into: Path, told: Told) -> dict[str, int]:
    """Write and verify the copy; how many rows each table has."""
    database = SQLiteDatabase(into)
    rows: dict[str, int] = {}
    with store.database.snapshot() as source:
        total = sum(_count(source, table) for table in TABLES)
        KeyStore.shape(database)
        for table, columns in TABLES.items():
            rows[table] = 0
            for some in pages(source, table):
                with database.write() as target:
                    if not rows[table]:
                        target.run(f"DELETE FROM {table}")  # noqa: S608 - constants
                    for row in some:
                        target.run(insertion(table, columns), row)
                rows[table] += len(some)
                told(sum(rows.values()), total)
    database.read("PRAGMA wal_checkpoint(TRUNCATE)")
    database.read("PRAGMA journal_mode = DELETE")
    check(into, store)
    database.close()
    return rows


def check(file: Path, store: KeyStore) -> int:
    """Unwrap every key of a copy; how many. Raises where one does not open."""
    database = SQLiteDatabase(file)
    try:
        return verify(KeyStore(database, store.masters, production=False))
    finally:
        database.read("PRAGMA wal_checkpoint(TRUNCATE)")
        database.read("PRAGMA journal_mode = DELETE")
        database.close()


@contextmanager
def reading(file: Path) -> Iterator[Writer]:
    """The rows of a copy, which stays as it is. Raises `KeptError` V033."""
    try:
        uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as copied:
            yield SQLiteWriter(copied)
    except sqlite3.Error as error:
        raise KeptError(NOT_WHOLE, f"SQLite says: {error}", place=str(file)) from error


def pages(source: Writer, table: str) -> Iterator[list[Row]]:
    """The rows of a table, a few thousand at a time."""
    columns = TABLES[table]
    order = _ORDER.get(table, columns[0])
    last: tuple[object, ...] = ()
    keys = order.split(", ")
    while True:
        after = f"WHERE ({order}) > ({', '.join('?' * len(keys))})" if last else ""
        rows = source.run(
            f"SELECT {', '.join(columns)} FROM {table} {after} ORDER BY {order} LIMIT {_BATCH}",  # noqa: S608 - constants
            last,
        )
        if not rows:
            return
        yield [tuple(_plain(value) for value in row) for row in rows]
        last = tuple(_plain(rows[-1][columns.index(key)]) for key in keys)


def insertion(table: str, columns: tuple[str, ...]) -> str:
    """The statement that adds a row unless one is there."""
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - constants


def _count(source: Writer, table: str) -> int:
    return int(source.run(f"SELECT COUNT(*) FROM {table}")[0][0])  # noqa: S608 - constants


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
