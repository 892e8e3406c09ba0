"""Connections to the ledger's database, one per thread and process.

Rules: not in `DATABASES`, so that the host's tests, routers and migrations never touch it and its
transactions are its own; every commit is durable (SQLite `synchronous=FULL`, PostgreSQL as the
server is set); one schema version, checked at the first use. SQL is written with `%s`.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kept._kit.errors import KeptError
from kept.conf import settings
from kept.ledger.errors import SCHEMA
from kept.ledger.store import schema

_POSTGRESQL = ("postgresql://", "postgres://")
FILE = "ledger.sqlite3"
_WAIT = 30.0
"""Seconds to wait for another writer."""


class Store:
    """One connection. `place` is a folder (SQLite) or a `postgresql://` address."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.engine = "postgresql" if place.startswith(_POSTGRESQL) else "sqlite"
        self._open = _sqlite(Path(place)) if self.engine == "sqlite" else _postgresql(place)
        self._file = _identity(Path(place)) if self.engine == "sqlite" else None
        self.taken = _taken(self.engine)
        self._prepare()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return list(self._run(sql, values).fetchall())

    def row(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        found: tuple[Any, ...] | None = self._run(sql, values).fetchone()
        return found

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement; the number of rows it touched."""
        return int(self._run(sql, values).rowcount)

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once per row."""
        cursor = self._open.cursor()
        cursor.executemany(self._spelled(sql), list(rows))  # rows may be read from here, too

    def load(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert many rows the fastest way. Raises `self.taken` where one breaks a key."""
        names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
        if self.engine == "sqlite":
            self.run_many(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608 - constants
        else:
            self._copy(f"COPY {table} ({names}) FROM STDIN", rows)

    @contextmanager
    def transaction(self, *, alone: bool = False) -> Iterator[None]:
        """All or nothing, durable at the end. `alone`: no other sequencer may append meanwhile."""
        self._run("BEGIN IMMEDIATE" if self.engine == "sqlite" else "BEGIN")
        try:
            if alone and self.engine == "postgresql":
                self._run("LOCK TABLE batch IN EXCLUSIVE MODE")
            yield
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads in the block see one moment, whatever is appended meanwhile."""
        whole = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        self._run("BEGIN" if self.engine == "sqlite" else whole)
        try:
            yield
        finally:
            self._run("ROLLBACK")

    def is_lost(self) -> bool:
        """True where the server closed the connection, or the file is another one by now."""
        if self.engine == "postgresql":
            return bool(self._open.closed)
        return self._file != _identity(Path(self.place))

    def close(self) -> None:
        """Close the connection."""
        self._open.close()

    def _run(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return self._open.execute(self._spelled(sql), values)

    def _copy(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._open.cursor() as cursor, cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)

    def _spelled(self, sql: str) -> str:
        return sql.replace("%s", "?") if self.engine == "sqlite" else sql

    def _prepare(self) -> None:
        if not self._has_schema():
            with self.transaction():
                if self.engine == "postgresql":
                    self._run("SELECT pg_advisory_xact_lock(hashtext('kept_ledger'))")
                    self._run("CREATE SCHEMA IF NOT EXISTS kept_ledger")
                if not self._has_schema():
                    for statement in schema.statements(self.engine):
                        self._run(statement)
                    self._run("INSERT INTO schema_version VALUES (%s)", (schema.VERSION,))
        found = self.row("SELECT version FROM schema_version")
        if found != (schema.VERSION,):
            raise KeptError(SCHEMA, f"version `{found and found[0]}`, not {schema.VERSION}")

    def _has_schema(self) -> bool:
        if self.engine == "sqlite":
            return self.row("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'") is not None
        return self.row("SELECT to_regclass('kept_ledger.schema_version')") != (None,)


def _taken(engine: str) -> type[Exception]:
    """What the engine raises where a key is taken."""
    if engine == "sqlite":
        return sqlite3.IntegrityError
    from psycopg.errors import UniqueViolation

    return UniqueViolation


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which file the name stands for now; a connection goes on writing into one that is gone."""
    try:
        found = (folder / FILE).stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _sqlite(folder: Path) -> Any:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = sqlite3.connect(
        folder / FILE, timeout=_WAIT, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA page_size=8192")  # of a new file; fewer pages to write per batch
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-16000")  # a batch fits, and what it touches
    connection.execute("PRAGMA wal_autocheckpoint=4000")
    return connection


def _postgresql(place: str) -> Any:
    import psycopg

    connection = psycopg.connect(place, autocommit=True)
    connection.execute("SET search_path TO kept_ledger")
    return connection


_local = threading.local()


def store() -> Store:
    """The connection of this thread to the ledger's database, as the settings name it."""
    key = (os.getpid(), settings().ledger)
    held: tuple[tuple[int, str], Store] | None = getattr(_local, "held", None)
    if held is None or held[0] != key or held[1].is_lost():
        held = (key, Store(key[1]))
        _local.held = held
    return held[1]


def forget() -> None:
    """Close this thread's connection, so that the next use opens the database anew."""
    held: tuple[tuple[int, str], Store] | None = getattr(_local, "held", None)
    if held is not None:
        held[1].close()
        del _local.held
