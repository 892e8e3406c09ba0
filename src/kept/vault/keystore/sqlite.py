"""The key store in an SQLite file: WAL, `synchronous=FULL`, `secure_delete`.

WAL, because readers of keys must not wait for a writer's disk (ADR 0030); deleted keys may stand in
the log until it is reset, which is why destruction ends with the old master key.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kept.vault.errors import STORE_FAILED, VaultError
from kept.vault.keystore.database import CURRENT_MASTER, Row
from kept.vault.keystore.threads import PerThread

_WAIT_SECONDS = 20
_SET_UP = (
    f"PRAGMA busy_timeout = {_WAIT_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
)


def _make_private(path: Path) -> None:
    """Make an empty file of mode 0600 where there is none.

    A file that is there is never opened: closing it again would drop the locks that SQLite holds
    on it for other threads of this process (POSIX locks belong to the process), and the database
    would be damaged. Hence it is made under another name and linked into place.
    """
    if path.exists():
        return
    draft = path.with_name(f".{secrets.token_hex(8)}")
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another thread or process was first
    finally:
        draft.unlink()


class SQLiteWriter:
    """SQLite has one writer at a time, so that every transaction is already serialised."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """See `Writer.run`."""
        return self._connection.execute(sql.format(blob="BLOB"), tuple(values)).fetchall()

    def serialise(self, what: bytes) -> None:
        """See `Writer.serialise`: nothing to do here."""

    def current_master(self) -> int | None:
        """See `Writer.current_master`."""
        rows = self.run(CURRENT_MASTER)
        return rows[0][0] if rows else None


class SQLiteDatabase:
    """See `Database`. The file is made with mode 0600, its folder with 0700."""

    def __init__(self, path: Path) -> None:
        self._path, self.place = path, str(path)
        self._threads = PerThread(self._connect)

    def _connect(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make_private(self._path)
            connection = sqlite3.connect(
                self._path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            for line in _SET_UP:
                connection.execute(line)
        except (OSError, sqlite3.Error) as error:
            raise VaultError(STORE_FAILED, f"{error}", place=str(self._path)) from error
        return connection

    def read(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """See `Database.read`."""
        try:
            return self._threads.get().execute(sql, tuple(values)).fetchall()
        except sqlite3.Error as error:
            raise VaultError(STORE_FAILED, f"{error}", place=str(self._path)) from error

    def read_among(self, sql: str, values: Sequence[bytes]) -> list[Row]:
        """See `Database.read_among`."""
        return self.read(f"{sql} IN ({','.join('?' * len(values))})", values)

    @contextmanager
    def snapshot(self) -> Iterator[SQLiteWriter]:
        """See `Database.snapshot`."""
        connection = self._threads.get()
        try:
            connection.execute("BEGIN")
            try:
                yield SQLiteWriter(connection)
            finally:
                connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise VaultError(STORE_FAILED, f"{error}", place=str(self._path)) from error

    @contextmanager
    def write(self) -> Iterator[SQLiteWriter]:
        """See `Database.write`."""
        connection = self._threads.get()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SQLiteWriter(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise VaultError(STORE_FAILED, f"{error}", place=str(self._path)) from error

    def close(self) -> None:
        """See `Database.close`."""
        connection = self._threads.forget()
        if connection is not None:
            connection.close()
